import type { Cost, JsonObject, Message, StopReason, ToolChoice, ToolSpec, Usage } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { estimateText, type Sent } from '../pricing/estimateUsage.ts';
import type { Answer } from './answer.ts';
import { countAttempts, silent, type UncountedAttempt } from './attempts.ts';
import { costOf, costsNothing, nothingSpent } from './costOf.ts';
import type { Engine } from './engine.ts';
import type { FailedAttempt, GroupReservation } from './moneyPorts.ts';
import type { ModelEvent, ModelFinish, StepStart } from './ports.ts';
import type { PreparedPrompt } from './preparePrompt.ts';
import type { PromptRequest } from './promptRequest.ts';
import { retrying, type TriedAttempt } from './retrying.ts';
import type { Snapshot } from './snapshot.ts';
import type { Stop } from './stop.ts';
import { throughGate } from './throughGate.ts';
import type { Held } from './withReservation.ts';

/** One call of the model, as the hooks left it. */
export interface StepCall {
  readonly start: StepStart;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice | undefined;
  /** For whom, where requests to a provider take turns. */
  readonly share: string;
}

/** What one prompt has while it runs. */
export interface Running {
  readonly prepared: PreparedPrompt;
  readonly request: PromptRequest;
  readonly answer: Answer;
  readonly stop: Stop;
  readonly snapshot: Pick<Snapshot, 'limits' | 'money' | 'keepContent' | 'reliability'>;
  /** The reservation of its group. */
  readonly group: GroupReservation | undefined;
}

/** How a model call ended; `failure` set: not well. What was used is known in every case. */
export interface SentStep {
  readonly stopReason: StopReason;
  readonly finish: ModelFinish | undefined;
  /** A Failure, or a defect as it was thrown. */
  readonly failure: unknown;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly firstDeltaMs: number | undefined;
  readonly attempts: readonly FailedAttempt[];
}

/** How often what has arrived by now is counted, where somebody counts. */
const countMs = 1000;

/** Calls the model once and never throws for what the provider did: an end, a cancel and a failure all cost something. */
export async function sendStep(engine: Engine, running: Running, call: StepCall, held: Held): Promise<SentStep> {
  const { answer, stop } = running;
  const { model } = running.prepared;
  answer.begin(call.start.step, model.id);
  const began = performance.now();
  const count = countArrivals(answer, held);
  const made: Made = { tried: [], isSent: false };
  let finish: ModelFinish | undefined;
  let thrown: unknown;
  try {
    const { prepared, snapshot } = running;
    const subject = { model: model.id, key: prepared.key.value };
    const pass = engine.rests.enter(subject, snapshot.reliability.restAfterFailures);
    try {
      finish = await attempt(engine, running, call, { made, held });
    } catch (error) {
      thrown = error;
    }
    pass.ended(stop.cause === undefined ? thrown : 'unknown');
  } catch (error) {
    // It rests: nothing was sent.
    thrown = error;
  } finally {
    clearInterval(count);
  }
  const attempts = await countAttempts(engine.prices, model, made.tried);
  const firstDeltaMs = answer.stepFirstAt === undefined ? undefined : answer.stepFirstAt - began;
  // An answer that is too large is no answer, also when all of it came at once.
  const answered = stop.cause === 'tooLarge' ? undefined : finish;
  const failure = answered !== undefined || stop.cause === 'cancelled' ? undefined : toFailure(thrown, running);
  const stopReason = answered?.stopReason ?? (stop.cause === 'cancelled' ? 'cancelled' : 'interrupted');
  const ended = { stopReason, finish, failure, firstDeltaMs, attempts };
  const nothingCame = finish === undefined && !answer.stepHasBegun && answer.stepUsage === undefined;
  if (nothingCame && (!made.isSent || costsNothing(thrown))) return { ...ended, ...nothingSpent };
  const usage = finish?.usage ?? answer.stepUsage ?? silent;
  const cost = await costOf(engine.prices, model, {
    usage,
    reportedUsd: finish?.costUsd,
    whole: finish !== undefined && finish.stopReason !== 'interrupted',
    sent: sentIn(running.request, call),
    received: answer.content(call.start.step),
  });
  return { ...ended, usage, cost };
}

/** What the provider counts as input. */
export function sentIn(
  { schema }: Pick<PromptRequest, 'schema'>,
  { start, messages, tools }: StepCall,
): Sent & { readonly options: JsonObject } {
  return { system: start.system, messages, tools, schema, options: start.options };
}

/** Beside the deltas, so that little is lost with a process that dies in the middle. */
function countArrivals(answer: Answer, { inputTokens, seen }: Held): NodeJS.Timeout | undefined {
  if (inputTokens === undefined) return undefined;
  const before = answer.size;
  return setInterval(() => seen({ inputTokens, outputTokens: estimateText(answer.size - before) }), countMs);
}

interface Made {
  readonly tried: UncountedAttempt[];
  /** The attempt that is under way has gone out. */
  isSent: boolean;
}

/** Again, after a failure that may pass and before anything has arrived; what has arrived is never asked for twice. */
function attempt(
  engine: Engine,
  { prepared, request, answer, stop, snapshot: { limits } }: Running,
  call: StepCall,
  { made, held }: { readonly made: Made; readonly held: Held },
): Promise<ModelFinish> {
  const { start, messages, tools, toolChoice, share } = call;
  const emit = (event: ModelEvent): void => {
    answer.take(event);
    if (answer.size > limits.maxResponseBytes) stop.now('tooLarge');
    if (event.type === 'usage') held.seen(event.usage);
  };
  const { retries } = limits;
  const sent = sentIn(request, call);
  const usedBy = (failure: Failure) => answer.stepUsage ?? (made.isSent && !costsNothing(failure) ? silent : undefined);
  const covered = async (failure: Failure): Promise<boolean> => {
    const usage = usedBy(failure);
    return usage === undefined || held.cover({ usage, sent });
  };
  const failed = (one: TriedAttempt, failure: Failure, waitMs: number): void => {
    const usage = usedBy(failure);
    answer.again();
    made.tried.push({ ...one, usage, sent });
    made.isSent = false;
    const seconds = Math.max(0.1, Math.round(waitMs / 100) / 10);
    emit({
      type: 'warning',
      code: 'retry',
      message: `${failure.message} Attempt ${made.tried.length} of ${retries + 1}; the next in ${seconds} s.`,
    });
  };
  const { signal, deadlineAt } = stop;
  const rules = { retries, signal, deadlineAt, mayRepeat: () => !answer.stepHasBegun, covered, failed };
  const { provider, model, key, deadlines } = prepared;
  const gated = { provider: provider.name, share, sent, signal, deadlineAt };
  const asked = {
    model,
    key: key.value,
    system: start.system,
    messages,
    options: start.options,
    schema: request.schema,
    tools,
    toolChoice,
    stream: request.stream,
    deadlines,
    signal,
  };
  return retrying(rules, () =>
    throughGate(engine, gated, () => {
      made.isSent = true;
      return provider.prompt(asked, emit);
    }),
  );
}

function toFailure(thrown: unknown, { stop, snapshot: { limits } }: Running): unknown {
  if (stop.cause === 'timeout') return stop.timeoutFailure();
  if (stop.cause === 'tooLarge')
    return new Failure('messageTooLarge', `The answer grew past limits.max_response_bytes (${limits.maxResponseBytes}) and was stopped.`, {
      limit: limits.maxResponseBytes,
    });
  return thrown;
}
