import { Failure } from '../lib/failure.ts';
import type { BudgetCharge } from '../policy/budgetCharges.ts';
import type { Steps } from '../store/steps.ts';
import type { Db, StoreKind } from '../store/store.ts';
import { createGathered, type Waiting } from './gathered.ts';
import { endGroup } from './groupRows.ts';
import type { LedgerDatabase } from './ledgerDatabase.ts';
import type { Leases } from './leases.ts';
import { settleResponse, writeEnded } from './settle.ts';
import { insertResponse } from './statements.ts';
import { createUnwritten, isAway, type Unwritten, type UnwrittenQueue } from './unwritten.ts';
import { within } from './within.ts';

/** The ways of writing: money is held now or not at all; what has happened is written now or later, or soon together with others. */
export interface LedgerWriter {
  /** Throws budgetExceeded or storageUnavailable; then nothing is held, and `undo`, if there is one, is written where that is not certain. */
  hold(charges: readonly BudgetCharge[], work: (db: Db, kind: StoreKind) => Steps<void>, undo?: () => Unwritten): Promise<void>;
  /** Never rejects. False: it waits for the storage. */
  writeOrKeep(entry: Unwritten): Promise<boolean>;
  /** Together with others, in the background. False: not now, since the storage is away or too slow, or `gatherMs` is not set. */
  writeSoon(entry: Unwritten): boolean;
  /** When what was to be written soon is written or kept. Never rejects. */
  flush(): Promise<void>;
  /** What was to be written soon waits for the storage from now on. */
  keepRest(): void;
  /** What an earlier process left. Throws storageUnavailable. */
  rewrite(entries: readonly Unwritten[]): Promise<void>;
  readonly unwritten: UnwrittenQueue;
}

export interface LedgerWriterOptions {
  readonly database: LedgerDatabase;
  readonly open: Leases;
  readonly maxUnwritten: number;
  /** How long something that has happened waits to be written before it is kept. */
  readonly patienceMs: number;
  /** How long something waits for others to be written with. */
  readonly gatherMs: number | undefined;
  log(line: string): void;
}

export function createLedgerWriter({ database, open, maxUnwritten, patienceMs, gatherMs, log }: LedgerWriterOptions): LedgerWriter {
  /** The last attempt to write did. */
  let isThere = false;
  function* writeIn(db: Db, kind: StoreKind, { entry, isNew }: Waiting): Steps<void> {
    if (entry.what === 'groupEnd') yield* endGroup(db, kind, entry.id, { state: 'settled', at: entry.at });
    else if (entry.ending === undefined)
      yield* insertResponse(kind, { ...entry.reserved.row, lease_until: database.leaseUntil().toISOString() });
    else if (!isNew || !(yield* writeEnded(db, kind, entry.reserved, entry.ending)))
      yield* settleResponse(db, kind, entry.reserved, entry.ending);
  }
  const write = (...all: readonly Waiting[]): void | Promise<void> =>
    database.write(function* (db, kind) {
      for (const waiting of all) yield* writeIn(db, kind, waiting);
      isThere = true;
    });
  const gone = (entry: Unwritten): void => {
    if (entry.what === 'groupEnd') open.groups.delete(entry.id);
    else if (entry.ending) open.responses.delete(entry.id);
  };
  const unwritten = createUnwritten({
    write: async (entry) => write({ entry, isNew: false }),
    gone,
    log,
    maxEntries: maxUnwritten,
  });
  const isKept = (error: unknown): void => {
    isThere = false;
    log(`Usage is kept in memory until the storage is back: ${error instanceof Error ? error.message : 'unknown error'}`);
  };
  /** The end of a response takes the place of its beginning, and never the other way round. */
  const keep = (entry: Unwritten): void => {
    if (entry.what === 'groupEnd' || entry.ending || !unwritten.has(entry.id)) unwritten.add(entry);
  };
  const gathered = createGathered({
    delayMs: gatherMs ?? 0,
    async write(some) {
      for (const { entry } of some) if (unwritten.has(entry.id)) keep(entry);
      const rest = some.filter(({ entry }) => !unwritten.has(entry.id));
      const writing = rest.length > 0 ? write(...rest) : undefined;
      if (writing !== undefined) await within(patienceMs, writing);
      for (const { entry } of rest) gone(entry);
    },
    failed(some, error) {
      isKept(error);
      for (const { entry } of some) keep(entry);
    },
  });
  return {
    async hold(charges, work, undo) {
      // What a new budget counts has to be written.
      if (!gathered.isEmpty) await gathered.flush();
      for (let isLast = false; ; isLast = true) {
        let begun = false;
        try {
          await database.write(work, () => {
            begun = true;
          });
          isThere = true;
          return;
        } catch (error) {
          if (isAway(error)) {
            isThere = false;
            // The end of the transaction may have got lost on its way back. Those that can be undone are few.
            if (undo && begun && unwritten.size < maxUnwritten / 2) unwritten.add(undo());
            throw failClosed(error, charges);
          }
          if (isLast || !isExceeded(error)) throw error;
          // Asked again also where there was nothing to end: a tick may just have ended it.
          await database.expire();
        }
      }
    },
    async writeOrKeep(entry) {
      if (!unwritten.away && !unwritten.has(entry.id)) {
        try {
          const writing = write({ entry, isNew: false });
          if (writing !== undefined) await within(patienceMs, writing);
          return true;
        } catch (error) {
          isKept(error);
        }
      }
      unwritten.add(entry);
      return false;
    },
    writeSoon(entry) {
      if (gatherMs === undefined || !isThere || gathered.isFull || unwritten.away || unwritten.has(entry.id)) return false;
      gathered.add(entry);
      return true;
    },
    flush: async () => gathered.flush(),
    keepRest() {
      for (const { entry } of gathered.stop()) keep(entry);
    },
    async rewrite(entries) {
      for (const entry of entries) await write({ entry, isNew: false });
    },
    unwritten,
  };
}

function isExceeded(error: unknown): boolean {
  return error instanceof Failure && error.kind === 'budgetExceeded';
}

function failClosed(error: Failure, charges: readonly BudgetCharge[]): Failure {
  const names = charges.map(({ name }) => `"${name}"`).join(', ');
  return new Failure('storageUnavailable', `${error.message} Nothing is sent while the budget ${names} cannot be counted.`, error.detail, {
    cause: error,
  });
}
