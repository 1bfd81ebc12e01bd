import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { createStore, type LazyStore } from '../../src/store/store.ts';
import { postgresFolder, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { spend, spentOf } from './support/spend.ts';

const installed = postgresFolder() !== null;
if (!installed) console.warn('\nSKIPPED: PostgreSQL that is away: PostgreSQL is not installed: apt-get install postgresql\n');

/** As test/support/postgres.ts has it. */
const password = 'pg password/with:signs@';

describe.skipIf(!installed)('PostgreSQL', () => {
  let server: PostgresServer;
  const opened: LazyStore[] = [];
  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  afterAll(async () => server.remove(), 120_000);

  const open = (location: string): LazyStore => {
    const store = createStore(location, migrations);
    opened.push(store);
    return store;
  };
  /** With another part of the address. */
  const changed = async (change: (url: URL) => void): Promise<string> => {
    const url = new URL(await server.createDatabase());
    change(url);
    return url.href;
  };
  /** As an administrator. */
  const administer = async (location: string, sql: string): Promise<void> => {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: location });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  const messageOf = async (location: string): Promise<string> =>
    open(location)
      .open()
      .then(
        () => 'opened',
        (error: unknown) => {
          expect(error).toMatchObject({ kind: 'storageUnavailable' });
          const { message } = error as Error;
          for (const secret of [password, encodeURIComponent(password), 'wrong-word']) expect(message).not.toContain(secret);
          return message.replace(/127\.0\.0\.1:\d+/, 'HOST').replace(/test_\d+/, 'DB');
        },
      );

  describe('that cannot be opened says what to do, and no password', () => {
    test.each<[string, (url: URL) => void, string]>([
      [
        'nobody listens',
        (url) => (url.port = '1'),
        'The storage postgres://HOST/DB cannot be reached. See that the server runs and that the address in storage is right; it is tried again.',
      ],
      [
        'the host is unknown',
        (url) => (url.hostname = 'no-such-host.invalid'),
        'The storage postgres://no-such-host.invalid:PORT/DB cannot be reached. See that the server runs and that the address in storage is right; it is tried again.',
      ],
      [
        'the password is wrong',
        (url) => (url.password = 'wrong-word'),
        'The storage postgres://HOST/DB refuses this user or password. Correct the address in storage.',
      ],
      [
        'the password is missing',
        (url) => (url.password = ''),
        'The storage postgres://HOST/DB refuses this user or password. Correct the address in storage.',
      ],
      [
        'the user is unknown',
        (url) => (url.username = 'nobody'),
        'The storage postgres://HOST/DB refuses this user or password. Correct the address in storage.',
      ],
      [
        'there is no such database',
        (url) => (url.pathname = '/nothing_here'),
        'The storage postgres://HOST/nothing_here does not exist on the server. Create the database, or correct the address in storage.',
      ],
      [
        'the server does no SSL',
        (url) => (url.search = 'sslmode=verify-full'),
        'The storage postgres://HOST/DB cannot be reached safely: the server does not do SSL as sslmode in the address wants it.',
      ],
      [
        'the password is given as a parameter and wrong',
        (url) => {
          url.password = '';
          url.search = 'password=wrong-word';
        },
        'The storage postgres://HOST/DB refuses this user or password. Correct the address in storage.',
      ],
    ])('%s', async (_, change, message) => {
      const said = await messageOf(await changed(change));
      expect(said.replace(/invalid:\d+/, 'invalid:PORT')).toBe(message);
    });

    test('the address is not a URL', async () => {
      const location = (await server.createDatabase()).replace(encodeURIComponent(password), 'wrong-word#/?');
      expect(await messageOf(location)).toBe(
        'The storage postgres://… cannot be used: its address is not a URL. Write what is special in the user name and the password as %40 (@), %2F (/), %3A (:), %23 (#), %3F (?), %25 (%).',
      );
    });

    test('the user may not make tables', async () => {
      const location = await server.createDatabase();
      await administer(location, "create role guest_a login password 'wrong-word'");
      const url = new URL(location);
      [url.username, url.password] = ['guest_a', 'wrong-word'];
      expect(await messageOf(url.href)).toBe(
        'The storage postgres://HOST/DB may not be used by this user: grant it CREATE and the use of its tables.',
      );
    });

    test('the user is read-only', async () => {
      const location = await server.createDatabase();
      await administer(location, "create role guest_b superuser login password 'wrong-word'");
      await administer(location, 'alter role guest_b set default_transaction_read_only = on');
      const url = new URL(location);
      [url.username, url.password] = ['guest_b', 'wrong-word'];
      expect(await messageOf(url.href)).toBe(
        'The storage postgres://HOST/DB cannot be written: the server, or this user, is read-only. Set storage to a primary server and a user that may write.',
      );
    });

    test('a database from a newer version, which it does not change', async () => {
      const location = await server.createDatabase();
      await createAndClose(location);
      await administer(location, "insert into llm_sidecar_migrations values ('0099 what is to come', '')");
      expect(await messageOf(location)).toBe(
        'The storage postgres://HOST/DB was made by a newer version of llm-sidecar (it has "0099 what is to come"): update this one, or set storage to another place.',
      );
    });
  });

  test('stopped and started again: what runs and what comes fails and says so, then all goes on', { timeout: 120_000 }, async () => {
    const location = await server.createDatabase();
    const store = await open(location).open();
    await Promise.all(Array.from({ length: 4 }, async () => spend(store, 'a', 1n)));
    const inside = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    const running = store.write(async (tx) => {
      await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 1000n }).execute();
      inside.resolve();
      await stopped.promise;
      await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 1001n }).execute();
    });
    await inside.promise;
    await server.stop();
    stopped.resolve();
    const away = { kind: 'storageUnavailable', message: expect.stringMatching(/ cannot be reached[.:] .*server.*tried again\.$/) };
    await expect(running).rejects.toMatchObject(away);
    await expect(spentOf(store, 'a')).rejects.toMatchObject(away);
    await expect(spend(store, 'a', 1n)).rejects.toMatchObject(away);
    await server.start();
    expect(await spentOf(store, 'a')).toBe(4n);
    await spend(store, 'a', 1n);
    expect(await spentOf(store, 'a')).toBe(5n);
  });

  test('connections that an administrator cuts, in use or not, fail one call at most', async () => {
    const location = await server.createDatabase();
    const store = await open(location).open();
    await Promise.all(Array.from({ length: 4 }, async () => spend(store, 'a', 1n)));
    const cut = async (): Promise<void> =>
      administer(location, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'llm-sidecar'");
    await cut();
    await expect.poll(async () => spentOf(store, 'a').catch(() => 'away'), { timeout: 30_000 }).toBe(4n);
    const running = store.write(async (tx) => {
      await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 1000n }).execute();
      await cut();
      await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 1001n }).execute();
    });
    await expect(running).rejects.toMatchObject({ kind: 'storageUnavailable', message: expect.stringMatching(/cannot be reached/) });
    expect(await spentOf(store, 'a')).toBe(4n);
  });

  describe.concurrent('that does not answer', { timeout: 120_000 }, () => {
    test('a row that another program holds: tried again for 15 s, then said to be in use', async () => {
      const location = await server.createDatabase();
      await using lazy = disposable(location);
      const store = await lazy.open();
      await spend(store, 'a', 1n);
      const { default: pg } = await import('pg');
      const other = new pg.Client({ connectionString: location });
      await other.connect();
      await other.query('begin; update llm_sidecar_budgets set spent_nanocents = 9');
      const started = performance.now();
      await expect(spend(store, 'a', 1n)).rejects.toMatchObject({
        kind: 'storageUnavailable',
        message: expect.stringMatching(/ is in use by another process for too long; it is tried again\.$/),
      });
      expect(performance.now() - started).toBeLessThan(30_000);
      await other.query('rollback');
      await other.end();
      await spend(store, 'a', 1n);
      expect(await spentOf(store, 'a')).toBe(2n);
    });

    test('a statement that takes too long is ended by the server and says so', async () => {
      const location = await server.createDatabase();
      await using lazy = disposable(location);
      const store = await lazy.open();
      const { sql } = await import('kysely');
      await expect(store.read(async (db) => sql`select pg_sleep(60)`.execute(db))).rejects.toMatchObject({
        kind: 'storageUnavailable',
        message: expect.stringMatching(/ is too slow: a statement took longer than it may\./),
      });
      expect(await spentOf(store, 'a')).toBeNull();
    });

    test('more calls at once than there are connections: each waits for its turn, also when that takes a while', async () => {
      const location = await server.createDatabase();
      await using lazy = disposable(location);
      const store = await lazy.open();
      const { sql } = await import('kysely');
      const calls = Array.from({ length: 28 }, async () => store.read(async (db) => sql`select pg_sleep(1)`.execute(db)));
      expect(await Promise.all(calls)).toHaveLength(28);
    });

    test('a server that takes connections and says nothing is given up after 5 s', async () => {
      const direct = new URL(await server.createDatabase());
      await using network = await startNetwork(Number(direct.port));
      network.silent = true;
      direct.port = String(network.port);
      await using lazy = disposable(direct.href);
      const started = performance.now();
      await expect(lazy.open()).rejects.toMatchObject({ kind: 'storageUnavailable', message: expect.stringMatching(/ cannot be reached/) });
      // Well before who waits for a connection gives up.
      expect(performance.now() - started).toBeLessThan(12_000);
    });

    test('a network that falls silent: a call ends and says so, and does not take the next ones with it', async () => {
      const direct = new URL(await server.createDatabase());
      await using network = await startNetwork(Number(direct.port));
      const through = new URL(direct.href);
      through.port = String(network.port);
      await using lazy = disposable(through.href);
      const store = await lazy.open();
      await spend(store, 'a', 1n);
      network.silent = true;
      await expect(spentOf(store, 'a')).rejects.toMatchObject({
        kind: 'storageUnavailable',
        message: expect.stringMatching(/ cannot be reached: the connection was closed\./),
      });
      network.silent = false;
      await spend(store, 'a', 1n);
      expect(await spentOf(store, 'a')).toBe(2n);
    });
  });
});

function disposable(location: string): LazyStore & AsyncDisposable {
  const store = createStore(location, migrations);
  return { ...store, [Symbol.asyncDispose]: async () => store.close() };
}

async function createAndClose(location: string): Promise<void> {
  const store = createStore(location, migrations);
  await store.open();
  await store.close();
}

/** Passes all on, unless it is silent: then nothing arrives and nobody is told. */
async function startNetwork(target: number) {
  const network = { silent: false, port: 0, [Symbol.asyncDispose]: async () => {} };
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.on('data', (bytes) => void (network.silent || other.write(bytes)));
      one.on('error', () => {});
      one.on('close', () => void (network.silent || other.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  network.port = (server.address() as AddressInfo).port;
  network[Symbol.asyncDispose] = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return network;
}
