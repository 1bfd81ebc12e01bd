import type { Cost, JsonObject, Usage } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { Failure } from '../lib/failure.ts';
import { addCosts, addUsage } from '../pricing/add.ts';
import { parseUsd } from '../pricing/price.ts';
import type { EmbedProvider } from './embed.ts';
import type { Engine } from './engine.ts';
import { retrying } from './retrying.ts';
import { costOf } from './sendStep.ts';
import type { Stop } from './stop.ts';
import type { Spent } from './withReservation.ts';

export interface EmbedSend {
  readonly provider: EmbedProvider;
  readonly model: Model;
  readonly key: string | null;
  readonly input: readonly string[];
  readonly options: JsonObject;
  readonly stop: Stop;
  readonly retries: number;
}

export interface EmbedBatches {
  /** In the order of the input; complete unless `failure` is set. */
  readonly embeddings: readonly (readonly number[])[];
  readonly failure: unknown;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly spent: Spent;
}

/**
 * Sends the texts in as few requests as the provider allows. After a failure no more are sent, and those under way are waited
 * for: they are paid. Never throws for what a provider did.
 */
export async function sendBatches(engine: Engine, send: EmbedSend): Promise<EmbedBatches> {
  const { provider, model, input, stop } = send;
  const limits = provider.embedLimits;
  const batches = splitInput(input, limits?.inputs ?? Infinity);
  const vectors: (readonly (readonly number[])[])[] = [];
  const used: Usage[] = [];
  const failures: unknown[] = [];
  const left = batches.entries();
  const lane = async (): Promise<void> => {
    for (const [index, batch] of left) {
      if (failures.length > 0 || stop.signal.aborted) return;
      try {
        const rules = { retries: send.retries, signal: stop.signal, mayRepeat: () => failures.length === 0 };
        const { options, key } = send;
        const done = await retrying(rules, async () => provider.embed({ model, key, input: batch, options, signal: stop.signal }));
        vectors[index] = done.embeddings;
        used.push(done.usage);
      } catch (error) {
        failures.push(error);
        // A provider that refused charges nothing; of another failure nobody knows.
        if (!(error instanceof Failure && error.detail.provider?.status !== undefined)) used.push({ inputTokens: null, outputTokens: 0 });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limits?.parallel ?? 1, batches.length) }, lane));
  const stopped = failures.length === 0 && stop.signal.aborted ? stop.signal.reason : undefined;
  const costs = await Promise.all(used.map(async (usage) => costOf(engine, { model }, usage, undefined)));
  const cost = used.length === 0 ? { usd: '0', source: 'computed' as const } : addCosts(costs);
  const usage = used.length === 1 && used[0] ? used[0] : addUsage(used);
  const spent = used.length === 0 ? undefined : cost.usd === null ? null : parseUsd(cost.usd);
  return { embeddings: vectors.flat(), failure: failures[0] ?? stopped, usage, cost: withPriceId(cost, costs), spent };
}

/** Of one request, however many tokens its texts have: no text has more tokens than bytes. OpenAI takes 300 000 tokens. */
const maxBatchBytes = 300_000;

/** In order; a text of its own size has a request of its own. */
export function splitInput(input: readonly string[], maxInputs: number): string[][] {
  const batches: string[][] = [];
  let size = 0;
  for (const text of input) {
    const bytes = new TextEncoder().encode(text).length;
    const last = batches.at(-1);
    if (last === undefined || last.length >= maxInputs || size + bytes > maxBatchBytes) {
      batches.push([text]);
      size = bytes;
    } else {
      last.push(text);
      size += bytes;
    }
  }
  return batches;
}

function withPriceId(cost: Cost, costs: readonly Cost[]): Cost {
  const { priceId } = costs[0] ?? {};
  return cost.usd === null || priceId === undefined || costs.some((other) => other.priceId !== priceId) ? cost : { ...cost, priceId };
}
