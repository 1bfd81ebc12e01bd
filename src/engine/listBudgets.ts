import { chargesFor, type BudgetCharge } from '../policy/budgetCharges.ts';
import type { Budget } from '../policy/moneyRules.ts';
import { formatUsd } from '../pricing/price.ts';
import type { Engine } from './engine.ts';

export interface BudgetListing {
  readonly name: string;
  /** Which calls it counts; nothing: all. */
  readonly match: Budget['match'];
  readonly each: Budget['each'];
  readonly per: Budget['per'];
  readonly timeZone: string;
  readonly limitUsd: string;
  /** One, or with `each` one for everybody who spent something in its window, who spent most first. */
  readonly standings: readonly BudgetStanding[];
  /** Others who spent something and are not among `standings`. */
  readonly more: number;
}

export interface BudgetStanding {
  /** Whose it is: the members of `each`; null: nobody, or no purpose. */
  readonly of: Readonly<Record<string, string | null>>;
  readonly spentUsd: string;
  /** Held by calls that are running. */
  readonly reservedUsd: string;
  /** Negative where calls cost more than they held. */
  readonly leftUsd: string;
  /** ISO 8601. */
  readonly windowStart: string;
  readonly windowEnd: string | null;
}

/** Of one budget. */
const mostStandings = 50;

/** Every budget of the configuration with what is left of it, in the order of the file. Throws storageUnavailable. */
export async function listBudgets(engine: Pick<Engine, 'snapshot' | 'ledger' | 'history'>, at: Date): Promise<BudgetListing[]> {
  const { budgets } = engine.snapshot().money;
  return Promise.all(
    budgets.map(async (budget) => {
      const charges = await chargesOf(engine, budget, at);
      const standings = await engine.ledger.standings(charges.slice(0, mostStandings));
      const { name, match, each, per, timeZone, limitNanocents } = budget;
      return {
        name,
        match,
        each,
        per,
        timeZone,
        limitUsd: formatUsd(limitNanocents),
        standings: standings.map(({ charge, spent, reserved }) => ({
          of: Object.fromEntries(each.map((dimension) => [dimension, charge.counts[dimension]?.[0] ?? null])),
          spentUsd: formatUsd(spent),
          reservedUsd: formatUsd(reserved),
          leftUsd: formatUsd(charge.limitNanocents - spent - reserved),
          windowStart: charge.windowStart,
          windowEnd: charge.windowEnd,
        })),
        more: Math.max(0, charges.length - mostStandings),
      };
    }),
  );
}

/** One, or one for everybody who has a limit of their own and used something. */
async function chargesOf({ history }: Pick<Engine, 'history'>, budget: Budget, at: Date): Promise<BudgetCharge[]> {
  const { match, each, windowAt } = budget;
  const somebody = { purpose: match.purpose?.[0], actor: match.actor?.[0], model: match.model?.[0] ?? null };
  if (each.length === 0) return chargesFor([budget], somebody, at);
  const rows = await history.summary({ from: windowAt(at).start, to: undefined, by: each, filter: {} });
  return rows.flatMap(({ key }) => {
    const { purpose = somebody.purpose, actor = somebody.actor, model = somebody.model } = key;
    return chargesFor([budget], { purpose: purpose || undefined, actor: actor || undefined, model }, at);
  });
}
