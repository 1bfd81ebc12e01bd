import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeFolder } from '../support/removeFolder.ts';

const run = promisify(execFile);
const page = await readFile(new URL('../../docs/client.md', import.meta.url), 'utf8');
const packages = {
  'llm-sidecar': new URL('../../client/index.ts', import.meta.url).href,
  'llm-sidecar/protocol': new URL('../../protocol/index.ts', import.meta.url).href,
  zod: import.meta.resolve('zod'),
};
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, body]) => ({ language: language!, body: body! }));
const examples = blocks.flatMap(({ language, body }, index) => (language === 'ts' ? [{ script: body, output: blocks[index + 1] }] : []));

const state = { folder: '' };
beforeAll(async () => {
  state.folder = await mkdtemp(join(tmpdir(), 'client-docs-'));
  await writeFile(join(state.folder, 'llm-sidecar.yaml'), blocks.find(({ language }) => language === 'yaml')!.body);
}, 60_000);
afterAll(() => removeFolder(state.folder));

test('the page has examples', () => {
  expect(examples.length).toBeGreaterThan(5);
});

test.each(examples.map((example, index) => ({ ...example, number: index + 1 })))(
  'docs/client.md, example $number',
  async ({ script, output, number }) => {
    const file = join(state.folder, `example${number}.ts`);
    const imported = Object.entries(packages).reduce((text, [name, url]) => text.replace(`from '${name}'`, `from '${url}'`), script);
    await writeFile(file, imported);
    const env = { ...process.env, LLM_SIDECAR_CONFIG: undefined, LLM_USER_PATH: state.folder, XDG_CONFIG_HOME: state.folder };
    const { stdout } = await run(process.execPath, [file], { cwd: state.folder, env, timeout: 110_000 });
    expect(output?.language).toBe('text');
    expect(`${stdout.trimEnd()}\n`).toBe(output!.body);
  },
  120_000,
);
