import { setTimeout as sleep } from 'node:timers/promises';
import type { Cost, StopReason, Usage } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { formatUsd, parseUsd } from '../pricing/price.ts';
import { createAnswer, type Answer, type EmitDelta } from './answer.ts';
import type { Engine } from './engine.ts';
import type { ModelEvent, ModelFinish } from './ports.ts';
import type { PreparedPrompt } from './preparePrompt.ts';
import type { PromptRequest } from './promptRequest.ts';
import type { Limits } from './snapshot.ts';
import type { Stop } from './stop.ts';
import type { Spent } from './withReservation.ts';

/** How a model call ended; `failure` set: not well. What was used is known in every case. */
export interface SentPrompt {
  readonly answer: Answer;
  readonly stopReason: StopReason;
  readonly finish: ModelFinish | undefined;
  /** A Failure, or a defect as it was thrown. */
  readonly failure: unknown;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly spent: Spent;
}

/** Sends a prepared prompt and never throws for what the provider did: an end, a cancel and a failure all cost something. */
export async function sendPrompt(
  engine: Engine,
  prepared: PreparedPrompt,
  request: PromptRequest,
  around: { readonly emit: EmitDelta; readonly stop: Stop; readonly limits: Limits },
): Promise<SentPrompt> {
  const { stop } = around;
  const answer = createAnswer(around.emit);
  answer.step(0, prepared.model.id);
  let finish: ModelFinish | undefined;
  let thrown: unknown;
  try {
    finish = await attempt(prepared, request, answer, around);
  } catch (error) {
    thrown = error;
  }
  const usage = finish?.usage ?? answer.usage ?? { inputTokens: null, outputTokens: null };
  const cost = await costOf(engine, prepared, usage, finish?.costUsd);
  const spent: Spent = cost.usd === null ? null : parseUsd(cost.usd);
  const ended = { answer, finish, usage, cost };
  if (finish !== undefined) return { ...ended, stopReason: finish.stopReason, failure: undefined, spent };
  if (stop.cause === 'cancelled') return { ...ended, stopReason: 'cancelled', failure: undefined, spent };
  const failure = toFailure(thrown, stop, request, around.limits);
  // A provider that refused before it answered charges nothing.
  const refused = answer.firstAt === undefined && answer.usage === undefined && failure instanceof Failure && failure.detail.provider?.status !== undefined;
  return refused
    ? { ...ended, stopReason: 'interrupted', failure, usage: { inputTokens: 0, outputTokens: 0 }, cost: { usd: '0', source: 'computed' }, spent: undefined }
    : { ...ended, stopReason: 'interrupted', failure, spent };
}

/** Again, after a failure that may pass and before anything has arrived; what has arrived is never asked for twice. */
async function attempt(prepared: PreparedPrompt, request: PromptRequest, answer: Answer, { stop, limits }: { stop: Stop; limits: Limits }): Promise<ModelFinish> {
  const emit = (event: ModelEvent): void => {
    answer.take(0, event);
    if (answer.size > limits.maxResponseBytes) stop.now('tooLarge');
  };
  for (let retry = 0; ; retry++) {
    try {
      stop.signal.throwIfAborted();
      return await prepared.provider.prompt(
        {
          model: prepared.model,
          key: prepared.key.value,
          system: prepared.system,
          messages: prepared.loaded,
          options: prepared.options,
          schema: request.schema,
          tools: request.tools,
          toolChoice: request.toolChoice,
          stream: request.stream,
          signal: stop.signal,
        },
        emit,
      );
    } catch (error) {
      if (stop.signal.aborted || !(error instanceof Failure) || !mayPass(error) || answer.firstAt !== undefined || retry >= limits.retries) throw error;
      const waitMs = error.detail.retryAfterMs ?? 500 * 2 ** retry;
      if (waitMs > longestWaitMs) throw error;
      await sleep(waitMs, undefined, { signal: stop.signal });
    }
  }
}

/** A longer wait is the caller's to decide: the failure says how long. */
const longestWaitMs = 10_000;

function mayPass(failure: Failure): boolean {
  return failure.detail.retryable ?? failure.kind === 'rateLimited';
}

function toFailure(thrown: unknown, stop: Stop, request: PromptRequest, limits: Limits): unknown {
  if (stop.cause === 'timeout') return new Failure('providerTimeout', `The answer was not complete after ${request.timeoutMs} ms (timeoutMs).`, { retryable: true });
  if (stop.cause === 'tooLarge') return new Failure('messageTooLarge', `The answer grew past limits.max_response_bytes (${limits.maxResponseBytes}) and was stopped.`, { limit: limits.maxResponseBytes });
  return thrown;
}

async function costOf(engine: Engine, prepared: PreparedPrompt, usage: Usage, reportedUsd: string | undefined): Promise<Cost> {
  if (reportedUsd !== undefined) return { usd: reportedUsd, source: 'provider' };
  const computed = await engine.prices.cost(prepared.model, usage, new Date());
  if (computed === null) return { usd: null, source: 'unknown' };
  return { usd: formatUsd(computed.nanocents), source: 'computed', priceId: computed.priceId };
}
