import type { Model } from '../catalogue/model.ts';
import type { Usage } from '../../protocol/index.ts';
import type { Sent } from '../pricing/estimateUsage.ts';
import { costOf, nothingSpent } from './costOf.ts';
import type { FailedAttempt, Prices } from './moneyPorts.ts';
import type { TriedAttempt } from './retrying.ts';

/** An attempt that failed and is made again, before it is known what it cost. */
export interface UncountedAttempt extends TriedAttempt {
  /** What the provider said of it; undefined: it was refused or never sent, and cost nothing. */
  readonly usage: Usage | undefined;
  readonly sent: Sent;
}

export const silent: Usage = { inputTokens: null, outputTokens: null };

/** Each costs as an answer that broke off: what its provider had said by then, else an estimate of what was sent. */
export async function countAttempts(prices: Prices, model: Model, tried: readonly UncountedAttempt[]): Promise<FailedAttempt[]> {
  return Promise.all(
    tried.map(async ({ usage, sent, ...attempt }) => {
      if (usage === undefined) return { ...attempt, usage: silent, cost: nothingSpent.cost };
      return { ...attempt, usage, cost: await costOf(prices, model, { usage, whole: false, sent, received: [] }) };
    }),
  );
}
