import type { Cost, Usage } from '../../protocol/index.ts';
import { formatUsd, parseUsd } from './price.ts';

/** The sum; null where any of them is unknown, since a sum that leaves one out would read as the whole. */
export function addUsage(usages: readonly Usage[]): Usage {
  const details = ['reasoningTokens', 'cacheReadTokens', 'cacheWriteTokens'] as const;
  const sum: Usage = {
    inputTokens: addKnown(usages.map((usage) => usage.inputTokens)),
    outputTokens: addKnown(usages.map((usage) => usage.outputTokens)),
  };
  for (const detail of details) {
    const known = usages.flatMap((usage) => usage[detail] ?? []);
    if (known.length > 0) sum[detail] = known.reduce((total, tokens) => total + tokens, 0);
  }
  return sum;
}

/** The sum; unknown where any of them is. */
export function addCosts(costs: readonly Cost[]): Cost {
  const known = costs.flatMap((cost) => (cost.usd === null ? [] : [parseUsd(cost.usd)]));
  if (known.length < costs.length) return { usd: null, source: 'unknown' };
  const sources = new Set(costs.map((cost) => cost.source));
  const source = sources.has('estimated') ? 'estimated' : sources.size === 1 ? ([...sources][0] ?? 'computed') : 'computed';
  return { usd: formatUsd(known.reduce((total, nanocents) => total + nanocents, 0n)), source };
}

interface Used {
  readonly usage: Usage;
  readonly cost: Cost;
}

/** A response with what the attempts before it used: of an attempt whose provider told no tokens, the cost alone. */
export function addAttempts<T extends Used & { readonly attempts: readonly Used[] }>(response: T): T {
  const paid = response.attempts.filter(({ usage, cost }) => cost.usd !== '0' || usage.inputTokens !== null);
  if (paid.length === 0) return response;
  const { priceId } = response.cost;
  const cost = addCosts([response.cost, ...paid.map((attempt) => attempt.cost)]);
  const told = paid.map(({ usage }) => ({ ...usage, inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 }));
  return {
    ...response,
    usage: { ...response.usage, ...addUsage([response.usage, ...told]) },
    cost: priceId === undefined || cost.usd === null ? cost : { ...cost, priceId },
  };
}

function addKnown(tokens: readonly (number | null)[]): number | null {
  return tokens.reduce((total, some) => (total === null || some === null ? null : total + some), 0 as number | null);
}
