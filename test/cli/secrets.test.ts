import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFernet } from '../../src/keys/fernet.ts';
import { folderWith } from './support/folder.ts';
import { runCli, type RunOptions } from './support/runCli.ts';
import { hasPseudoTerminals, openTerminal } from './support/terminalCli.ts';

const key = 'nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=';
const other = 'OdUtN_pEkcrzxOGqkcVnLXnRRVwQ1UHh9MUrNO77quI=';
const config = `storage: ./sidecar.db
default_model: { model: echo, key: TEAM_KEY }
secrets:
  encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }]
`;

function home(files: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}) {
  const folder = folderWith({ 'llm-sidecar.yaml': config, ...files });
  const run = async (words: readonly string[], options: RunOptions = {}) =>
    runCli(['secrets', ...words], { folder, ...options, env: { ENCRYPTION_KEY: key, ...env, ...options.env } });
  return { folder, run };
}

const rowOf = (out: string, name: string): string[] | undefined =>
  out
    .split('\n')
    .find((line) => line.startsWith(`${name} `))
    ?.split(/ {2,}/);

describe('generate-key', () => {
  test('prints a key', async () => {
    const { code, out, err } = await home().run(['generate-key']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^[\w-]{43}=\n$/);
    expect(createFernet(out.trim()).decrypt(createFernet(out.trim()).encrypt('x')).toString()).toBe('x');
  });

  test('--file writes it for this user alone, prints what to configure, and that works', async () => {
    const { folder, run } = home();
    const { code, out, err } = await run(['generate-key', '--file', 'secrets.key']);
    const path = join(folder, 'secrets.key');
    expect({ code, out }).toEqual({
      code: 0,
      out: `secrets:\n  encryption_keys:\n    - name: main\n      file: ${JSON.stringify(path)}\n`,
    });
    expect(err).toBe(`Only you may read ${path}. Keep a copy: what was encrypted with it is lost without it. In the configuration:\n`);
    if (process.platform !== 'win32') expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    writeFileSync(join(folder, 'llm-sidecar.yaml'), `storage: ./other.db\n${out}`);
    expect(await run(['set', 'A'], { input: 'sk-1\n' })).toEqual({ code: 0, out: '', err: '' });
    expect(rowOf((await run(['list'])).out, 'A')).toContain('set');
  });

  test('--file replaces nothing', async () => {
    const { folder, run } = home({ 'secrets.key': 'mine' });
    const { code, err } = await run(['generate-key', '--file', 'secrets.key']);
    expect(code).toBe(1);
    expect(err).toMatch(/it is there already, and what it may hold is not replaced\.\n$/);
    expect(readFileSync(join(folder, 'secrets.key'), 'utf8')).toBe('mine');
  });
});

