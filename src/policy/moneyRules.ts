import type { Window } from './window.ts';

/** What the administrator decided about money, with every model name canonical where the catalogue knows it. Integer nanocents. */
export interface MoneyRules {
  readonly budgets: readonly Budget[];
  /** What happens to a call that a budget counts and that has no known price. */
  readonly unpriced: 'allow' | 'deny' | 'estimate';
  /** What a call holds instead of the most it can cost; the first that is given: of its purpose, of its model, of all. behaviour 9.5. */
  readonly reservations: {
    readonly purposes: ReadonlyMap<string, bigint>;
    readonly models: ReadonlyMap<string, bigint>;
    /** A single prompt; undefined: the most it can cost. */
    readonly single: bigint | undefined;
    /** A group. */
    readonly group: bigint;
  };
  /** What a call without a known price is charged where `unpriced` is `estimate`. */
  readonly unpricedNanocents: bigint;
}

export interface Budget {
  readonly name: string;
  /** Every list that is given has to have the call's. */
  readonly match: {
    readonly purpose?: readonly string[] | undefined;
    readonly actor?: readonly string[] | undefined;
    readonly model?: readonly string[] | undefined;
  };
  /** Each value of these has the limit for itself: `actor` is so much for every actor. */
  readonly each: readonly BudgetDimension[];
  readonly limitNanocents: bigint;
  readonly per: BudgetPeriod;
  /** IANA name: the days and months are of this zone. */
  readonly timeZone: string;
  /** `createWindows` of these two. */
  readonly windowAt: (at: Date) => Window;
}

export type BudgetDimension = 'purpose' | 'actor' | 'model';
export type BudgetPeriod = 'hour' | 'day' | 'month' | 'total';

/** No budget: everything may be spent. The amounts are those of behaviour 9.5. */
export const openMoneyRules: MoneyRules = {
  budgets: [],
  unpriced: 'deny',
  reservations: { purposes: new Map(), models: new Map(), single: undefined, group: 50_000_000_000n },
  unpricedNanocents: 10_000_000_000n,
};
