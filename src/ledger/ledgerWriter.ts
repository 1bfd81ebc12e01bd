import { Failure } from '../lib/failure.ts';
import type { BudgetCharge } from '../policy/budgetCharges.ts';
import type { StoreKind, Tx } from '../store/store.ts';
import { endGroup } from './groupRows.ts';
import type { LedgerDatabase } from './ledgerDatabase.ts';
import type { Leases } from './leases.ts';
import { reserveResponse } from './reserve.ts';
import { settleResponse } from './settle.ts';
import { createUnwritten, isAway, type Unwritten, type UnwrittenQueue } from './unwritten.ts';
import { within } from './within.ts';

/** The two ways of writing: money is held now or not at all, and what has happened is written now or later. */
export interface LedgerWriter {
  /** Throws budgetExceeded or storageUnavailable; then nothing is held, and `undo` is written if that is not certain. */
  hold(charges: readonly BudgetCharge[], work: (tx: Tx, kind: StoreKind) => Promise<void>, undo: Unwritten): Promise<void>;
  /** Never rejects. False: it waits for the storage. */
  writeOrKeep(entry: Unwritten): Promise<boolean>;
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
  log(line: string): void;
}

export function createLedgerWriter({ database, open, maxUnwritten, patienceMs, log }: LedgerWriterOptions): LedgerWriter {
  const write = async (entry: Unwritten): Promise<void> =>
    database.write(async (tx, kind) => {
      if (entry.what === 'groupEnd') await endGroup(tx, kind, entry.id, { state: 'settled', at: entry.at });
      else if (entry.ending) await settleResponse(tx, kind, entry.reserved, entry.ending);
      else await reserveResponse(tx, kind, { ...entry.reserved.row, lease_until: database.leaseUntil().toISOString() }, []);
    });
  const unwritten = createUnwritten({
    write,
    gone(entry) {
      if (entry.what === 'groupEnd') open.groups.delete(entry.id);
      else if (entry.ending) open.responses.delete(entry.id);
    },
    log,
    maxEntries: maxUnwritten,
  });
  return {
    async hold(charges, work, undo) {
      const holdNow = async (): Promise<void> => {
        await database.open();
        try {
          await database.write(work);
        } catch (error) {
          // The end of the transaction may have got lost on its way back. Those that can be undone are few.
          if (isAway(error) && unwritten.size < maxUnwritten / 2) unwritten.add(undo);
          throw error;
        }
      };
      try {
        await holdNow();
      } catch (error) {
        if (isAway(error)) throw failClosed(error, charges);
        if (!isExceeded(error) || (await database.expire()) === 0) throw error;
        await holdNow();
      }
    },
    async writeOrKeep(entry) {
      if (!unwritten.away && !unwritten.has(entry.id)) {
        try {
          await within(patienceMs, write(entry));
          return true;
        } catch (error) {
          log(`Usage is kept in memory until the storage is back: ${error instanceof Error ? error.message : 'unknown error'}`);
        }
      }
      unwritten.add(entry);
      return false;
    },
    async rewrite(entries) {
      for (const entry of entries) await write(entry);
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
