import type { Cost, Message, StopReason, ToolChoice, ToolSpec, Usage } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { formatUsd, parseUsd } from '../pricing/price.ts';
import type { Answer } from './answer.ts';
import type { Engine } from './engine.ts';
import type { ModelEvent, ModelFinish, StepStart } from './ports.ts';
import type { PreparedPrompt } from './preparePrompt.ts';
import type { PromptRequest } from './promptRequest.ts';
import { retrying } from './retrying.ts';
import type { Limits } from './snapshot.ts';
import type { Stop } from './stop.ts';
import type { Spent } from './withReservation.ts';

/** One call of the model, as the hooks left it. */
export interface StepCall {
  readonly start: StepStart;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice | undefined;
}

/** What one prompt has while it runs. */
export interface Running {
  readonly prepared: PreparedPrompt;
  readonly request: PromptRequest;
  readonly answer: Answer;
  readonly stop: Stop;
  readonly limits: Limits;
}

/** How a model call ended; `failure` set: not well. What was used is known in every case. */
export interface SentStep {
  readonly stopReason: StopReason;
  readonly finish: ModelFinish | undefined;
  /** A Failure, or a defect as it was thrown. */
  readonly failure: unknown;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly spent: Spent;
}

/** Calls the model once and never throws for what the provider did: an end, a cancel and a failure all cost something. */
export async function sendStep(engine: Engine, running: Running, call: StepCall): Promise<SentStep> {
  const { answer, stop } = running;
  answer.begin(call.start.step, running.prepared.model.id);
  let finish: ModelFinish | undefined;
  let thrown: unknown;
  try {
    finish = await attempt(running, call);
  } catch (error) {
    thrown = error;
  }
  const usage = finish?.usage ?? answer.stepUsage ?? { inputTokens: null, outputTokens: null };
  const cost = await costOf(engine, running.prepared, usage, finish?.costUsd);
  const ended = { finish, usage, cost, spent: cost.usd === null ? null : parseUsd(cost.usd) };
  if (finish !== undefined) return { ...ended, stopReason: finish.stopReason, failure: undefined };
  if (stop.cause === 'cancelled') return { ...ended, stopReason: 'cancelled', failure: undefined };
  const failure = toFailure(thrown, running);
  // A provider that refused before it answered charges nothing.
  const refused =
    !answer.stepHasBegun && answer.stepUsage === undefined && failure instanceof Failure && failure.detail.provider?.status !== undefined;
  const nothing = { usage: { inputTokens: 0, outputTokens: 0 }, cost: { usd: '0', source: 'computed' as const }, spent: undefined };
  return { ...ended, stopReason: 'interrupted', failure, ...(refused ? nothing : {}) };
}

/** Again, after a failure that may pass and before anything has arrived; what has arrived is never asked for twice. */
async function attempt(
  { prepared, request, answer, stop, limits }: Running,
  { start, messages, tools, toolChoice }: StepCall,
): Promise<ModelFinish> {
  const emit = (event: ModelEvent): void => {
    answer.take(event);
    if (answer.size > limits.maxResponseBytes) stop.now('tooLarge');
  };
  const rules = { retries: limits.retries, signal: stop.signal, mayRepeat: () => !answer.stepHasBegun };
  return retrying(rules, async () =>
    prepared.provider.prompt(
      {
        model: prepared.model,
        key: prepared.key.value,
        system: start.system,
        messages,
        options: start.options,
        schema: request.schema,
        tools,
        toolChoice,
        stream: request.stream,
        signal: stop.signal,
      },
      emit,
    ),
  );
}

function toFailure(thrown: unknown, { stop, limits }: Running): unknown {
  if (stop.cause === 'timeout') return stop.timeoutFailure();
  if (stop.cause === 'tooLarge')
    return new Failure('messageTooLarge', `The answer grew past limits.max_response_bytes (${limits.maxResponseBytes}) and was stopped.`, {
      limit: limits.maxResponseBytes,
    });
  return thrown;
}

export async function costOf(
  engine: Engine,
  prepared: Pick<PreparedPrompt, 'model'>,
  usage: Usage,
  reportedUsd: string | undefined,
): Promise<Cost> {
  if (reportedUsd !== undefined) return { usd: reportedUsd, source: 'provider' };
  const computed = await engine.prices.cost(prepared.model, usage, new Date());
  if (computed === null) return { usd: null, source: 'unknown' };
  return { usd: formatUsd(computed.nanocents), source: 'computed', priceId: computed.priceId };
}
