import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folderWith } from './support/folder.ts';
import { runCli } from './support/runCli.ts';
import { hasPseudoTerminals, openTerminal } from './support/terminalCli.ts';

const key = 'sk-canary-0123456789';

/** Gives its address. */
async function serverWith(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const twoModels: RequestListener = (request, response) => {
  const isKnown = request.headers.authorization === `Bearer ${key}`;
  response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
  response.end(isKnown ? '{"data":[{"id":"a"},{"id":"b"}]}' : `{"error":"bad key ${request.headers.authorization}"}`);
};

type Checks = Record<string, [status: string, message: string, nextStep?: string]>;

async function checksOf(
  yaml: string,
  {
    files = {},
    env = {},
    prepare,
  }: { files?: Record<string, string>; env?: Record<string, string>; prepare?: (folder: string) => void } = {},
): Promise<{ code: number | null; ok: unknown; checks: Checks }> {
  const folder = folderWith({ 'llm-sidecar.yaml': yaml, ...files });
  prepare?.(folder);
  const { code, out, err } = await runCli(['doctor', '--json'], { folder, env });
  expect(out + err).not.toContain('sk-canary');
  const told = JSON.parse(out.replaceAll(folder, '~')) as {
    ok: boolean;
    checks: { name: string; status: string; message: string; nextStep?: string }[];
  };
  const checks = told.checks.map(({ name, status, message, nextStep }): [string, Checks[string]] => [
    name,
    nextStep === undefined ? [status, message] : [status, message, nextStep],
  ]);
  return { code, ok: told.ok, checks: Object.fromEntries(checks) };
}

test('where all is well it says what there is, and exits 0', async () => {
  const address = await serverWith(twoModels);
  const yaml = `
default_model: local/a
providers: { local: { type: openai-compatible, base_url: "${address}", key: LOCAL_KEY, models: [a] } }
storage: sidecar.db
mcp_servers: { files: { command: npx } }
plugins: [./mine.ts]
`;
  const files = { 'mine.ts': `export default { name: 'mine' };` };
  const { code, ok, checks } = await checksOf(yaml, { files, env: { LOCAL_KEY: key } });
  expect(checks).toEqual({
    versions: ['ok', expect.stringMatching(/^llm-sidecar \d+\.\d+\.\d+, Node 24\./)],
    configuration: ['ok', '~/llm-sidecar.yaml'],
    'keys.json': ['off', 'there is none at ~/llm/keys.json'],
    secrets: ['off', 'the encrypted store is not in use'],
    storage: ['ok', expect.stringMatching(/^~\/sidecar\.db opens and can be written \(sqlite, \d{4}\)$/)],
    telemetry: ['off', 'not in use (telemetry: true)'],
    models: ['ok', expect.stringMatching(/^\d+ may be used, a by default$/)],
    'plugin ./mine.ts': ['ok', 'is loaded'],
    'mcp server files': ['ok', 'the program npx, started for its first tool'],
    'provider local': ['ok', 'answers with the key LOCAL_KEY (environment): 2 models'],
  });
  expect({ code, ok }).toEqual({ code: 0, ok: true });
});

describe('what does not work is said with a next step, and exits 1', () => {
  test('the configuration', async () => {
    const { code, checks } = await checksOf('require_keys: maybe\ndefualt_model: echo\n');
    expect(code).toBe(1);
    expect(checks['configuration']).toEqual([
      'failed',
      '~/llm-sidecar.yaml: Expected true or false, found text. (and 1 more)',
      'Every problem at its place: llm-sidecar config check',
    ]);
  });

  test.each([
    [0o644, 'warning', 'read'],
    [0o666, 'failed', 'write'],
  ])('keys.json with mode %o', async (mode, status, what) => {
    const files = { 'llm/keys.json': JSON.stringify({ openai: key }) };
    const prepare = (folder: string) => chmodSync(join(folder, 'llm/keys.json'), mode);
    const { checks } = await checksOf('providers: {openai: {base_url: "http://127.0.0.1:1/v1"}}', { files, prepare });
    expect(checks['keys.json']).toEqual([
      status,
      `other users of this machine may ${what} ~/llm/keys.json`,
      'Make it yours alone: chmod 600 ~/llm/keys.json',
    ]);
  });

  test('the storage', async () => {
    const { code, checks } = await checksOf('storage: not.db', { files: { 'not.db': 'this is text. '.repeat(100) } });
    expect(code).toBe(1);
    expect(checks['storage']).toEqual([
      'failed',
      'The storage ~/not.db is not a SQLite database. Set storage to another file, or move this one away.',
      'See storage in the configuration',
    ]);
  });

  test('an encryption key, a plugin, telemetry, and the key of the default model', async () => {
    const yaml = 'default_model: gpt-5.4\ntelemetry: true\nplugins: [./no.ts]\nsecrets: {encryption_keys: [{name: a, file: no.key}]}\n';
    const { code, checks } = await checksOf(yaml);
    expect(code).toBe(1);
    expect(checks).toMatchObject({
      secrets: ['failed', 'The encryption key "a" cannot be read from ~/no.key: there is no such file.', expect.any(String)],
      telemetry: [
        'failed',
        'telemetry is off: nothing in this process exports what is measured',
        'Start it with NODE_OPTIONS="--import=/path/to/otel.mjs", a file that sets an OpenTelemetry SDK up.',
      ],
      'plugin ./no.ts': ['failed', 'The plugin cannot be loaded. There is no file ~/no.ts.', expect.any(String)],
    });
  });

  test('the default model', async () => {
    const { checks } = await checksOf('default_model: gpt-5.4');
    expect(checks['models']).toEqual([
      'failed',
      '1 may be used, but the default gpt-5.4 has no key (openai)',
      'Set it: llm-sidecar keys set openai',
    ]);
  });

  test.each<[what: string, answer: RequestListener | null, env: Record<string, string>, found: Checks[string]]>([
    [
      'that refuses the key',
      (request, response) => twoModels(Object.assign(request, { headers: {} }), response),
      { OPENAI_API_KEY: key },
      [
        'failed',
        'the server refused the key (status 401); it was asked with the key OPENAI_API_KEY (environment)',
        'The key is wrong, revoked, or of another account. Set it: llm-sidecar keys set openai, or the variable OPENAI_API_KEY. Get one at https://platform.openai.com/api-keys.',
      ],
    ],
    [
      'without a key',
      twoModels,
      {},
      [
        'failed',
        'has no key (OPENAI_API_KEY)',
        'Set it: llm-sidecar keys set openai, or the variable OPENAI_API_KEY. Get one at https://platform.openai.com/api-keys.',
      ],
    ],
    [
      'that is broken',
      (_, response) => void response.writeHead(502).end('<html>'),
      { OPENAI_API_KEY: key },
      ['failed', 'the server answered with status 502', 'See what is at providers.openai.base_url, or try again later.'],
    ],
    [
      'that lists no models',
      (_, response) => void response.writeHead(404).end(),
      { OPENAI_API_KEY: key },
      ['ok', 'answers with the key OPENAI_API_KEY (environment), and lists no models'],
    ],
    [
      'that is not there',
      null,
      { OPENAI_API_KEY: key },
      [
        'failed',
        'nothing usable came from http://127.0.0.1:1 (ECONNREFUSED)',
        'See that it runs and can be reached: the network, HTTPS_PROXY, providers.openai.base_url.',
      ],
    ],
  ])('a provider %s', async (_, answer, env, found) => {
    const address = answer === null ? 'http://127.0.0.1:1/v1' : await serverWith(answer);
    const { checks } = await checksOf(`providers: {openai: {base_url: "${address}"}}`, { env });
    expect(checks['provider openai']).toEqual(found);
  });
});

test('a person gets a table, and what to do', async () => {
  const folder = folderWith({ 'llm-sidecar.yaml': 'providers: {openai: {base_url: "http://127.0.0.1:1/v1"}}' });
  const { code, out } = await runCli(['doctor'], { folder });
  expect(code).toBe(1);
  expect(out).toMatch(/^CHECK +FOUND\nversions +ok +llm-sidecar .+\nconfiguration +ok +/);
  expect(out).toMatch(
    /\nprovider openai +FAILED +has no key \(OPENAI_API_KEY\)\n\nWhat to do:\n {2}provider openai: Set it: .+\n\n1 failed\n$/,
  );
  expect(out).not.toContain('\u001b');
});

test.skipIf(!hasPseudoTerminals)('in a terminal it has colours, and says what it waits for after a second', async () => {
  const address = await serverWith(() => {});
  const folder = folderWith({ 'llm-sidecar.yaml': `providers: {slow: {type: openai-compatible, base_url: "${address}"}}` });
  const { screen, code } = await openTerminal(['doctor'], { folder }).ended;
  expect(code).toBe(1);
  expect(screen).toContain('waiting for provider slow');
  expect(screen).toContain('did not answer within 5000 ms');
  expect(screen).toMatch(/\u001b\[31mFAILED/);
});
