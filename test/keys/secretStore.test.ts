import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SecretStoreSettings } from '../../src/engine/secretsPorts.ts';
import { createFernet, generateFernetKey } from '../../src/keys/fernet.ts';
import { createHostSecrets } from '../../src/keys/hostSecrets.ts';
import { createSecretStore, type LiveSecretStore } from '../../src/keys/secretStore.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { describeEngines } from '../support/engines.ts';

const first = { name: 'first', value: generateFernetKey() };
const second = { name: 'second', value: generateFernetKey() };
const actor = { id: 'ada' };
const asking = { signal: new AbortController().signal, depth: 0 };

interface Opened {
  readonly store: LiveSecretStore;
  readonly logged: string[];
  readonly learned: string[];
}

function open(settings: SecretStoreSettings): Opened {
  const logged: string[] = [];
  const learned: string[] = [];
  const log = (line: string): void => void logged.push(line);
  const store = createSecretStore({
    host: createHostSecrets({ log }),
    learn: (value) => void learned.push(value),
    log,
    // Only `close` writes them.
    usesPauseMs: 1_000_000,
  });
  store.update(settings);
  onTestFinished(async () => store.close());
  return { store, logged, learned };
}

async function database(location: string): Promise<Store> {
  const lazy = createStore(location, []);
  onTestFinished(async () => lazy.close());
  return lazy.open();
}

const rows = async (location: string) =>
  (await database(location)).read(async (db) => db.selectFrom('datasette_secrets').selectAll().orderBy('id').execute());

const look = async (store: LiveSecretStore, name: string, { count = false }: { count?: boolean } = {}) =>
  store.get(name, { actor, purpose: undefined, count, asking });
const put = async (store: LiveSecretStore, name: string, value: string, note?: string) => store.set({ name, value, note, actor }, asking);

