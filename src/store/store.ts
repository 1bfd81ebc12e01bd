import { setTimeout } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import { storeKind } from './location.ts';
import { migrate, type Migration } from './migrate.ts';
import { isBusy, storeFailure } from './storeFailure.ts';
import { ask, follow, type Steps } from './steps.ts';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;
export type StoreKind = 'sqlite' | 'postgres';

/** One database, SQLite or PostgreSQL. What goes wrong with it is a Failure `storageUnavailable` that says what to do. */
export interface Store {
  readonly kind: StoreKind;
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /**
   * In one transaction, and again from the start while other processes keep it busy: `work` changes nothing but the
   * database. What `work` throws as a Failure rolls back and passes through.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * As `write`, for what is done at every response. `db` makes queries, and is not asked. Where SQLite is free, it is done when
   * this returns, and no promise is made.
   */
  transact<T>(work: (db: Db, kind: StoreKind) => Steps<T>): T | Promise<T>;
  close(): Promise<void>;
}

/** A database that is open. */
export interface Opened {
  readonly db: Db;
  /** Undefined: not now, and nothing has happened. */
  readonly transactNow: (<T>(begin: () => Steps<T>) => { readonly result: T } | undefined) | undefined;
}

/** Opens on first use; a database that could not be opened is tried again at the next. */
export interface LazyStore {
  /** Throws storageUnavailable. */
  open(): Promise<Store>;
  close(): Promise<void>;
}

/** Where the data is: the path of a SQLite file, or `postgres://…`. Made with what is to be in it. */
export function createStore(location: string, migrations: readonly Migration[]): LazyStore {
  let opening: Promise<Store> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let closed = false;
  return {
    async open() {
      if (closed) throw storeFailure(new Error('closed'), location);
      if (opening === undefined && performance.now() - failedAt < retryOpenMs) throw failure;
      opening ??= openStore(location, migrations);
      try {
        return await opening;
      } catch (error) {
        failedAt = performance.now();
        failure = error;
        opening = undefined;
        throw error;
      }
    },
    async close() {
      closed = true;
      const store = await opening?.catch(() => undefined);
      await store?.close();
    },
  };
}

/** Between two attempts to open what could not be opened, so that not every prompt waits for a server that is away. */
const retryOpenMs = 1000;

/** How long a busy database is tried again, and at most how long after the time before. */
const patienceMs = 15_000;
const longestPauseMs = 25;

async function openStore(location: string, migrations: readonly Migration[]): Promise<Store> {
  const kind = storeKind(location);
  try {
    const opened = await again(location, async () =>
      kind === 'sqlite'
        ? (await import('./openSqlite.ts')).openSqlite(location)
        : (await import('./openPostgres.ts')).openPostgres(location),
    );
    const store = storeOf(kind, opened, location);
    try {
      await migrate(store, migrations, location);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    throw storeFailure(error, location);
  }
}

function storeOf(kind: StoreKind, { db, transactNow }: Opened, location: string): Store {
  const transactLater = async <T>(work: (db: Db, kind: StoreKind) => Steps<T>): Promise<T> =>
    again(location, async () => db.transaction().execute(async (tx) => follow(work(db, kind), async (query) => ask(tx, query))));
  return {
    kind,
    async read(work) {
      return again(location, async () => work(db));
    },
    async write(work) {
      return again(location, async () => db.transaction().execute(work));
    },
    transact(work) {
      try {
        const now = transactNow?.(() => work(db, kind));
        if (now !== undefined) return now.result;
      } catch (error) {
        if (!isBusy(error)) throw storeFailure(error, location);
      }
      return transactLater(work);
    },
    close: async () => db.destroy(),
  };
}

async function again<T>(location: string, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw storeFailure(error, location);
      await setTimeout(Math.random() * Math.min(longestPauseMs, 2 ** attempt));
    }
  }
}
