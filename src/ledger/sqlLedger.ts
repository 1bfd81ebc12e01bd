import type { GroupIntent, GroupReservation, Ledger, Reservation, ResponseEnd, ResponseIntent, Standing } from '../engine/moneyPorts.ts';
import type { Redact } from '../lib/redactFailure.ts';
import type { BudgetCharge } from '../policy/budgetCharges.ts';
import { ask, follow } from '../store/steps.ts';
import type { Db, LazyStore } from '../store/store.ts';
import { bounded } from './bounded.ts';
import { counterKey, standing } from './budgetCounters.ts';
import { createLedgerDatabase } from './ledgerDatabase.ts';
import { createLedgerWriter, type LedgerWriter } from './ledgerWriter.ts';
import type { Leases } from './leases.ts';
import { createMoving } from './moving.ts';
import { holdMore, reserveGroup, reserveResponse } from './reserve.ts';
import { endingOf, neverSent, newGroup, openRow } from './rows.ts';
import { createRunning } from './running.ts';
import type { Reserved } from './settle.ts';
import { readSpills, writeSpill } from './spill.ts';
import { within } from './within.ts';

export interface SqlLedgerOptions {
  readonly store: LazyStore;
  /** Unique among the processes that share the storage. */
  readonly instanceId: string;
  /** What is not renewed for so long belongs to a process that is gone. */
  readonly leaseMs?: number;
  log(line: string): void;
  now?(): Date;
  /** Takes known keys out of prompts and answers before they are kept. */
  readonly redact?: Redact;
  /** The beginning of the name of files for what could not be written before the end. */
  readonly spillPath?: string;
  /** Rows that wait in memory while the storage is away. */
  readonly maxUnwritten?: number;
  /** How long a prompt without a budget, or an answer, waits to be written down before it goes on. */
  readonly patienceMs?: number;
  /** How long a row that no budget counts may wait for others to be written with. Default: it is written before it goes on. */
  readonly gatherMs?: number;
}

export interface SqlLedger extends Ledger {
  /** What was to be written in the background is written, or kept until the storage is back. Never rejects. */
  flush(): Promise<void>;
  /** When no response or group is reserved any more. */
  idle(): Promise<void>;
  /** Renews what is open and ends what is not renewed, as it does by itself three times in a lease. */
  tick(): Promise<void>;
  /** When what is under way is written, or kept in a file; seconds at most. The store stays open. */
  close(): Promise<void>;
}

const usualGatherMs = 100;