describeEngines('the store of secrets', ({ create }) => {
  test('9.2 a value that is set is the next version, and the highest is in use', async () => {
    const { store } = open({ location: await create(), keys: [first] });
    expect(await look(store, 'OPENAI_API_KEY')).toBeNull();
    expect(await put(store, 'OPENAI_API_KEY', 'sk-one')).toEqual({ version: 1, changed: true });
    expect(await put(store, 'OPENAI_API_KEY', 'sk-two')).toEqual({ version: 2, changed: true });
    expect(await put(store, 'OTHER', 'else')).toEqual({ version: 1, changed: true });
    expect(await look(store, 'OPENAI_API_KEY')).toBe('sk-two');
  });

  test('9.1 what is kept is encrypted, with the name of its key, in the form of Datasette', async () => {
    const location = await create();
    const { store } = open({ location, keys: [first, second] });
    await put(store, 'A', 'sk-value-ü', 'for tests');
    const [row] = await rows(location);
    expect(row).toMatchObject({ id: 1, name: 'A', note: 'for tests', version: 1, encryption_key_name: 'first' });
    expect(row).toMatchObject({
      created_by: 'ada',
      updated_by: 'ada',
      deleted_at: null,
      deleted_by: null,
      last_used_at: null,
      last_used_by: null,
    });
    expect(row!.created_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(row!.updated_at).toBe(row!.created_at);
    const token = Buffer.from(row!.encrypted).toString('latin1');
    expect(createFernet(first.value).decrypt(token).toString()).toBe('sk-value-ü');
    expect(JSON.stringify(row)).not.toContain('sk-value');
  });

  test('9.2 a note alone changes the note of the version in use, and nothing else', async () => {
    const location = await create();
    const { store } = open({ location, keys: [first] });
    await put(store, 'A', 'one', 'old');
    await put(store, 'A', 'two');
    expect((await rows(location)).map(({ note }) => note)).toEqual(['old', 'old']);
    expect(await store.set({ name: 'A', value: undefined, note: 'new', actor: { id: 'bob' } }, asking)).toEqual({
      version: 2,
      changed: true,
    });
    expect((await rows(location)).map(({ note, updated_by: by }) => [note, by])).toEqual([
      ['old', 'ada'],
      ['new', 'bob'],
    ]);
    expect(await look(store, 'A')).toBe('two');
    await expect(store.set({ name: 'B', value: undefined, note: 'x', actor }, asking)).rejects.toMatchObject({ kind: 'secretNotFound' });
  });

  test('9.3 a secret that is deleted is unset, and its versions go on', async () => {
    const location = await create();
    const { store } = open({ location, keys: [first] });
    await put(store, 'A', 'one');
    await put(store, 'A', 'two');
    await store.delete('A', { id: 'eve' });
    expect(await look(store, 'A')).toBeNull();
    expect((await store.list()).secrets).toEqual([]);
    expect((await rows(location)).map(({ deleted_by: by, deleted_at: at }) => [by, at !== null])).toEqual([
      ['eve', true],
      ['eve', true],
    ]);
    await expect(store.delete('A', actor)).rejects.toMatchObject({ kind: 'secretNotFound' });
    expect(await put(store, 'A', 'three')).toEqual({ version: 3, changed: true });
    expect(await look(store, 'A')).toBe('three');
  });

  test('9.2 a list has the version in use, and never a value', async () => {
    const { store } = open({ location: await create(), keys: [first] });
    await put(store, 'B', 'sk-secret-b');
    await put(store, 'A', 'sk-secret-a', 'mine');
    await put(store, 'A', 'sk-secret-c');
    const listed = await store.list();
    expect(listed).toMatchObject({
      state: 'on',
      secrets: [
        { name: 'A', version: 2, note: 'mine', updatedBy: 'ada', lastUsedAt: null },
        { name: 'B', version: 1, note: '', updatedBy: 'ada', lastUsedAt: null },
      ],
    });
    expect(listed.secrets[0]!.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(JSON.stringify(listed)).not.toContain('sk-secret');
  });

  test('4.2 names are the same in any writing, and one that Datasette keeps as it is, is found by it', async () => {
    const location = await create();
    const { store } = open({ location, keys: [first] });
    await put(store, 'my-key', 'one');
    expect(await look(store, 'MY_KEY')).toBe('one');
    expect(await look(store, 'my-key')).toBe('one');
    const encrypted = Buffer.from(createFernet(first.value).encrypt('by another plugin'));
    await (
      await database(location)
    ).write(async (tx) =>
      tx
        .insertInto('datasette_secrets')
        .values({ name: 'git.token', version: 4, encrypted, encryption_key_name: 'first' } as never)
        .execute(),
    );
    expect(await look(store, 'git.token')).toBe('by another plugin');
    expect(await put(store, 'git.token', 'ours')).toEqual({ version: 5, changed: true });
    expect(await look(store, 'git.token')).toBe('ours');
  });

  test('4.4 the actor is recorded when a secret is used, and not when it is looked at; reading does not write', async () => {
    const location = await create();
    const { store } = open({ location, keys: [first] });
    await put(store, 'USED', 'one');
    await put(store, 'SEEN', 'two');
    await look(store, 'SEEN');
    await store.get('USED', { actor: { id: 'eve' }, purpose: undefined, count: true, asking });
    await look(store, 'USED', { count: true });
    expect((await rows(location)).map((row) => row.last_used_at)).toEqual([null, null]);
    await store.close();
    expect((await rows(location)).map((row) => [row.name, row.last_used_by, row.last_used_at !== null])).toEqual([
      ['USED', 'ada', true],
      ['SEEN', null, false],
    ]);
  });

  test('uses are written by themselves after a while', async () => {
    const location = await create();
    const log = (): void => {};
    const store = createSecretStore({ host: createHostSecrets({ log }), learn: log, log, usesPauseMs: 1 });
    onTestFinished(async () => store.close());
    store.update({ location, keys: [first] });
    await put(store, 'A', 'one');
    await look(store, 'A', { count: true });
    await expect.poll(async () => (await rows(location))[0]!.last_used_by).toBe('ada');
  });

  test('each row is decrypted with the key that it names', async () => {
    const location = await create();
    await put(open({ location, keys: [first] }).store, 'A', 'with the first');
    const { store } = open({ location, keys: [second, first] });
    await put(store, 'B', 'with the second');
    expect([await look(store, 'A'), await look(store, 'B')]).toEqual(['with the first', 'with the second']);
    expect((await rows(location)).map((row) => row.encryption_key_name)).toEqual(['first', 'second']);
  });

  test.each([
    [
      'is not there',
      [second],
      'The secret A (version 1) cannot be decrypted. There is no encryption key "first" under secrets.encryption_keys.',
    ],
    [
      'is another one',
      [{ ...second, name: 'first' }],
      'The secret A (version 1) cannot be decrypted: it was encrypted with another key than the encryption key "first" that is configured, or was changed since.',
    ],
  ])('9.3 a key that %s is one clear line, and other places are looked at', async (_, keys, message) => {
    const location = await create();
    await put(open({ location, keys: [first] }).store, 'A', 'sk-value');
    const { store, logged } = open({ location, keys });
    expect([await look(store, 'A'), await look(store, 'A'), await look(store, 'B')]).toEqual([null, null, null]);
    expect(logged).toEqual([`llm-sidecar: ${message} Other places are looked at for A.`]);
    store.update({ location, keys: [first] });
    expect(await look(store, 'A')).toBe('sk-value');
  });

  test('what is damaged is one clear line', async () => {
    const location = await create();
    const { store, logged } = open({ location, keys: [first] });
    await put(store, 'A', 'sk-value');
    await (
      await database(location)
    ).write(async (tx) =>
      tx
        .updateTable('datasette_secrets')
        .set({ encrypted: Buffer.from('gAAAAnothing') })
        .execute(),
    );
    expect(await look(store, 'A')).toBeNull();
    expect(logged).toEqual([
      'llm-sidecar: The secret A (version 1) cannot be decrypted: what the store has is damaged. Set the secret again. Other places are looked at for A.',
    ]);
  });

  test('9.3 roll back: the version before is in use again, the next one is new', async () => {
    const { store } = open({ location: await create(), keys: [first] });
    for (const value of ['one', 'two', 'three']) await put(store, 'A', value);
    expect(await store.rollBack('A', { id: 'eve' })).toEqual({ version: 2 });
    expect(await look(store, 'A')).toBe('two');
    expect(await store.rollBack('A', null)).toEqual({ version: 1 });
    await expect(store.rollBack('A', null)).rejects.toMatchObject({
      kind: 'secretNotFound',
      message: 'The secret A is not set in the store in a version before 1: nothing was changed. To unset it, delete it.',
    });
    expect(await look(store, 'A')).toBe('one');
    expect(await put(store, 'A', 'four')).toMatchObject({ version: 4 });
    await expect(store.rollBack('B', null)).rejects.toMatchObject({ kind: 'secretNotFound' });
  });

  test('9.3 rotate encrypts every row with the first key, deleted ones too', async () => {
    const location = await create();
    const old = open({ location, keys: [first] }).store;
    await put(old, 'A', 'one');
    await put(old, 'A', 'two');
    await put(old, 'B', 'gone');
    await old.delete('B', actor);
    const { store } = open({ location, keys: [second, first] });
    await put(store, 'C', 'new');
    expect(await store.rotate(asking)).toEqual({ rows: 4, keyName: 'second' });
    const after = await rows(location);
    expect(after.map((row) => row.encryption_key_name)).toEqual(['second', 'second', 'second', 'second']);
    const { decrypt } = createFernet(second.value);
    expect(after.map((row) => decrypt(Buffer.from(row.encrypted)).toString())).toEqual(['one', 'two', 'gone', 'new']);
    expect(await look(open({ location, keys: [second] }).store, 'A')).toBe('two');
  });

  test('9.3 rotate changes nothing where a key is missing, and names those rows', async () => {
    const location = await create();
    await put(open({ location, keys: [first] }).store, 'A', 'one');
    await put(open({ location, keys: [second] }).store, 'B', 'two');
    const before = await rows(location);
    const { store } = open({ location, keys: [second] });
    await expect(store.rotate(asking)).rejects.toMatchObject({
      kind: 'secretsUnavailable',
      message: expect.stringMatching(/ 1 of 2 rows do not decrypt .*: A version 1 \(key "first"\)\./),
    });
    expect(await rows(location)).toEqual(before);
  });

  test('9.2 whoever sets at the same time, both are versions', async () => {
    const location = await create();
    const stores = [1, 2, 3, 4].map(() => open({ location, keys: [first] }).store);
    const set = await Promise.all(stores.flatMap((store, index) => [1, 2, 3].map(async (n) => put(store, 'A', `${index}-${n}`))));
    expect(set.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(new Set((await rows(location)).map(({ version }) => version)).size).toBe(12);
  });

  test('an import of the same value is no new version', async () => {
    const { store } = open({ location: await create(), keys: [first] });
    const same = { name: 'A', value: 'one', note: undefined, actor, keepSame: true };
    expect(await store.set(same, asking)).toEqual({ version: 1, changed: true });
    expect(await store.set(same, asking)).toEqual({ version: 1, changed: false });
    expect(await store.set({ ...same, value: 'two' }, asking)).toEqual({ version: 2, changed: true });
  });

  test('what is set is kept out of logs from then on, and so are the keys', async () => {
    const { store, learned } = open({ location: await create(), keys: [first] });
    await put(store, 'A', 'sk-value');
    expect(learned).toEqual(['sk-value', first.value]);
  });
});

describe('the store', () => {
  test('9.3 without a key is off, which is said plainly, and opens nothing', async () => {
    const { store, logged } = open({ location: '/nowhere/at/all.db', keys: [] });
    expect(await look(store, 'A')).toBeNull();
    expect(await store.list()).toEqual({
      state: 'off',
      message:
        'The store of secrets is off, since no encryption key is configured. Make one with `llm-sidecar secrets generate-key` and name it under secrets.encryption_keys.',
      secrets: [],
    });
    for (const change of [put(store, 'A', 'x'), store.delete('A', actor), store.rotate(asking)])
      await expect(change).rejects.toMatchObject({
        kind: 'secretsUnavailable',
        message: expect.stringContaining('The store of secrets is off'),
      });
    expect(logged).toEqual([]);
  });

  test('that is away fails no prompt: one line, and it is said in the list', async () => {
    const { store, logged } = open({ location: 'postgres://127.0.0.1:1/none', keys: [first] });
    expect([await look(store, 'A'), await look(store, 'A')]).toEqual([null, null]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(
      /^llm-sidecar: The storage postgres:\/\/127\.0\.0\.1:1\/none cannot be reached\..* Other places are looked at for A\.$/,
    );
    expect(await store.list()).toMatchObject({ state: 'unavailable', secrets: [] });
    await expect(put(store, 'A', 'x')).rejects.toMatchObject({ kind: 'storageUnavailable' });
  });

  test('is looked for where the configuration says now', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-secrets-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const folders = ['one.db', 'two.db'].map((name) => join(folder, name));
    const { store } = open({ location: folders[0]!, keys: [first] });
    await put(store, 'A', 'here');
    store.update({ location: folders[1]!, keys: [first] });
    expect(await look(store, 'A')).toBeNull();
    store.update({ location: folders[0]!, keys: [first] });
    expect(await look(store, 'A')).toBe('here');
  });
});
