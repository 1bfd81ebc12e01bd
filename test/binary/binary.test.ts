import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { fixture, startUpstream } from '../providers/support/upstream.ts';
import { removeFolder } from '../support/removeFolder.ts';
import { cleanEnv, startReady } from '../support/sidecar.ts';
import { play } from '../transcripts/play.ts';
import { readTranscript } from '../transcripts/readTranscript.ts';

// The executable as `npm run binary` makes it, of what `npm run build` left, run where there is no Node.
const root = new URL('../..', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-binary-test-'));
const binary = join(folder, 'bin/llm-sidecar');
const noNode = { PATH: '/nowhere' };

beforeAll(() => {
  if (!existsSync(new URL('dist/main.js', root))) throw new Error('There is no dist/: run `npm run build`, or `npm test`, which does.');
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL('src/binary/build.ts', root)), binary], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The executable could not be made: ${stderr}`);
}, 120_000);
afterAll(() => removeFolder(folder));

/** A command in a folder with these files. */
function run(
  words: readonly string[],
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  input = '',
) {
  const cwd = mkdtempSync(join(folder, 'work-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  const { status, stdout, stderr } = spawnSync(binary, words, {
    cwd,
    env: cleanEnv(cwd, { ...noNode, ...env }),
    encoding: 'utf8',
    input,
  });
  return { status, stdout, stderr };
}

test('it is one file, and says its version', () => {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  expect(run(['--version'])).toEqual({ status: 0, stdout: `llm-sidecar ${version}\n`, stderr: '' });
  expect(globSync('*', { cwd: dirname(binary) })).toEqual(['llm-sidecar']);
  expect(statSync(binary).size / 1e6).toBeLessThan(150);
});

test('words that Node would understand are its own', () => {
  expect(run(['--inspect-brk=0'])).toMatchObject({ status: 2, stdout: '' });
});

describe.concurrent.each(globSync('*.txt', { cwd: new URL('test/transcripts', root) }).toSorted())('%s', (file) => {
  const transcript = readTranscript(new URL(`test/transcripts/${file}`, root));
  const framing = transcript.framing ?? 'ndjson';
  test('is played', async () => play(transcript, { framing, chunking: 'whole', command: [binary] }), 60_000);
});

const wires: [type: string, fixture: string, text: string][] = [
  ['openai', 'openai-responses.sse', 'Ich prüfe das 🙂'],
  ['anthropic', 'anthropic.sse', 'Looking'],
  ['google', 'google.sse', 'Looking'],
  ['mistral', 'mistral.sse', 'Four'],
  ['groq', 'groq.sse', 'Four'],
  ['deepseek', 'deepseek.sse', 'Four'],
  ['xai', 'xai-responses.sse', 'Ich prüfe das 🙂'],
  ['cohere', 'cohere.sse', 'Four'],
  ['openrouter', 'openrouter.sse', 'toolCalls'],
  ['openai-compatible', 'ollama.sse', 'toolCalls'],
];

test('every provider is loaded when it is needed', { timeout: 60_000 }, async () => {
  const upstreams = await Promise.all(wires.map(async ([, name]) => startUpstream(fixture(name))));
  onTestFinished(async () => {
    for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
  });
  const providers = wires.map(
    ([type], index) =>
      `  my-${type}: {type: ${type}, base_url: '${upstreams[index]!.url}', key: MY_KEY, discover: false, models: [m-${type}]}`,
  );
  await using sidecar = await startReady({
    command: [binary],
    config: `providers:\n${providers.join('\n')}\n`,
    env: { ...noNode, MY_KEY: 'key-0a1b2c3d4e5f' },
  });
  const answers = await Promise.all(
    wires.map(async ([type], index) =>
      sidecar.host.request('llm/prompt', { model: `m-${type}`, prompt: 'Hi', promptId: `p${index}`, stream: {} }),
    ),
  );
  const texts = answers.map(({ result, error }) => (error ?? (result.text || result.stopReason)) as unknown);
  expect(texts).toEqual(wires.map(([, , text]) => text));
});

const pluginOf = (types: string): string => `
  import { readFileSync } from 'node:fs';
  import { definePlugin, Refusal } from 'llm-sidecar/plugin';
  import { limit } from './limit.${types === '' ? 'js' : 'ts'}';
  import { shout } from 'installed';
  export default definePlugin({
    name: 'policy',
    async *promptContext({ prompt })${types} {
      if (prompt.length > limit) throw new Refusal(shout('too long'));
      yield;
    },
  });`;

test.each([
  ['JavaScript', 'js', ''],
  ['TypeScript', 'ts', ': AsyncGenerator<void>'],
])('a plugin in %s, with files and packages of its own', (_name, ending, types) => {
  const files = {
    'llm-sidecar.yaml': `plugins: [./policy.${ending}]\n`,
    [`policy.${ending}`]: pluginOf(types),
    [`limit.${ending}`]: `export const limit${types === '' ? '' : ': number'} = 20;`,
    'package.json': '{ "type": "module" }',
    'node_modules/installed/package.json': '{ "name": "installed", "main": "index.js" }',
    'node_modules/installed/index.js': 'exports.shout = (text) => text.toUpperCase();',
  };
  expect(run(['prompt', '-m', 'echo', '{"raw": "Hello"}'], files)).toEqual({ status: 0, stdout: 'Hello\n', stderr: '' });
  const { status, stderr } = run(['prompt', '-m', 'echo', 'x'.repeat(21)], files);
  expect(status).toBe(1);
  expect(stderr).toContain('TOO LONG');
});

test('budgets and the history are kept in SQLite', () => {
  const budgets = 'budgets: [{name: all, limit_usd: 1, per: total}]\nprices: {echo: {input: 1, output: 1}}\n';
  const config = { 'llm-sidecar.yaml': `storage: ${join(folder, 'kept.db')}\n${budgets}` };
  expect(run(['prompt', '-m', 'echo', '{"raw": "Hello"}'], config)).toEqual({ status: 0, stdout: 'Hello\n', stderr: '' });
  const { stdout } = run(['usage', '--json'], config);
  expect(JSON.parse(stdout)).toMatchObject({ rows: [{ responses: 1, cost: { usd: '0.000003' } }] });
});

test('a secret is stored and used', () => {
  const key = run(['secrets', 'generate-key']).stdout.trim();
  const keys = 'secrets: {encryption_keys: [{name: main, key: {$env: SIDECAR_KEY}}]}\n';
  const config = { 'llm-sidecar.yaml': `storage: ${join(folder, 'secrets.db')}\n${keys}` };
  const env = { SIDECAR_KEY: key };
  expect(run(['secrets', 'set', 'OPENAI_API_KEY'], config, env, 'sk-0a1b2c3d4e5f').status).toBe(0);
  const { stdout } = run(['models', '--json'], config, env);
  expect(stdout).toContain('"gpt-5.4"');
  expect(readFileSync(join(folder, 'secrets.db'), 'latin1')).not.toContain('sk-0a1b2c3d4e5f');
});

test('the admin page is in it', { timeout: 60_000 }, async () => {
  const cwd = mkdtempSync(join(folder, 'work-'));
  const page = spawn(binary, ['admin', '--no-open'], { cwd, env: cleanEnv(cwd, noNode) });
  onTestFinished(() => void page.kill('SIGKILL'));
  const [line] = (await once(page.stdout.setEncoding('utf8'), 'data')) as [string];
  const url = new URL(/http:\S+/.exec(line)?.[0] ?? '');
  const entered = await fetch(url);
  const [, cookie = '', path = ''] = /^([^;]+);.*Path=([^;]+)/.exec(entered.headers.get('set-cookie') ?? '') ?? [];
  const read = async (name: string) => (await fetch(new URL(path + name, url.origin), { headers: { cookie } })).text();
  expect(await read('')).toContain('<script');
  expect((await read('page.js')).length).toBeGreaterThan(50_000);
  expect(await read('page.css')).toContain('prefers-color-scheme');
});
