import type { Budget, BudgetDimension } from './moneyRules.ts';

/** One budget that a call is charged to, in the window of this moment. */
export interface BudgetCharge {
  /** What the ledger counts under: the same for calls that share the limit, and another one when what is counted changes. */
  readonly key: string;
  readonly name: string;
  readonly per: Budget['per'];
  readonly limitNanocents: bigint;
  /** ISO 8601, UTC. */
  readonly windowStart: string;
  /** When it begins anew; null: never. */
  readonly windowEnd: string | null;
  /** The calls that it counts, `each` put in: null is nobody, or no purpose. */
  readonly counts: Readonly<Partial<Record<BudgetDimension, readonly (string | null)[]>>>;
}

export interface Spender {
  readonly purpose: string | undefined;
  /** The `id` of the actor. */
  readonly actor: string | undefined;
  /** Canonical; null: none yet, as of a group without a default model. */
  readonly model: string | null;
}

const dimensions = ['purpose', 'actor', 'model'] as const;

/** All budgets that a call has to have room in, in the order in which they are locked. */
export function chargesFor(budgets: readonly Budget[], spender: Spender, at: Date): BudgetCharge[] {
  return budgets
    .filter(({ match }) => dimensions.every((dimension) => matches(match[dimension], spender[dimension])))
    .map((budget) => chargeOf(budget, spender, at))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function matches(wanted: readonly string[] | undefined, value: string | null | undefined): boolean {
  return wanted === undefined || (value != null && wanted.includes(value));
}

function chargeOf({ name, match, each, limitNanocents, per, timeZone, windowAt }: Budget, spender: Spender, at: Date): BudgetCharge {
  const counts = Object.fromEntries(
    dimensions.flatMap((dimension) => {
      if (each.includes(dimension)) return [[dimension, [spender[dimension] ?? null]]];
      const wanted = match[dimension];
      return wanted === undefined ? [] : [[dimension, wanted.toSorted()]];
    }),
  );
  const { start, end } = windowAt(at);
  return { key: JSON.stringify([name, per, timeZone, counts]), name, per, limitNanocents, windowStart: start, windowEnd: end, counts };
}
