import type { JsonObject } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { Failure } from '../lib/failure.ts';
import type { BudgetCharge } from '../policy/budgetCharges.ts';
import type { MoneyRules } from '../policy/moneyRules.ts';
import { boundEmbedTokens, boundTokens } from '../pricing/bound.ts';
import { estimateInput, type Sent } from '../pricing/estimateUsage.ts';
import type { Prices } from './moneyPorts.ts';

/** What a response holds while it runs. Nanocents. */
export interface ReservationAmount {
  readonly nanocents: bigint;
  /** What it costs at least once it is sent. */
  readonly atLeast: bigint;
  readonly source: 'bound' | 'purpose' | 'model' | 'auto' | 'unpriced';
  /** Its input tokens, about. */
  readonly inputTokens: number;
}

export interface AmountRequest {
  readonly model: Model;
  readonly purpose: string | undefined;
  readonly charges: readonly BudgetCharge[];
  readonly sent: Sent & { readonly options: JsonObject };
}

/**
 * The first that is configured of its purpose, of its model and of all prompts, else the most that it can cost. Throws
 * budgetExceeded where a budget counts it, its price is unknown, and the configuration does not say what then.
 */
export async function reservationAmount(
  prices: Prices,
  { unpriced, unpricedNanocents, reservations }: Pick<MoneyRules, 'unpriced' | 'unpricedNanocents' | 'reservations'>,
  { model, purpose, charges, sent }: AmountRequest,
): Promise<ReservationAmount> {
  const now = new Date();
  const inputTokens = estimateInput(sent);
  const [least, most] = await Promise.all([
    prices.cost(model, { inputTokens, outputTokens: 0 }, now),
    prices.bound(model, model.features.embed === true ? boundEmbedTokens(model, textsOf(sent)) : boundTokens({ ...sent, model }), now),
  ]);
  if (least === null || most === null) {
    const [budget] = charges;
    if (budget !== undefined && unpriced === 'deny') throw priceUnknown(model, budget);
    const nanocents = unpriced === 'estimate' ? unpricedNanocents : 0n;
    return { nanocents, atLeast: nanocents, source: 'unpriced', inputTokens };
  }
  const known = { atLeast: least.nanocents, inputTokens };
  const ofPurpose = purpose === undefined ? undefined : reservations.purposes.get(purpose);
  if (ofPurpose !== undefined) return { ...known, nanocents: ofPurpose, source: 'purpose' };
  const ofModel = reservations.models.get(model.id);
  if (ofModel !== undefined) return { ...known, nanocents: ofModel, source: 'model' };
  if (reservations.single !== undefined) return { ...known, nanocents: reservations.single, source: 'auto' };
  return { ...known, nanocents: most.nanocents, source: 'bound' };
}

function textsOf({ messages }: Sent): string[] {
  return messages.flatMap(({ content }) => (typeof content === 'string' ? [content] : []));
}

function priceUnknown({ id }: Model, { name }: BudgetCharge): Failure {
  return new Failure(
    'budgetExceeded',
    `Nothing was sent: the price of ${id} is unknown, and the budget "${name}" counts what it costs. Give it a price under \`prices:\` in the configuration, or say with \`unpriced: estimate\` or \`unpriced: allow\` what such a call counts as.`,
    { retryable: false, required: { setting: 'prices', model: id } },
  );
}
