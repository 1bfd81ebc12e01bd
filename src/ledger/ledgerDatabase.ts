import type { Steps } from '../store/steps.ts';
import type { Db, LazyStore, Store, StoreKind } from '../store/store.ts';
import { moveEnded, moveFromIntake } from './intake.ts';
import { expireLeases, renewLeases, type Leases } from './leases.ts';
import { isAway } from './unwritten.ts';

export interface LedgerDatabase {
  /** Throws storageUnavailable before anything is begun. */
  open(): Promise<Store>;
  /** `begun` is called when the storage is open. No promise: it is done. */
  write<T>(work: (db: Db, kind: StoreKind) => Steps<T>, begun?: () => void): T | Promise<T>;
  /** Puts responses where they are read: those that have ended, or also those that run. */
  move(which: 'ended' | 'all'): Promise<void>;
  /** Ends what other processes have left. */
  expire(): Promise<void>;
  /** Renews what this process has open, moves what others have left, and `expire`. Never rejects. */
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
  let there: Store | undefined;
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
  const expire = async (): Promise<void> => expireLeases(await store.open(), open, now());
  const renewAndExpire = async (): Promise<void> => {
    try {
      const db = await store.open();
      await renewLeases(db, open, leaseUntil());
      await moveEnded(db);
      await expireLeases(db, open, now());
    } catch (error) {
      if (!isAway(error)) log(`Leases of reservations: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  };
  const tick = async (): Promise<void> => {
    // One that is under way may have looked at the clock long ago.
    await ticking;
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

  const writeLater = async <T>(work: (db: Db, kind: StoreKind) => Steps<T>, begun?: () => void): Promise<T> => {
    await database.open();
    return database.write(work, begun);
  };
  const isWritten = <T>(result: T): T => {
    written();
    return result;
  };

  const database: LedgerDatabase = {
    async open() {
      there ??= await store.open();
      start();
      return there;
    },
    write(work, begun) {
      if (there === undefined) return writeLater(work, begun);
      begun?.();
      const result = there.transact(work);
      if (result instanceof Promise) return track(result.then(isWritten));
      written();
      return result;
    },
    async move(which) {
      const db = await database.open();
      await track(which === 'all' ? moveFromIntake(db) : moveEnded(db));
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