describe('set, list and delete', () => {
  test('a value that is piped in is set, and is used; no output has it', async () => {
    const { folder, run } = home();
    const outputs = [
      await run(['set', 'ECHO_NEEDS_KEY_KEY', '--note', 'for tests', '--actor', 'ada'], { input: 'sk-piped\n' }),
      await run(['set', 'TEAM_KEY'], { input: 'sk-team' }),
      await run(['list']),
      await run(['list', '--json']),
    ];
    expect(outputs.map(({ code, err }) => ({ code, err }))).toEqual(Array.from(outputs, () => ({ code: 0, err: '' })));
    expect(JSON.stringify(outputs)).not.toMatch(/sk-(piped|team)/);
    expect(rowOf(outputs[2]!.out, 'ECHO_NEEDS_KEY_KEY')).toEqual([
      'ECHO_NEEDS_KEY_KEY',
      'set',
      '1',
      expect.stringMatching(/^\d{4}-\d\d-\d\d/),
      'ada',
      'for tests',
    ]);
    expect(rowOf(outputs[2]!.out, 'ANTHROPIC_API_KEY')).toEqual([
      'ANTHROPIC_API_KEY',
      'unset',
      'The API key of anthropic',
      'https://platform.claude.com/settings/keys',
    ]);
    const { secrets, store } = JSON.parse(outputs[3]!.out) as { secrets: { name: string }[]; store: object };
    expect(store).toEqual({ state: 'on' });
    expect(secrets.find(({ name }) => name === 'TEAM_KEY')).toMatchObject({ state: 'set', version: 1 });
    const prompted = await runCli(['prompt', 'x'], { folder, env: { ENCRYPTION_KEY: key } });
    expect(prompted.code).toBe(0);
    expect(rowOf((await run(['list'])).out, 'TEAM_KEY')).toHaveLength(5);
  });

  test('9.2 processes that set at the same time make a version each', async () => {
    const { run } = home();
    const ran = await Promise.all([1, 2, 3, 4].map(async (n) => run(['set', 'A'], { input: `sk-${n}` })));
    expect(ran).toEqual(Array.from(ran, () => ({ code: 0, out: '', err: '' })));
    expect(rowOf((await run(['list'])).out, 'A')?.slice(0, 3)).toEqual(['A', 'set', '4']);
  });

  test('delete unsets', async () => {
    const { run } = home();
    await run(['set', 'A'], { input: 'sk-1' });
    expect(await run(['delete', 'A'])).toEqual({ code: 0, out: '', err: '' });
    expect(rowOf((await run(['list'])).out, 'A')).toBeUndefined();
    const { code, err } = await run(['delete', 'A']);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'error (secretNotFound): The secret A is not set in the store, so there is nothing to delete.\n',
    });
  });

  test('rollback goes back to the version before', async () => {
    const { run } = home();
    await run(['set', 'A'], { input: 'sk-1' });
    await run(['set', 'A'], { input: 'sk-2' });
    expect(await run(['rollback', 'A'])).toEqual({ code: 0, out: 'A is version 1 again\n', err: '' });
    expect((await run(['rollback', 'A'])).code).toBe(1);
  });

  test('a note alone is changed with a blank value', async () => {
    const { run } = home();
    await run(['set', 'A'], { input: 'sk-1' });
    expect((await run(['set', 'A', '--note', 'new'], { input: '\n' })).code).toBe(0);
    expect(rowOf((await run(['list'])).out, 'A')).toEqual(['A', 'set', '1', expect.anything(), 'new']);
  });

  test('a variable that comes before it is told', async () => {
    const { run } = home({}, { DATASETTE_SECRETS_A: 'sk-variable' });
    expect((await run(['set', 'A'], { input: 'sk-1' })).err).toBe(
      'warning: the environment variable DATASETTE_SECRETS_A comes before what was stored\n',
    );
    expect(rowOf((await run(['list'])).out, 'A')?.[1]).toBe('environment');
  });

  test.each([
    ['a value beside the name', ['set', 'A', 'sk-canary'], 2],
    ['a value as the name', ['set', 'sk-canary'], 2],
    ['a value as an option', ['set', 'A', '--value=sk-canary'], 2],
    ['NAME=value', ['set', 'A=sk-canary'], 2],
    ['no name', ['set'], 2],
    ['an unknown action', ['store'], 2],
    ['no action', [], 2],
  ])('%s is refused without repeating it', async (_, words, code) => {
    const ran = await home().run(words, { input: 'x' });
    expect(ran.code).toBe(code);
    expect(ran.out).toBe('');
    expect(ran.err).toMatch(/^error: /);
    expect(ran.err).not.toContain('canary');
  });

  test('a blank value is refused', async () => {
    expect(await home().run(['set', 'A'], { input: ' \n' })).toEqual({
      code: 1,
      out: '',
      err: 'error (invalidParams): Nothing was changed: the value for A is blank.\n',
    });
  });

  test('without an encryption key it says what to do, before it asks', async () => {
    const { run } = home({ 'llm-sidecar.yaml': 'storage: ./sidecar.db\n' });
    const { code, err } = await run(['set', 'A'], { input: null });
    expect(code).toBe(1);
    expect(err).toMatch(/^error \(secretsUnavailable\): The store of secrets is off, .*llm-sidecar secrets generate-key/);
    const listed = await run(['list']);
    expect(listed.code).toBe(0);
    expect(listed.err).toMatch(/^note: The store of secrets is off/);
  });
});

