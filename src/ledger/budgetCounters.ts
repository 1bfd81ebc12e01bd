import { createHash } from 'node:crypto';
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import type { BudgetCharge } from '../policy/budgetCharges.ts';
import { firstFrom, rowsFrom, type Steps } from '../store/steps.ts';
import type { Db, StoreKind } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import { bounded } from './bounded.ts';
import { budgetExceeded } from './budgetExceeded.ts';
import { moveAll } from './intake.ts';
import { locked } from './locked.ts';
import { changeCounter, holdWithin, insertHold } from './statements.ts';

/** Where a budget is counted in one window: the key of llm_sidecar_budgets. */
export interface CounterKey {
  readonly budget: string;
  readonly window_start: string;
}

/** Nanocents. */
export interface Counted {
  readonly spent: bigint;
  readonly reserved: bigint;
}

/** PostgreSQL's index has no room for a key of many models. */
const longestKey = 500;

export function counterKey({ key, windowStart }: BudgetCharge): CounterKey {
  const budget = key.length <= longestKey ? key : `${key.slice(0, 100)}… ${createHash('sha256').update(key).digest('hex')}`;
  return { budget, window_start: windowStart };
}

export function sameCounter(a: CounterKey, b: CounterKey): boolean {
  return a.budget === b.budget && a.window_start === b.window_start;
}

/** Everyone locks in this order. */
export function byCounter(a: CounterKey, b: CounterKey): number {
  return compare(a.budget, b.budget) || compare(a.window_start, b.window_start);
}

/** Holds `amount` in one statement that checks the limit. Throws budgetExceeded. `holder` is the row that wants it. */
export function* hold(
  db: Db,
  kind: StoreKind,
  { key, charge }: { readonly key: CounterKey; readonly charge: BudgetCharge },
  { amount, holder }: { amount: bigint; holder: string },
): Steps<void> {
  const wanted = { amount, limit: bounded(charge.limitNanocents) };
  if (yield* holdWithin(kind, key, wanted)) return;
  yield* makeCounter(db, kind, charge, holder);
  if (yield* holdWithin(kind, key, wanted)) return;
  throw budgetExceeded(charge, (yield* counted(db, charge)) ?? { spent: 0n, reserved: 0n }, amount);
}

/** Whatever the limit: what was held becomes less, what is spent becomes more. */
export function* move(kind: StoreKind, key: CounterKey, change: { readonly reserved: bigint; readonly spent: bigint }): Steps<void> {
  if (change.reserved !== 0n || change.spent !== 0n) yield* changeCounter(kind, key, change);
}

/** What a budget has been charged and holds; before its first charge, what it will begin with. */
export function* standing(db: Db, charge: BudgetCharge): Steps<Counted> {
  return (yield* counted(db, charge)) ?? { spent: yield* spentSoFar(db, charge), reserved: 0n };
}

function* counted(db: Db, charge: BudgetCharge): Steps<Counted | undefined> {
  const { budget, window_start } = counterKey(charge);
  const row = yield* firstFrom(
    db
      .selectFrom('llm_sidecar_budgets')
      .select(['spent_nanocents', 'reserved_nanocents'])
      .where('budget', '=', budget)
      .where('window_start', '=', window_start),
  );
  return row && { spent: row.spent_nanocents, reserved: row.reserved_nanocents };
}

/** A budget counts what was spent in its window before it was made, and what is running. */
function* makeCounter(db: Db, kind: StoreKind, charge: BudgetCharge, holder: string): Steps<void> {
  const key = counterKey(charge);
  const made = yield* firstFrom(
    db
      .insertInto('llm_sidecar_budgets')
      .values({ ...key, spent_nanocents: 0n, reserved_nanocents: 0n })
      .onConflict((conflict) => conflict.doNothing())
      .returning('budget'),
  );
  if (made === undefined) return;
  yield* moveAll(kind, holder);
  // Locked first: one that is ending at this moment is then either still open or already among the spent.
  const running = yield* rowsFrom(
    locked(
      kind,
      db
        .selectFrom('llm_sidecar_responses')
        .select(['id', 'reserved_nanocents'])
        .where((of) => isCounted(of, charge))
        .where('state', '=', 'open')
        .where('id', '!=', holder)
        .orderBy('id'),
    ),
  );
  for (const { id } of running) yield* insertHold(kind, id, key);
  const reserved = running.reduce((sum, { reserved_nanocents: amount }) => sum + amount, 0n);
  yield* move(kind, key, { reserved, spent: yield* spentSoFar(db, charge) });
}

function* spentSoFar(db: Db, charge: BudgetCharge): Steps<bigint> {
  const row = yield* firstFrom(
    db
      .selectFrom('llm_sidecar_responses')
      .select((of) => of.fn.sum<bigint | null>('charged_nanocents').as('sum_nanocents'))
      .where((of) => isCounted(of, charge))
      .where('state', '!=', 'open'),
  );
  return row?.sum_nanocents ?? 0n;
}

const columns = { purpose: 'purpose', actor: 'actor_id', model: 'model' } as const;

function isCounted(
  of: ExpressionBuilder<Tables, 'llm_sidecar_responses'>,
  { counts, windowStart, windowEnd }: BudgetCharge,
): ExpressionWrapper<Tables, 'llm_sidecar_responses', SqlBool> {
  const conditions = [of('started_at', '>=', windowStart)];
  if (windowEnd !== null) conditions.push(of('started_at', '<', windowEnd));
  for (const dimension of ['purpose', 'actor', 'model'] as const) {
    const values = counts[dimension];
    if (values === undefined) continue;
    const named = values.filter((value) => value !== null);
    const options = named.length > 0 ? [of(columns[dimension], 'in', named)] : [];
    if (values.includes(null)) options.push(of(columns[dimension], 'is', null));
    conditions.push(of.or(options));
  }
  return of.and(conditions);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
