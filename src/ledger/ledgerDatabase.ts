import type { LazyStore, Store, StoreKind, Tx } from '../store/store.ts';
import { expireLeases, renewLeases, type Leases } from './leases.ts';
import { isAway } from './unwritten.ts';

export interface LedgerDatabase {
  /** Throws storageUnavailable before anything is begun. */
  open(): Promise<Store>;
  write<T>(work: (tx: Tx, kind: StoreKind) => Promise<T>): Promise<T>;
  /** Ends what other processes have left; tells how many. */
  expire(): Promise<number>;
  /** Renews what this process has open, and `expire`. Never rejects. */
  tick(): Promise<void>;
  leaseUntil(): Date;
  /** No tick begins any more; resolves when everything under way has ended. */
  stop(): Promise<void>;
}

export interface LedgerDatabaseOptions {
  readonly store: LazyStore;
  readonly open: Leases;
  readonly leaseMs: number;
  now(): Date;
  log(line: string): void;
  /** The storage can be used for the first time. */
  opened(): Promise<void>;
  /** Something was written. */
  written(): void;
}

/** The storage as the ledger uses it: from its first use on, what is open is renewed and what is left behind is ended. */
export function createLedgerDatabase({ store, open, leaseMs, now, log, opened, written }: LedgerDatabaseOptions): LedgerDatabase {
  const underWay = new Set<Promise<unknown>>();
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> | undefined;
  let started = false;
  let stopped = false;

  const track = async <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work);
    try {
      return await work;
    } finally {
      underWay.delete(work);
    }
  };
  const leaseUntil = (): Date => new Date(now().getTime() + leaseMs);
  const expire = async (): Promise<number> => expireLeases(await store.open(), open, now());
  const renewAndExpire = async (): Promise<void> => {
    try {
      const db = await store.open();
      await renewLeases(db, open, leaseUntil());
      await expireLeases(db, open, now());
    } catch (error) {
      if (!isAway(error)) log(`Leases of reservations: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  };
  const tick = async (): Promise<void> => {
    ticking ??= track(renewAndExpire()).finally(() => {
      ticking = undefined;
    });
    return ticking;
  };
  const start = (): void => {
    if (started || stopped) return;
    started = true;
    timer = setInterval(() => {
      tick().catch(() => {});
    }, leaseMs / 3).unref();
    track(tick().then(opened)).catch((error: unknown) => log(`Usage that was kept in a file: ${String(error)}`));
  };

  const database: LedgerDatabase = {
    async open() {
      const db = await store.open();
      start();
      return db;
    },
    async write(work) {
      const db = await database.open();
      const result = await track(db.write(async (tx) => work(tx, db.kind)));
      written();
      return result;
    },
    expire,
    tick,
    leaseUntil,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.allSettled(underWay);
    },
  };
  return database;
}
