import { chargesFor } from '../../../src/policy/budgetCharges.ts';
import type { Budget } from '../../../src/policy/moneyRules.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { createStore, type Db } from '../../../src/store/store.ts';
import type { BudgetRow, ContentRow, GroupRow, HoldRow, ResponseRow } from '../../../src/store/tables.ts';
import { sql, type Selectable } from 'kysely';

export interface LedgerState {
  readonly responses: readonly Selectable<ResponseRow>[];
  readonly groups: readonly Selectable<GroupRow>[];
  readonly budgets: readonly Selectable<BudgetRow>[];
  readonly holds: readonly HoldRow[];
  readonly contents: readonly ContentRow[];
}

/** Everything, at one moment. */
export async function readLedger(location: string): Promise<LedgerState> {
  const store = createStore(location, migrations);
  try {
    const { kind, write } = await store.open();
    return await write(async (tx) => {
      // SQLite has one writer at a time anyway.
      if (kind === 'postgres') await sql`set transaction isolation level repeatable read`.execute(tx);
      return readAll(tx);
    });
  } finally {
    await store.close();
  }
}

/** What is in the intake as if it had been moved, which changes nothing that is counted. */
async function readAll(db: Db): Promise<LedgerState> {
  const moved = await db.selectFrom('llm_sidecar_responses').selectAll().execute();
  const intake = await db.selectFrom('llm_sidecar_intake').selectAll().execute();
  const twice = intake.find(({ id }) => moved.some((row) => row.id === id));
  if (twice) throw new Error(`${twice.id} is in two tables`);
  const holds = await db.selectFrom('llm_sidecar_holds').selectAll().execute();
  for (const { id, state, budgets } of intake) {
    if (state !== 'open') continue;
    for (const [budget, window_start] of JSON.parse(budgets) as [string, string][]) holds.push({ holder_id: id, budget, window_start });
  }
  return {
    responses: [...moved, ...intake.map(({ budgets: _, ...row }) => row)].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    groups: await db.selectFrom('llm_sidecar_groups').selectAll().orderBy('id').execute(),
    budgets: await db.selectFrom('llm_sidecar_budgets').selectAll().orderBy('budget').execute(),
    holds,
    contents: await db.selectFrom('llm_sidecar_contents').selectAll().execute(),
  };
}

/**
 * Counts everything again from the rows and says what is not as it should be: [] is right. `over` allows a budget to be
 * passed, as by a call that cost more than its most; `ended` says that nothing may be open or held any more.
 */
export function faultsOf(state: LedgerState, budgets: readonly Budget[], { over = false, ended = false } = {}): string[] {
  const faults: string[] = [];
  const { responses, groups, holds } = state;
  const open = new Map<string, bigint>(
    [...responses, ...groups].flatMap((row) => (row.state === 'open' ? [[row.id, row.reserved_nanocents]] : [])),
  );
  for (const { holder_id: holder } of holds) if (!open.has(holder)) faults.push(`${holder} is not open and holds a budget`);
  if (ended) for (const id of open.keys()) faults.push(`${id} is open`);

  const spent = new Map<string, bigint>();
  const limits = new Map<string, bigint>();
  for (const row of responses) {
    const spender = { purpose: row.purpose ?? undefined, actor: row.actor_id ?? undefined, model: row.model };
    for (const { key, windowStart, limitNanocents } of chargesFor(budgets, spender, new Date(row.started_at))) {
      const counter = `${key} ${windowStart}`;
      limits.set(counter, limitNanocents);
      if (row.state !== 'open') spent.set(counter, (spent.get(counter) ?? 0n) + row.charged_nanocents);
    }
  }
  const held = new Map<string, bigint>();
  for (const { holder_id: holder, budget, window_start: start } of holds) {
    const counter = `${budget} ${start}`;
    held.set(counter, (held.get(counter) ?? 0n) + (open.get(holder) ?? 0n));
  }
  for (const { budget, window_start: start, spent_nanocents: isSpent, reserved_nanocents: isReserved } of state.budgets) {
    const counter = `${budget} ${start}`;
    const [shouldSpend, shouldHold] = [spent.get(counter) ?? 0n, held.get(counter) ?? 0n];
    if (isSpent !== shouldSpend) faults.push(`${counter}: ${isSpent} spent, but the rows say ${shouldSpend}`);
    if (isReserved !== shouldHold) faults.push(`${counter}: ${isReserved} reserved, but the rows say ${shouldHold}`);
    const limit = limits.get(counter);
    if (!over && limit !== undefined && isSpent + isReserved > limit)
      faults.push(`${counter}: ${isSpent} + ${isReserved} is over ${limit}`);
  }
  for (const row of responses) faults.push(...faultsOfRow(row, responses));
  for (const { id, state, reserved_nanocents: left } of groups)
    if (left < 0n || (state !== 'open' && left !== 0n)) faults.push(`group ${id} is ${state} with ${left} left`);
  return faults;
}

/** Throws what `faultsOf` says. */
export async function checkLedger(
  location: string,
  budgets: readonly Budget[],
  options: { over?: boolean; ended?: boolean } = {},
): Promise<LedgerState> {
  const state = await readLedger(location);
  const faults = faultsOf(state, budgets, options);
  if (faults.length > 0) throw new Error(`The ledger is wrong:\n${faults.join('\n')}`);
  return state;
}

function faultsOfRow(row: Selectable<ResponseRow>, all: readonly Selectable<ResponseRow>[]): string[] {
  const faults: string[] = [];
  const wrong = (what: string): void => void faults.push(`${row.id} ${what}`);
  for (const name of ['charged', 'reserved', 'drawn', 'seen'] as const) if (row[`${name}_nanocents`] < 0n) wrong(`has ${name} below zero`);
  if (row.drawn_nanocents > row.reserved_nanocents) wrong('has drawn more than it has reserved');
  if (row.state === 'open') {
    if (row.lease_until === null) wrong('is open without a lease');
    if (row.outcome !== null || row.settled_at !== null || row.cost_nanocents !== null) wrong('is open and has an end');
    if (row.charged_nanocents !== 0n) wrong('is open and charged');
  } else {
    if (row.lease_until !== null) wrong('has ended with a lease');
    if (row.outcome === null || row.settled_at === null || row.cost_source === null) wrong('has ended without an end');
    if ((row.outcome === 'lost') !== (row.state === 'expired')) wrong(`is ${row.state} and ${row.outcome}`);
    if ((row.cost_nanocents === null) !== (row.cost_source === 'unknown')) wrong('has a cost and none');
  }
  if (row.attempt > 0) {
    const before = all.filter(
      ({ prompt_id: prompt, step, attempt }) => prompt === row.prompt_id && step === row.step && attempt < row.attempt,
    );
    if (before.length !== row.attempt) wrong(`is attempt ${row.attempt} and has ${before.length} before it`);
  }
  return faults;
}
