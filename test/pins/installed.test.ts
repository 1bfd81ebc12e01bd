import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// What `npm run build` left, packed, and installed in an empty folder as a user would.
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-installed-'));
const command = join(folder, 'node_modules/.bin/llm-sidecar');

beforeAll(() => {
  if (!existsSync(join(root, 'dist/main.js'))) throw new Error('There is no dist/: run `npm run build`, or `npm test`, which does.');
  const npm = (...words: string[]): string => execFileSync('npm', words, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  const packed = (path: string): string => {
    const [{ filename }] = JSON.parse(npm('pack', path, '--json', '--ignore-scripts')) as [{ filename: string }];
    return `./${filename}`;
  };
  // Offline: the one package that it needs is here, and a registry that is away says nothing about it.
  npm('install', packed(root), packed(join(root, 'node_modules/zod')), '--offline', '--no-audit', '--no-fund');
  // What else the programs below need: this project has it, at the version that it is tested with.
  for (const name of ['@types', 'undici-types']) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program of the folder, on this Node. */
function run(file: string, text: string): { status: number | null; stdout: string; stderr: string } {
  writeFileSync(join(folder, file), text);
  const env = { ...process.env, LLM_SIDECAR_CONFIG: join(folder, 'none.yaml') };
  return spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', env });
}

test('needs one package more', () => {
  expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    '@types',
    'llm-sidecar',
    'undici-types',
    'zod',
  ]);
});

test('the command answers', () => {
  const { stdout, stderr, status } = spawnSync(command, ['prompt', '-m', 'echo', '{"raw": "Hello"}'], { cwd: folder, encoding: 'utf8' });
  expect({ stdout, stderr, status }).toEqual({ stdout: 'Hello\n', stderr: '', status: 0 });
});

test('the client finds the command beside it', () => {
  const program = `
    import { LLM } from 'llm-sidecar';
    await using llm = new LLM();
    console.log(await llm.model('echo').prompt('{"raw": "Hello"}').text());`;
  expect(run('client.js', program)).toMatchObject({ stdout: 'Hello\n', stderr: '', status: 0 });
});

test('a plugin runs in it', () => {
  writeFileSync(
    join(folder, 'plugin.js'),
    `import { definePlugin } from 'llm-sidecar/plugin';
    export default definePlugin({ name: 'purposes', registerPurposes: () => [{ name: 'titles', description: 'A title' }] });`,
  );
  writeFileSync(join(folder, 'llm-sidecar.yaml'), 'plugins: [./plugin.js]\n');
  const { stdout, status } = spawnSync(command, ['explain', '-m', 'echo', '--purpose', 'titles', '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, model: (JSON.parse(stdout) as { model?: unknown }).model }).toEqual({ status: 0, model: 'echo' });
});

test('the messages can be checked, and their schemas read', () => {
  const program = `
    import { clientRequests, protocolVersion } from 'llm-sidecar/protocol';
    import openrpc from 'llm-sidecar/openrpc.json' with { type: 'json' };
    import messages from 'llm-sidecar/protocol.schema.json' with { type: 'json' };
    import config from 'llm-sidecar/config.schema.json' with { type: 'json' };
    const { params } = clientRequests['llm/prompt'];
    console.log(protocolVersion, params.safeParse({ model: 'echo', prompt: 'Hello' }).success, params.safeParse({ model: 5 }).success);
    console.log(openrpc.methods.some(({ name }) => name === 'llm/prompt'), '$defs' in messages, 'purposes' in config.properties);`;
  expect(run('protocol.js', program)).toMatchObject({ stdout: '1 true false\ntrue true true\n', stderr: '', status: 0 });
});

const compilers = [
  { version: '7', tsc: 'node_modules/typescript/bin/tsc' },
  { version: '5.9', tsc: 'node_modules/typescript-5.9/bin/tsc' },
];

describe.each(compilers)('under TypeScript $version', ({ version, tsc }) => {
  test('the types check in a strict program, and know what is wrong', { timeout: 240_000 }, () => {
    writeFileSync(
      join(folder, 'program.ts'),
      [
        `import { LLM, LLMError, type Usage } from 'llm-sidecar';`,
        `import { definePlugin, Refusal } from 'llm-sidecar/plugin';`,
        `import { clientRequests, type PromptResult } from 'llm-sidecar/protocol';`,
        `const llm = new LLM();`,
        `const usage: Usage = await llm.model('echo').prompt('Hello').usage();`,
        `const text: string = await llm.model('echo').prompt('Hello').text();`,
        `const read = (value: unknown): PromptResult => clientRequests['llm/prompt'].result.parse(value);`,
        `export default definePlugin({`,
        `  name: 'mine',`,
        `  async *promptContext({ prompt, actor }) {`,
        `    if (prompt === '') throw new Refusal('empty', { of: actor?.id ?? null });`,
        `    const { usage, responses } = yield;`,
        `    const tokens: number = (usage.inputTokens ?? 0) + responses.length;`,
        `    console.log(tokens);`,
        `  },`,
        `});`,
        `// @ts-expect-error a misspelt hook`,
        `definePlugin({ name: 'mine', filterModel: () => null });`,
        `// @ts-expect-error a prompt is text`,
        `llm.model('echo').prompt(5);`,
        `console.log(usage.inputTokens, text, read, new Error() instanceof LLMError);`,
      ].join('\n'),
    );
    const compilerOptions = { module: 'nodenext', target: 'es2024', lib: ['es2024', 'esnext.disposable'], strict: true, noEmit: true };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...compilerOptions, types: ['node'] }, files: ['program.ts'] }),
    );
    const { stdout: told } = spawnSync(process.execPath, [join(root, tsc), '--version'], { encoding: 'utf8' });
    expect(told).toContain(`Version ${version}.`);
    const { stdout, status } = spawnSync(process.execPath, [join(root, tsc), '-p', folder], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });
});