describe('rotate', () => {
  test('encrypts all with the first key and says how many', async () => {
    const { folder, run } = home();
    await run(['set', 'A'], { input: 'sk-1' });
    await run(['set', 'A'], { input: 'sk-2' });
    const rotated = config.replace('[{ name: main,', '[{ name: next, key: { $env: NEXT_KEY } }, { name: main,');
    writeFileSync(join(folder, 'llm-sidecar.yaml'), rotated);
    expect(await run(['rotate'], { env: { NEXT_KEY: other } })).toEqual({
      code: 0,
      out: '2 rows are encrypted with the key next now\n',
      err: '',
    });
    writeFileSync(join(folder, 'llm-sidecar.yaml'), config.replace('main', 'next'));
    expect(rowOf((await run(['list'], { env: { ENCRYPTION_KEY: other } })).out, 'A')).toContain('2');
    expect((await run(['set', 'B'], { input: 'sk-3', env: { ENCRYPTION_KEY: other } })).code).toBe(0);
  });

  test('changes nothing where a key is missing', async () => {
    const { folder, run } = home();
    await run(['set', 'A'], { input: 'sk-1' });
    writeFileSync(join(folder, 'llm-sidecar.yaml'), config.replace('main', 'next'));
    expect(await run(['rotate'])).toEqual({
      code: 1,
      out: '',
      err: 'error (secretsUnavailable): Nothing was changed, because 1 of 1 rows do not decrypt with the keys under secrets.encryption_keys: A version 1 (key "main"). Add the keys they were encrypted with under those names.\n',
    });
  });
});

describe('import', () => {
  test('of keys.json: by the names of secrets, and says what it did', async () => {
    const { run } = home({ 'llm/keys.json': '{"// Note": "x", "openai": "sk-one", "gemini": "sk-two", "mine": "sk-three"}' });
    expect(await run(['import'])).toEqual({
      code: 0,
      out: 'OPENAI_API_KEY  set, version 1\nGEMINI_API_KEY  set, version 1\nMINE_API_KEY    set, version 1\n',
      err: '',
    });
    expect((await run(['import'])).out).toBe(
      'OPENAI_API_KEY  unchanged, version 1\nGEMINI_API_KEY  unchanged, version 1\nMINE_API_KEY    unchanged, version 1\n',
    );
  });

  const lines = '# keys\nexport A="sk-one"\nDATASETTE_SECRETS_B=sk-two\n\nC=\nDATASETTE_SECRETS_ENCRYPTION_KEY=x\n';
  const imported = 'A  set, version 1\nB  set, version 1\n';

  test('of lines NAME=value in a file, or piped in', async () => {
    expect(await home({ '.env': lines }).run(['import', '--from-env-file', '.env'])).toEqual({ code: 0, out: imported, err: '' });
    expect(await home().run(['import', '--from-env-file', '-'], { input: lines })).toEqual({ code: 0, out: imported, err: '' });
  });

  test.each([
    ['no keys.json', [], {}, 'There is no key in keys.json. Lines NAME=value are taken with --from-env-file FILE.'],
    ['a broken keys.json', [], { 'llm/keys.json': '{"openai": "sk-canary"' }, 'Not JSON, so no key is read from this file.'],
    ['no such file', ['--from-env-file', '.env'], {}, '.env cannot be read (ENOENT).'],
    ['a file without such lines', ['--from-env-file', '.env'], { '.env': 'sk-canary' }, 'There is no line NAME=value in .env.'],
  ])('%s is told', async (_, words, files, message) => {
    const { code, err } = await home(files).run(['import', ...words]);
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(err).not.toContain('canary');
  });
});

if (!hasPseudoTerminals) console.warn('SKIPPED: secrets set in a terminal, because python3 is not on this machine');
test.skipIf(!hasPseudoTerminals)('a value that is typed is not shown', async () => {
  const { folder, run } = home();
  const terminal = openTerminal(['secrets', 'set', 'A'], { folder, env: { ENCRYPTION_KEY: key } });
  await terminal.shows('Value of A (it is not shown): ');
  terminal.type('sk-typed\r');
  const { code, screen } = await terminal.ended;
  expect(code).toBe(0);
  expect(screen).toContain('A is set, version 1');
  expect(screen).not.toContain('sk-typed');
  expect(rowOf((await run(['list'])).out, 'A')).toContain('set');
});

test('help has examples', async () => {
  const { code, out } = await home().run(['--help']);
  expect(code).toBe(0);
  expect(out).toContain('Examples:\n  llm-sidecar secrets generate-key --file secrets.key\n');
});
