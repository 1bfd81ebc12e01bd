import type { Cost, JsonObject, StopReason, Usage } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { Failure } from '../lib/failure.ts';
import { timeOrderedId } from '../lib/timeOrderedId.ts';
import { chargesFor } from '../policy/budgetCharges.ts';
import type { MoneyRules } from '../policy/moneyRules.ts';
import type { Sent } from '../pricing/estimateUsage.ts';
import { addAttempts } from '../pricing/add.ts';
import { formatUsd, parseUsd } from '../pricing/price.ts';
import { costOf, unknownCost, type Used } from './costOf.ts';
import type { Engine } from './engine.ts';
import type { FailedAttempt, ResponseContent, ResponseEnd, ResponseIntent } from './moneyPorts.ts';
import { outcomeOf } from './outcomeOf.ts';
import type { HookError } from './ports.ts';
import { reservationAmount, type ReservationAmount } from './reservationAmount.ts';

/** What is about to be sent, and for whom. */
export interface Spending extends Pick<
  ResponseIntent,
  'kind' | 'promptId' | 'step' | 'groupId' | 'group' | 'conversationId' | 'purpose' | 'actor' | 'keySource'
> {
  readonly model: Model;
  readonly sent: Sent & { readonly options: JsonObject };
  readonly signal: AbortSignal;
}

/** A response that may now be sent. */
export interface Held {
  readonly warning: { readonly code: string; readonly message: string } | undefined;
  /** About how many tokens its input has; undefined: nobody counts what it costs while it runs. */
  readonly inputTokens: number | undefined;
  /** What has been used by now; waits for nothing. */
  seen(usage: Usage): void;
  /** Holds what an attempt has cost, beside what is held for the next one. false: no budget has room for that. */
  cover(attempt: Pick<Used, 'usage' | 'sent'>): Promise<boolean>;
}

/** How it ended. Nothing was spent where the cost is zero. */
export interface Ended {
  readonly stopReason: StopReason | undefined;
  readonly failure: unknown;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly firstDeltaMs: number | undefined;
  readonly attempts: readonly FailedAttempt[];
  readonly content: ResponseContent | undefined;
}

/**
 * The only caller of reserve and settle. What was used is settled, however the run ended. Without a budget that counts it
 * nothing is estimated. The result has what its attempts used, too. Throws what a refusal throws; what fails after the answer
 * fails nothing and is in `hookErrors`.
 */
export async function withReservation<T extends Ended>(
  { ledger, prices, log }: Pick<Engine, 'ledger' | 'prices' | 'log'>,
  money: MoneyRules,
  { model, sent, ...spending }: Spending,
  run: (held: Held) => Promise<T>,
): Promise<{ readonly result: T; readonly hookErrors: readonly HookError[] }> {
  const startedAt = new Date();
  const { purpose, actor } = spending;
  const charges = chargesFor(money.budgets, { purpose, actor: actor?.id, model: model.id }, startedAt);
  const counts = charges.length > 0 || ledger.wantsAmounts?.({ purpose, model: model.id }) === true;
  const amount = counts ? await reservationAmount(prices, money, { model, purpose, charges, sent }) : undefined;
  const reservation = await ledger.reserve({
    ...spending,
    id: timeOrderedId(),
    model: model.id,
    provider: model.provider,
    startedAt,
    charges,
    nanocents: amount?.nanocents ?? 0n,
    atLeastNanocents: amount?.atLeast ?? 0n,
    unpriced: amount?.source === 'unpriced',
  });

  let open = true;
  let most = amount?.atLeast ?? 0n;
  const seen = (usage: Usage): void => {
    if (amount === undefined || amount.source === 'unpriced') return;
    const known = { ...usage, inputTokens: usage.inputTokens ?? amount.inputTokens, outputTokens: usage.outputTokens ?? 0 };
    prices.cost(model, known, new Date()).then(
      (cost) => {
        if (!open || cost === null || cost.nanocents <= most) return;
        most = cost.nanocents;
        reservation.seen(most);
      },
      () => {},
    );
  };
  const cover: Held['cover'] = async (attempt) => {
    if (charges.length === 0 || reservation.more === undefined) return true;
    const { usd } = await costOf(prices, model, { ...attempt, whole: false, received: [] });
    try {
      await reservation.more(usd === null ? chargeOfUnknown(money, amount) : parseUsd(usd));
      return true;
    } catch (error) {
      if (error instanceof Failure) return false;
      throw error;
    }
  };
  const began = performance.now();
  let ended: Ended | undefined;
  try {
    const result = await run({ warning: reservation.warning, inputTokens: amount?.inputTokens, seen, cover });
    ended = result;
    await settle(result);
    return { result: addAttempts(result), hookErrors: reservation.failed ?? [] };
  } catch (error) {
    // A defect: what it has cost is not known, but hardly nothing.
    if (ended === undefined)
      await settle({ ...lost, failure: error, cost: most > 0n ? { usd: formatUsd(most), source: 'estimated' } : unknownCost });
    throw error;
  }

  async function settle(end: Ended): Promise<void> {
    open = false;
    const { stopReason, failure, usage, cost, firstDeltaMs, attempts, content } = end;
    const { outcome, errorKind } = outcomeOf({ stopReason, failure });
    const charged = [cost, ...attempts.map((attempt) => attempt.cost)].reduce(
      (sum, { usd }) => sum + (usd === null ? chargeOfUnknown(money, amount) : parseUsd(usd)),
      0n,
    );
    const durationMs = performance.now() - began;
    const written: ResponseEnd = { outcome, stopReason, errorKind, usage, cost, charged, firstDeltaMs, durationMs, attempts, content };
    try {
      await reservation.settle(written);
    } catch (error) {
      // The answer was paid for: it is given.
      log(`llm-sidecar: what a response cost was not written down: ${error instanceof Failure ? error.message : String(error)}`);
    }
  }
}

const lost = {
  stopReason: undefined,
  usage: { inputTokens: null, outputTokens: null },
  firstDeltaMs: undefined,
  attempts: [],
  content: undefined,
};

/** The price is unknown, or has become so meanwhile. */
function chargeOfUnknown({ unpriced, unpricedNanocents }: MoneyRules, amount: ReservationAmount | undefined): bigint {
  if (amount === undefined || unpriced === 'allow') return 0n;
  return unpriced === 'estimate' ? unpricedNanocents : amount.nanocents;
}
