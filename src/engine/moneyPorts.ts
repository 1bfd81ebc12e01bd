import type { Actor, ContentPart, Cost, Json, KeySource, Message, StopReason, Usage } from '../../protocol/index.ts';
import type { Model, Price } from '../catalogue/model.ts';
import type { BudgetCharge } from '../policy/budgetCharges.ts';
import type { HookError } from './ports.ts';
import type { TriedAttempt } from './retrying.ts';

/** What tokens cost. An unknown price is null, never zero. */
export interface Prices {
  price(model: Model): Promise<Price | undefined>;
  cost(model: Model, usage: Usage, at: Date): Promise<{ readonly nanocents: bigint; readonly priceId: string } | null>;
  /** The most that a call with at most these tokens can cost; null: unknown. */
  bound(model: Model, tokens: BoundTokens, at: Date): Promise<{ readonly nanocents: bigint; readonly priceId: string } | null>;
}

export interface BoundTokens {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Reserve before, settle after; what was used is written down however it ended. All money is integer nanocents.
 * Homes: ledger/sqlLedger.ts, ledger/unlimitedLedger.ts, the accountants of plugins.
 */
export interface Ledger {
  /**
   * Holds `nanocents` of every budget in `charges`, or of none. Throws budgetExceeded (`detail.limit` says which), and
   * storageUnavailable where budgets are to be held and cannot be.
   */
  reserve(intent: ResponseIntent): Promise<Reservation>;
  /** Holds an amount for all prompts of a group. Throws as `reserve`. */
  openGroup(intent: GroupIntent): Promise<GroupReservation>;
  /** What is left of budgets, in the order of `charges`. Throws storageUnavailable. */
  standings(charges: readonly BudgetCharge[]): Promise<readonly Standing[]>;
  /** Whether the amounts of an intent are looked at where no budget counts it. Default: they are not. */
  wantsAmounts?(about: { readonly purpose: string | undefined; readonly model: string }): boolean;
}

/** Whose response it is. */
export interface ResponseIntent {
  /** Unique among all sidecars that share a ledger. The same id again is the same reservation. */
  readonly id: string;
  readonly kind: 'prompt' | 'embed';
  readonly promptId: string;
  /** Counts from 0 within the prompt. */
  readonly step: number;
  /** What the host calls the group. */
  readonly groupId: string | undefined;
  /** The reservation to draw on before anything more is held. */
  readonly group: GroupReservation | undefined;
  readonly conversationId: string | undefined;
  /** Canonical. */
  readonly model: string;
  readonly provider: string;
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly keySource: KeySource | undefined;
  readonly startedAt: Date;
  readonly charges: readonly BudgetCharge[];
  /** What it may cost at most; 0 where the price is unknown and that is allowed. */
  readonly nanocents: bigint;
  /** What it costs at least once it is sent: charged when its process dies and nothing more is known. */
  readonly atLeastNanocents: bigint;
  /** The price is unknown: the amounts are what `unpriced` says. */
  readonly unpriced?: boolean | undefined;
  /** Aborted when the response is not wanted any more. Whoever cannot stop looks away. */
  readonly signal?: AbortSignal | undefined;
}

export interface Reservation {
  /** Set when the response could not be written down yet and goes on all the same. */
  readonly warning: { readonly code: string; readonly message: string } | undefined;
  /** What it has cost at least by now; synchronous, cheap, written down with the next renewal of the lease. */
  seen(nanocents: bigint): void;
  /**
   * Holds more in every budget that was charged: for an attempt that has cost something and is made again. Throws as `reserve`; then no
   * more is held than before. undefined: nothing is held.
   */
  more?(nanocents: bigint): Promise<void>;
  /** Once. Never rejects for a storage that is away: what is to be written is kept and written later. */
  settle(end: ResponseEnd): Promise<void>;
  /** Accountants that failed after the response and fail nothing: complete when `settle` has resolved. */
  readonly failed?: readonly HookError[] | undefined;
}

/** How a response ended. */
export interface ResponseEnd {
  readonly outcome: 'ok' | 'error' | 'cancelled';
  readonly stopReason: StopReason | undefined;
  readonly errorKind: string | undefined;
  /** Of this response alone, as `cost`. */
  readonly usage: Usage;
  readonly cost: Cost;
  /**
   * Nanocents. What the budgets are charged: the cost, with those of its attempts; of an unknown cost, what `unpriced` says;
   * 0: nothing was spent.
   */
  readonly charged: bigint;
  readonly firstDeltaMs: number | undefined;
  readonly durationMs: number;
  /** Those that failed before this one. */
  readonly attempts: readonly FailedAttempt[];
  /** Only where `history.content` is on. */
  readonly content: ResponseContent | undefined;
}

export interface FailedAttempt extends TriedAttempt {
  readonly usage: Usage;
  /** Zero where it was refused or never sent. */
  readonly cost: Cost;
}

export interface ResponseContent {
  /** What this response was asked with that the one before it in its prompt was not. */
  readonly system: string | undefined;
  readonly messages: readonly Message[];
  readonly answer: readonly ContentPart[];
}

export interface GroupIntent {
  readonly id: string;
  readonly groupId: string;
  readonly openedAt: Date;
  readonly charges: readonly BudgetCharge[];
  readonly nanocents: bigint;
}

export interface GroupReservation {
  readonly id: string;
  /** Once, when its prompts have ended: what is left is free again. Never rejects for a storage that is away. */
  close(): Promise<void>;
}

/** One more that has a say in what may be spent, around every response. Home: hooks/accountants.ts. */
export interface Accountant {
  readonly id: string;
  /** Whether it is asked about such a response. */
  appliesTo(about: { readonly purpose: string | undefined; readonly model: string }): boolean;
  /** Gives what the other two get back, or what went wrong where that is to be skipped. Throws to refuse. */
  reserve(request: AccountantRequest, signal: AbortSignal | undefined): Promise<{ readonly state: unknown } | { readonly skipped: string }>;
  settle(state: unknown, end: AccountantEnd): Promise<void>;
  /** Nothing was spent. */
  release(state: unknown): Promise<void>;
}

export interface AccountantRequest {
  readonly id: string;
  readonly promptId: string;
  readonly step: number;
  readonly model: string;
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly groupId: string | undefined;
  /** What it may cost at most; null: unknown. */
  readonly reserveUsd: string | null;
}

export interface AccountantEnd {
  readonly costUsd: string | null;
  readonly usage: Usage;
  readonly outcome: ResponseEnd['outcome'];
}

/** What is spent and held of a budget in its window. Nanocents. */
export interface Standing {
  readonly charge: BudgetCharge;
  readonly spent: bigint;
  readonly reserved: bigint;
}

/** What is said of a budget that had no room: `detail.limit` of budgetExceeded. */
export interface BudgetLimit {
  readonly [member: string]: Json;
  readonly budget: string;
  readonly limitUsd: string;
  readonly spentUsd: string;
  readonly reservedUsd: string;
  readonly requiredUsd: string;
  readonly windowEnd: string | null;
}
