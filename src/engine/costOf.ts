import type { ContentPart, Cost, Usage } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { Failure, nothingSent } from '../lib/failure.ts';
import { usageToCharge, type Sent } from '../pricing/estimateUsage.ts';
import { exactUsd } from '../pricing/exactUsd.ts';
import { formatUsd } from '../pricing/price.ts';
import type { Prices } from './moneyPorts.ts';

export interface Used {
  readonly usage: Usage;
  /** What the provider says it costs. */
  readonly reportedUsd?: string | undefined;
  /** false: it was cut short, so that the provider's count may be one of the middle. */
  readonly whole: boolean;
  readonly sent: Sent;
  readonly received: readonly ContentPart[];
}

/** What was used costs: by the provider, else by its count of tokens, else by an estimate of them; unknown without a price. */
export async function costOf(prices: Prices, model: Model, { reportedUsd, ...used }: Used): Promise<Cost> {
  const reported = reportedUsd === undefined ? null : exactUsd(reportedUsd);
  if (reported !== null) return { usd: reported, source: 'provider' };
  const { usage, estimated } = usageToCharge(used.usage, used);
  const cost = await prices.cost(model, usage, new Date());
  if (cost === null) return unknownCost;
  return { usd: formatUsd(cost.nanocents), source: estimated ? 'estimated' : 'computed', priceId: cost.priceId };
}

export const nothingSpent: { readonly usage: Usage; readonly cost: Cost } = {
  usage: { inputTokens: 0, outputTokens: 0 },
  cost: { usd: '0', source: 'computed' },
};

export const unknownCost: Cost = { usd: null, source: 'unknown' };

/** Whether a call that failed before anything of an answer came cost nothing: it was refused, or never sent. */
export function costsNothing(failure: unknown): boolean {
  if (!(failure instanceof Failure)) return false;
  if (failure.cause === nothingSent || refusals.has(failure.kind)) return true;
  return (failure.detail.provider?.status ?? 0) >= 300;
}

/** Kinds of what our own side refuses, and of what a provider refuses without an answer, with whatever status it says so. */
const refusals: ReadonlySet<string> = new Set([
  'invalidParams',
  'unsupportedFeature',
  'keyMissing',
  'modelNotFound',
  'providerAuth',
  'providerQuota',
  'rateLimited',
]);