/** Budgets and usage in one database, which any number of processes may share. */
export function createSqlLedger(options: SqlLedgerOptions): SqlLedger {
  const { store, instanceId, leaseMs = 60_000, log, now = () => new Date(), redact = (value) => value, spillPath } = options;
  const { maxUnwritten = 10_000, patienceMs = 2000, gatherMs } = options;
  const open: Leases = { responses: new Map(), groups: new Set() };
  const running = createRunning();
  const database = createLedgerDatabase({
    store,
    open,
    leaseMs,
    now,
    log,
    opened: async () => {
      if (spillPath !== undefined) await readSpills(spillPath, writer.rewrite);
    },
    written: () => writer.unwritten.wake(),
  });
  const writer: LedgerWriter = createLedgerWriter({ database, open, maxUnwritten, patienceMs, gatherMs, log });
  const moving = createMoving({ delayMs: gatherMs ?? usualGatherMs, patienceMs, move: async (which) => database.move(which), log });
  const flush = async (): Promise<void> => {
    await writer.flush();
    await moving.flush();
  };

  const reservationOf = (reserved: Reserved, charges: readonly BudgetCharge[], written: boolean): Reservation => {
    const { id } = reserved.row;
    let holdsMore = false;
    let settling: Promise<void> | undefined;
    const settle = async (end: ResponseEnd): Promise<void> => {
      const ending = endingOf(reserved.row, end, now(), redact);
      const entry = { what: 'response', id, reserved: { ...reserved, holdsMore }, ending } as const;
      if (reserved.budgets.length > 0 || !writer.writeSoon(entry)) {
        if (await writer.writeOrKeep(entry)) open.responses.delete(id);
        if (reserved.budgets.length > 0) moving.soon();
      }
      running.ended(id);
    };
    return {
      warning: written ? undefined : historyUnavailable,
      seen(nanocents) {
        const before = open.responses.get(id);
        if (before !== undefined && nanocents > before) open.responses.set(id, nanocents);
      },
      async more(nanocents) {
        if (charges.length === 0 || nanocents === 0n) return;
        holdsMore = true;
        await writer.hold(charges, (db, kind) => holdMore(db, kind, { id, amount: bounded(nanocents) }, charges));
      },
      settle: async (end) => (settling ??= settle(end)),
    };
  };
  const reserve = async (intent: ResponseIntent): Promise<Reservation> => {
    const { id, charges } = intent;
    const row = openRow(intent, instanceId, database.leaseUntil());
    const reserved = { row, budgets: charges.map(counterKey) };
    let written = true;
    running.began(id);
    try {
      if (charges.length === 0) {
        const entry = { what: 'response', id, reserved, ending: undefined } as const;
        written = writer.writeSoon(entry) || (await writer.writeOrKeep(entry));
      } else {
        const undo = () => ({ what: 'response', id, reserved, ending: neverSent(now()) }) as const;
        await writer.hold(charges, (db, kind) => reserveResponse(db, kind, reserved, charges), undo);
      }
    } catch (error) {
      running.ended(id);
      throw error;
    }
    open.responses.set(id, intent.atLeastNanocents);
    return reservationOf(reserved, charges, written);
  };
  const openGroup = async (intent: GroupIntent): Promise<GroupReservation> => {
    const { id, charges } = intent;
    if (charges.length === 0) return { id, close: async () => {} };
    const row = newGroup(intent, instanceId, database.leaseUntil());
    const undo = () => ({ what: 'groupEnd', id, at: row.opened_at }) as const;
    running.began(id);
    try {
      await writer.hold(charges, (db, kind) => reserveGroup(db, kind, row, charges), undo);
    } catch (error) {
      running.ended(id);
      throw error;
    }
    open.groups.add(id);
    let closing: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      if (await writer.writeOrKeep({ what: 'groupEnd', id, at: now().toISOString() })) open.groups.delete(id);
      running.ended(id);
    };
    return { id, close: async () => (closing ??= close()) };
  };
  return {
    reserve,
    openGroup,
    async standings(charges) {
      const store = await database.open();
      if (charges.length === 0) return [];
      await flush();
      const standingOf = async (db: Db, charge: BudgetCharge): Promise<Standing> => ({
        charge,
        ...(await follow(standing(db, charge), async (query) => ask(db, query))),
      });
      return store.read(async (db) => Promise.all(charges.map(async (charge) => standingOf(db, charge))));
    },
    flush,
    idle: async () => running.idle(),
    tick: async () => database.tick(),
    async close() {
      await within(patienceMs, writer.flush()).catch(() => {});
      writer.keepRest();
      await moving.stop();
      await within(2 * patienceMs, database.stop()).catch(() => {});
      await within(patienceMs, writer.unwritten.flush()).catch(() => {});
      const left = writer.unwritten.stop();
      if (left.length === 0) return;
      try {
        if (spillPath === undefined) throw new Error('no file is configured for it');
        await writeSpill(spillPath, instanceId, left);
      } catch (error) {
        log(
          `${left.length} rows of usage that waited for the storage are lost: ${error instanceof Error ? error.message : 'unknown error'}`,
        );
      }
    },
  };
}

const historyUnavailable = {
  code: 'historyUnavailable',
  message:
    'This response is not written down yet, since the storage cannot be used. It is kept in memory and written when the storage is back.',
} as const;
