import { readFile, writeFile } from 'node:fs/promises';
import { configJsonSchema } from './config/jsonSchema.ts';
import { providerTypes } from './providers/index.ts';
import { generatedFiles } from './schema/generatedFiles.ts';

// `npm run generate` writes the documents of the protocol and of the configuration; with `--check` it writes nothing and exits 1 if one is stale.
const check = process.argv.includes('--check');
const root = new URL('../', import.meta.url);

for (const [path, content] of generatedFiles(configJsonSchema(providerTypes().toSorted()))) {
  const committed = await readFile(new URL(path, root), 'utf8').catch(() => null);
  if (committed === content) continue;
  if (check) {
    process.stderr.write(`${path} is not what the schemas say: run \`npm run generate\` and commit it.\n`);
    process.exitCode = 1;
  } else {
    await writeFile(new URL(path, root), content);
    process.stdout.write(`wrote ${path}\n`);
  }
}
