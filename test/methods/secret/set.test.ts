import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../cli/support/folder.ts';
import { createFernet, generateFernetKey } from '../../../src/keys/fernet.ts';
import { startReady, startSidecar } from '../../support/sidecar.ts';

const key = generateFernetKey();
const env = { ENCRYPTION_KEY: key };
const config = `storage: ./sidecar.db
secrets:
  encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }]
`;

describe('secret/set', () => {
  test.each([
    [
      'a prompt without a key names it, where there is a store',
      'secrets: { encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }] }\n',
      'There is no key for echo-needs-key: put it in the environment variable LLM_ECHO_NEEDS_KEY_KEY or DATASETTE_SECRETS_ECHO_NEEDS_KEY_API_KEY, or as "echo-needs-key" in keys.json, or set it by `llm-sidecar secrets set ECHO_NEEDS_KEY_API_KEY`.',
    ],
    [
      'and where there is none does not',
      '{}',
      'There is no key for echo-needs-key: put it in the environment variable LLM_ECHO_NEEDS_KEY_KEY or DATASETTE_SECRETS_ECHO_NEEDS_KEY_API_KEY, or as "echo-needs-key" in keys.json.',
    ],
    [
      'so with strict_keys',
      'secrets: { encryption_keys: [{ name: main, key: { $env: ENCRYPTION_KEY } }] }\nstrict_keys: true\ndefault_model: { model: echo-needs-key, key: OF_TEAM }\n',
      'The secret OF_TEAM is not set and strict_keys is on: set the environment variable DATASETTE_SECRETS_OF_TEAM, or run `llm-sidecar secrets set OF_TEAM`.',
    ],
  ])('%s', async (_, ofStore, message) => {
    await using sidecar = await startReady({ config: ofStore, env });
    const { error } = await sidecar.host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x' });
    expect(error.message).toBe(message);
  });

  test('what is set is the key of the next prompt, and its source is said', async () => {
    await using sidecar = await startReady({ config, env });
    const { host } = sidecar;
    expect((await host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x' })).error.data.kind).toBe('keyMissing');
    const set = { name: 'ECHO_NEEDS_KEY_API_KEY', value: ' sk-stored\n', actor: { id: 'ada' } };
    const { secret } = (await host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x' })).error.data.required;
    expect((await host.request('secret/set', { ...set, name: secret })).result).toEqual({ version: 1 });
    expect((await host.request('secret/set', { ...set, name: secret, value: 'sk-stored-2' })).result).toEqual({ version: 2 });
    const { result } = await host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x', actor: { id: 'bob' } });
    expect(result.keySource).toBe('secret');
    expect(JSON.parse(result.text).key).toBe('sk-stored-2');
    const models = (await host.request('llm/models', {})).result.models;
    expect(models.find(({ id }: { id: string }) => id === 'echo-needs-key')).toMatchObject({ available: true, keySource: 'secret' });
  });

  test('who used it last is kept when the sidecar has ended', async () => {
    await using sidecar = await startReady({ config, env });
    const { host } = sidecar;
    const { secret } = (await host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x' })).error.data.required;
    await host.request('secret/set', { name: secret, value: 'sk-stored' });
    await host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x', actor: { id: 'bob' } });
    await host.request('shutdown');
    host.notify('exit');
    await host.closed;
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(join(sidecar.dir, 'sidecar.db'));
    const row = database.prepare('select encrypted, last_used_by, last_used_at from datasette_secrets').get() as Record<string, unknown>;
    database.close();
    expect(row['last_used_by']).toBe('bob');
    expect(
      createFernet(key)
        .decrypt(row['encrypted'] as Uint8Array)
        .toString(),
    ).toBe('sk-stored');
  });

  test('a blank value with a note changes the note', async () => {
    await using sidecar = await startReady({ config, env });
    const { host } = sidecar;
    await host.request('secret/set', { name: 'A', value: 'sk-1' });
    expect((await host.request('secret/set', { name: 'A', value: '  ', note: 'new' })).result).toEqual({ version: 1 });
    const { secrets } = (await host.request('secret/list', {})).result;
    expect(secrets.at(-1)).toMatchObject({ name: 'A', note: 'new', version: 1 });
  });

  test.each([
    ['nothing to set', { name: 'A' }, 'invalidParams'],
    ['a blank value without a note', { name: 'A', value: ' ' }, 'invalidParams'],
    ['a note for what is not set', { name: 'B', note: 'x' }, 'secretNotFound'],
    ['a note of more than 100 characters', { name: 'A', value: 'v', note: 'x'.repeat(101) }, 'invalidParams'],
    ['no name', { name: '', value: 'v' }, 'invalidParams'],
  ])('%s is refused', async (_, params, kind) => {
    await using sidecar = await startReady({ config, env });
    expect((await sidecar.host.request('secret/set', params)).error.data.kind).toBe(kind);
  });

  test('without an encryption key it says what to do', async () => {
    await using sidecar = await startReady({ config: 'storage: ./sidecar.db\n' });
    expect((await sidecar.host.request('secret/set', { name: 'A', value: 'sk-1' })).error).toMatchObject({
      code: -31071,
      message: expect.stringContaining('llm-sidecar secrets generate-key'),
      data: { kind: 'secretsUnavailable', retryable: false },
    });
  });

  test.skipIf(process.platform === 'win32')('a key file that others may read is a warning of the configuration, and no store', async () => {
    // Before the start: one that comes later may be read while it is missing, or empty.
    const file = join(folderWith({ key }), 'key');
    chmodSync(file, 0o644);
    await using sidecar = await startSidecar({
      config: `secrets:\n  database: ./s.db\n  encryption_keys: [{ name: main, file: ${file} }]\n`,
    });
    const { diagnostics } = (await sidecar.initialize()).result.config;
    const open =
      diagnostics.length === 0
        ? (await sidecar.host.next(({ method }) => method === 'config/diagnostics')).params.diagnostics
        : diagnostics;
    expect(open).toMatchObject([
      {
        severity: 'warning',
        code: 'secretsUnavailable',
        path: 'secrets.encryption_keys[0]',
        message: expect.stringContaining('chmod 600'),
      },
    ]);
    expect((await sidecar.host.request('secret/set', { name: 'A', value: 'sk-1' })).error.data.kind).toBe('secretsUnavailable');
  });
});

const asksHost = `storage: ./sidecar.db
secrets:
  encryption_keys: [{ name: of the host, host: true }]
`;

describe('secret/resolve', () => {
  const capable = { capabilities: { secrets: {} } };

  test('a host that gives secrets is asked last of the places of a secret, for a prompt, and its key is used', async () => {
    await using sidecar = await startSidecar({ config: 'strict_keys: false\n' });
    await sidecar.initialize(capable);
    const { host } = sidecar;
    const prompted = host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x', actor: { id: 'ada' }, purpose: 'chat' });
    const asked = await host.next(({ method }) => method === 'secret/resolve');
    expect(asked.params).toEqual({
      name: expect.stringContaining('ECHO_NEEDS_KEY'),
      actor: { id: 'ada' },
      purpose: 'chat',
      _meta: { depth: 0 },
    });
    host.answer(asked.id, { value: 'sk-of-the-host', ttlMs: 60_000 });
    const { result } = await prompted;
    expect(result.keySource).toBe('host');
    expect(JSON.parse(result.text).key).toBe('sk-of-the-host');
    const again = await host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'y', actor: { id: 'ada' }, purpose: 'chat' });
    expect(JSON.parse(again.result.text).key).toBe('sk-of-the-host');
    expect(host.messages.filter(({ method }) => method === 'secret/resolve')).toHaveLength(1);
  });

  test('null falls through to the next place', async () => {
    await using sidecar = await startSidecar({ env: { LLM_ECHO_NEEDS_KEY_KEY: 'sk-variable' } });
    await sidecar.initialize(capable);
    const { host } = sidecar;
    const prompted = host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x' });
    host.answer((await host.next(({ method }) => method === 'secret/resolve')).id, { value: null });
    expect((await prompted).result.keySource).toBe('environment');
  });

  test('an error falls through, and its words are nowhere', async () => {
    await using sidecar = await startSidecar({ env: { LLM_ECHO_NEEDS_KEY_KEY: 'sk-variable' } });
    await sidecar.initialize(capable);
    const { host } = sidecar;
    const prompted = host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x' });
    const { id } = await host.next(({ method }) => method === 'secret/resolve');
    host.send({ jsonrpc: '2.0', id, error: { code: -32000, message: 'vault says sk-canary is gone' } });
    expect((await prompted).result.keySource).toBe('environment');
    const { stderr } = await sidecar.stop();
    expect(stderr).toContain('it answered with the error -32000');
    expect(stderr).not.toContain('canary');
  });

  test('a prompt that is cancelled cancels the question', async () => {
    await using sidecar = await startSidecar();
    await sidecar.initialize(capable);
    const { host } = sidecar;
    host.send({ jsonrpc: '2.0', id: 'p', method: 'llm/prompt', params: { model: 'echo-needs-key', prompt: 'x' } });
    const { id } = await host.next(({ method }) => method === 'secret/resolve');
    host.notify('$/cancelRequest', { id: 'p' });
    expect((await host.next(({ method }) => method === '$/cancelRequest')).params.id).toBe(id);
    host.send({ jsonrpc: '2.0', id, error: { code: -32800, message: 'cancelled' } });
    expect(await host.next((message) => message.id === 'p' && message.method === undefined)).toMatchObject({ id: 'p' });
  });

  test('a listing asks once for each secret, with one request however many models need it', async () => {
    await using sidecar = await startSidecar();
    await sidecar.initialize(capable);
    const { host } = sidecar;
    const listed = host.request('llm/models', {});
    const asked = new Set<string>();
    for (;;) {
      const message = await host.next(
        ({ method, id, result }) => method === 'secret/resolve' || (id !== undefined && result !== undefined),
      );
      if (message.method === undefined) break;
      expect(asked.has(message.params.name)).toBe(false);
      asked.add(message.params.name);
      host.answer(message.id, { value: message.params.name === 'OPENAI_API_KEY' ? 'sk-of-the-host' : null });
      if (asked.size === 10) break;
    }
    const { models } = (await listed).result;
    expect(asked).toContain('OPENAI_API_KEY');
    expect(models.find(({ id }: { id: string }) => id === 'gpt-4o')).toMatchObject({ available: true, keySource: 'host' });
  });

  test('a host that did not say so is not asked', async () => {
    await using sidecar = await startReady();
    const { error } = await sidecar.host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x' });
    expect(error.data.kind).toBe('keyMissing');
    expect(sidecar.host.messages.filter(({ method }) => method === 'secret/resolve')).toEqual([]);
  });

  test('the encryption key of the store is the host’s', async () => {
    await using sidecar = await startSidecar({ config: asksHost });
    await sidecar.initialize(capable);
    const { host } = sidecar;
    const set = host.request('secret/set', { name: 'A', value: 'sk-1' });
    const asked = await host.next(({ method }) => method === 'secret/resolve');
    expect(asked.params).toEqual({ name: 'of the host', _meta: { depth: 0 } });
    host.answer(asked.id, { value: key, ttlMs: 60_000 });
    expect((await set).result).toEqual({ version: 1 });
    await host.request('shutdown');
    expect((await sidecar.stop()).stderr).toBe('');
  });
});
