import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHostSecrets } from '../../src/keys/hostSecrets.ts';
import { createSecretStore } from '../../src/keys/secretStore.ts';

// An existing database of Datasette is opened, used and shared. behaviour 9.1.

const key = 'nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=';
/** Made by cryptography 48.0.0 with this key: Fernet(key).encrypt_at_time("sk-from-datasette-ü".encode(), 1700000000). */
const token = 'gAAAAABlU_EA91NUDyqAnd5TCfyiiBAnavoRlAQsvSVbwTdOmcnLdaxQ4cxtm5Thv__ezlJBDYNXy38qydixSDQmRHSJAvDP4O1UIM69ki1WojZxWxV0WaE=';

const schema = `create table if not exists datasette_secrets (
    id integer primary key,
    name text not null,
    note text,
    version integer not null default 1,
    encrypted blob,
    encryption_key_name text not null,
    created_at text,
    created_by text,
    updated_at text,
    updated_by text,
    deleted_at text,
    deleted_by text,
    last_used_at text,
    last_used_by text
)`;

/** What the plugin does to set a secret and to read it, in its words. */
const python = `
import json, sqlite3, sys
from cryptography.fernet import Fernet

action, path, key, *rest = sys.argv[1:]
db = sqlite3.connect(path)
fernet = Fernet(key.encode("utf-8"))
db.execute("""${schema}""")
if action == "set":
    name, value, actor = rest
    db.execute(
        """
        insert into datasette_secrets (
            name, version, note, encrypted, encryption_key_name, created_at, created_by, updated_at, updated_by
        ) values (
            ?, coalesce((select max(version) + 1 from datasette_secrets where name = ?), 1), ?, ?, ?,
            datetime('now'), ?, datetime('now'), ?
        )
        """,
        (name, name, "", fernet.encrypt(value.encode("utf-8")), "default", actor, actor),
    )
    db.commit()
else:
    row = db.execute(
        "select id, encrypted from datasette_secrets where name = ? order by version desc limit 1", (rest[0],)
    ).fetchone()
    columns = [[column[1], column[2], column[3], column[4]] for column in db.execute("pragma table_info(datasette_secrets)")]
    print(json.dumps({"value": fernet.decrypt(row[1]).decode("utf-8"), "columns": columns}))
`;

const asking = { signal: new AbortController().signal, depth: 0 };

function open(location: string) {
  const logged: string[] = [];
  const log = (line: string): void => void logged.push(line);
  const store = createSecretStore({ host: createHostSecrets({ log }), learn: () => {}, log });
  store.update({ location, keys: [{ name: 'default', value: key }] });
  onTestFinished(async () => store.close());
  const get = async (name: string) => store.get(name, { actor: { id: 'sidecar' }, purpose: undefined, count: true, asking });
  const set = async (name: string, value: string) => store.set({ name, value, note: undefined, actor: { id: 'sidecar' } }, asking);
  return { store, get, set, logged };
}

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-datasette-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'internal.db');
}

test('a database as Datasette leaves it: read, listed, and given a next version', async () => {
  const path = newPath();
  const database = new DatabaseSync(path);
  database.exec(`${schema}; create table other (id integer); insert into other values (1)`);
  const insert = database.prepare(
    "insert into datasette_secrets (name, note, version, encrypted, encryption_key_name, created_at, created_by, updated_at, updated_by) values ('OPENAI_API_KEY', 'mine', 7, ?, 'default', '2023-11-14 22:13:20', 'root', '2023-11-14 22:13:20', 'root')",
  );
  insert.run(Buffer.from(token));
  database.close();
  const { store, get, set, logged } = open(path);
  expect(await get('OPENAI_API_KEY')).toBe('sk-from-datasette-ü');
  expect(await store.list()).toEqual({
    state: 'on',
    secrets: [{ name: 'OPENAI_API_KEY', version: 7, note: 'mine', updatedAt: '2023-11-14T22:13:20Z', updatedBy: 'root', lastUsedAt: null }],
  });
  expect(await set('OPENAI_API_KEY', 'sk-ours')).toEqual({ version: 8, changed: true });
  expect(await get('OPENAI_API_KEY')).toBe('sk-ours');
  expect(logged).toEqual([]);
  await store.close();
  const after = new DatabaseSync(path);
  const tables = after.prepare("select name from sqlite_master where type = 'table' order by name").all();
  expect(tables.map(({ name }) => name)).toEqual(['datasette_secrets', 'other']);
  after.close();
});

const pythonHas = spawnSync('python3', ['-c', 'import cryptography.fernet']).status === 0;
if (!pythonHas) console.warn('\nSKIPPED: secrets shared with Python, because python3 has no package cryptography here\n');

describe.skipIf(!pythonHas)('a database that is shared with Python', () => {
  const run = (...words: string[]): string => {
    const { status, stdout, stderr } = spawnSync('python3', ['-c', python, ...words], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  };
  const read = (path: string, name: string) => JSON.parse(run('get', path, key, name)) as { value: string; columns: unknown[] };

  test('made by Python: the sidecar reads it, adds a version, and Python decrypts that', async () => {
    const path = newPath();
    run('set', path, key, 'OPENAI_API_KEY', 'sk-python-ü', 'root');
    const { get, set, store } = open(path);
    expect(await get('OPENAI_API_KEY')).toBe('sk-python-ü');
    expect(await set('OPENAI_API_KEY', 'sk-sidecar-ß')).toEqual({ version: 2, changed: true });
    expect(read(path, 'OPENAI_API_KEY').value).toBe('sk-sidecar-ß');
    run('set', path, key, 'OPENAI_API_KEY', 'sk-python-2', 'root');
    expect(await get('OPENAI_API_KEY')).toBe('sk-python-2');
    expect((await store.list()).secrets).toMatchObject([{ version: 3, updatedBy: 'root' }]);
  });

  test('made by the sidecar: Python finds the table that it would have made', async () => {
    const [ours, theirs] = [newPath(), newPath()];
    await open(ours).set('A', 'sk-sidecar');
    run('set', theirs, key, 'A', 'sk-python', 'root');
    expect(read(ours, 'A')).toEqual({ value: 'sk-sidecar', columns: read(theirs, 'A').columns });
  });

  test('encrypted anew with another key, Python reads it with that one', async () => {
    const path = newPath();
    run('set', path, key, 'A', 'sk-python', 'root');
    const next = 'OdUtN_pEkcrzxOGqkcVnLXnRRVwQ1UHh9MUrNO77quI=';
    const { store } = open(path);
    store.update({
      location: path,
      keys: [
        { name: 'next', value: next },
        { name: 'default', value: key },
      ],
    });
    expect(await store.rotate(asking)).toEqual({ rows: 1, keyName: 'next' });
    expect(JSON.parse(run('get', path, next, 'A'))).toMatchObject({ value: 'sk-python' });
  });
});
