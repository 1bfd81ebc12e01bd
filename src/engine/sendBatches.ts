import type { Cost, JsonObject, Usage } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { addCosts, addUsage } from '../pricing/add.ts';
import type { Failure } from '../lib/failure.ts';
import type { Sent } from '../pricing/estimateUsage.ts';
import { countAttempts, silent, type UncountedAttempt } from './attempts.ts';
import { costOf, costsNothing, nothingSpent } from './costOf.ts';
import type { EmbedProvider } from './embed.ts';
import type { Engine } from './engine.ts';
import type { Deadlines } from '../policy/timeouts.ts';
import type { FailedAttempt } from './moneyPorts.ts';
import type { EmbedFinish } from './ports.ts';
import { retrying, type TriedAttempt } from './retrying.ts';
import { throughGate } from './throughGate.ts';
import type { Stop } from './stop.ts';
import type { Held } from './withReservation.ts';

export interface EmbedSend {
  readonly provider: EmbedProvider;
  readonly model: Model;
  readonly key: string | null;
  readonly input: readonly string[];
  readonly options: JsonObject;
  readonly deadlines: Deadlines;
  readonly stop: Stop;
  readonly retries: number;
  readonly restAfterFailures: number;
  /** For whom, where requests to a provider take turns. */
  readonly share: string;
}

export interface EmbedBatches {
  /** In the order of the input; complete unless `failure` is set. */
  readonly embeddings: readonly (readonly number[])[];
  readonly failure: unknown;
  readonly usage: Usage;
  readonly cost: Cost;
  /** When the first vectors came. */
  readonly firstDeltaMs: number | undefined;
  readonly attempts: readonly FailedAttempt[];
}

/**
 * Sends the texts in as few requests as the provider allows. After a failure no more are sent, and those under way are waited
 * for: they are paid. Never throws for what a provider did.
 */
export async function sendBatches(engine: Engine, send: EmbedSend, held: Pick<Held, 'seen' | 'cover'>): Promise<EmbedBatches> {
  const { provider, model, input, stop } = send;
  const limits = provider.embedLimits;
  const batches = splitInput(input, limits?.inputs ?? Infinity);
  const vectors: (readonly (readonly number[])[])[] = [];
  const used: { readonly usage: Usage; readonly batch: readonly string[] }[] = [];
  const failures: unknown[] = [];
  const tried: UncountedAttempt[] = [];
  const began = performance.now();
  let firstDeltaMs: number | undefined;
  const left = batches.entries();
  const use = (usage: Usage, batch: readonly string[]): void => {
    used.push({ usage, batch });
    held.seen(usedOf(used));
  };
  const lane = async (): Promise<void> => {
    for (const [index, batch] of left) {
      if (failures.length > 0 || stop.signal.aborted) return;
      let isSent = false;
      let done: EmbedFinish;
      try {
        const covered = async (failure: Failure): Promise<boolean> =>
          !isSent || costsNothing(failure) || held.cover({ usage: silent, sent: sentOf(batch) });
        const failed = (attempt: TriedAttempt, failure: Failure): void => {
          tried.push({ ...attempt, usage: isSent && !costsNothing(failure) ? silent : undefined, sent: sentOf(batch) });
          isSent = false;
        };
        const { retries, options, key, deadlines } = send;
        const { signal, deadlineAt } = stop;
        const rules = { retries, signal, deadlineAt, mayRepeat: () => failures.length === 0, covered, failed };
        const pass = engine.rests.enter({ model: model.id, key }, send.restAfterFailures);
        let thrown: unknown = 'unknown';
        try {
          const gated = { provider: model.provider, share: send.share, sent: sentOf(batch), signal, deadlineAt };
          done = await retrying(rules, async () =>
            throughGate(engine, gated, async () => {
              isSent = true;
              return provider.embed({ model, key, input: batch, options, deadlines, signal });
            }),
          );
          thrown = undefined;
        } catch (error) {
          if (stop.cause === undefined) thrown = error;
          throw error;
        } finally {
          pass.ended(thrown);
        }
        firstDeltaMs ??= performance.now() - began;
        vectors[index] = done.embeddings;
        use(done.usage, batch);
      } catch (error) {
        failures.push(error);
        // A provider that refused charges nothing; of another failure nobody knows.
        if (isSent && !costsNothing(error)) use({ ...silent, outputTokens: 0 }, batch);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limits?.parallel ?? 1, batches.length) }, lane));
  const stopped = failures.length === 0 && stop.signal.aborted ? stop.signal.reason : undefined;
  const attempts = await countAttempts(engine.prices, model, tried);
  const costs = await Promise.all(
    used.map(async ({ usage, batch }) =>
      costOf(engine.prices, model, {
        usage,
        whole: true,
        sent: sentOf(batch),
        received: [],
      }),
    ),
  );
  const ended = { embeddings: vectors.flat(), failure: failures[0] ?? stopped, firstDeltaMs, attempts };
  return used.length === 0 ? { ...ended, ...nothingSpent } : { ...ended, usage: usedOf(used), cost: withPriceId(addCosts(costs), costs) };
}

function usedOf(used: readonly { readonly usage: Usage }[]): Usage {
  return used.length === 1 && used[0] ? used[0].usage : addUsage(used.map(({ usage }) => usage));
}

function sentOf(batch: readonly string[]): Sent {
  return { system: undefined, messages: batch.map((content) => ({ role: 'user', content })), tools: [], schema: undefined };
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
