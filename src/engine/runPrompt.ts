import type { Actor, Message, PromptStep } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { createAnswer, type Answer, type EmitDelta } from './answer.ts';
import { createAnswering, type Answering } from './answering.ts';
import { inConversation } from './conversation.ts';
import { nothingSpent } from './costOf.ts';
import { endOf } from './endOf.ts';
import type { Engine } from './engine.ts';
import type { GroupEntry } from './groups.ts';
import type { HookScope } from './ports.ts';
import { preparePrompt, type PreparedPrompt } from './preparePrompt.ts';
import type { PromptOutcome, PromptRequest } from './promptRequest.ts';
import { runChain, type RunChain } from './runChain.ts';
import { parseAnswer } from './schemaFailure.ts';
import { createStop, type Stop } from './stop.ts';

/**
 * Answers one prompt. `emit` is called synchronously with each delta. Cancelled by one of `cancels` it resolves with what
 * had arrived (it was paid for); any other end that is not whole is a Failure with `detail.partial`. behaviour 5.7. In its
 * group it runs from here on, also while it waits for its turn in a conversation and then for a place.
 */
export function runPrompt(engine: Engine, request: PromptRequest, emit: EmitDelta, control: PromptControl): Promise<PromptOutcome> {
  const run = (): Promise<PromptOutcome> => runInGroup(engine, request, emit, control);
  return engine.telemetry === undefined ? run() : engine.telemetry.prompt(request, run);
}

async function runInGroup(engine: Engine, request: PromptRequest, emit: EmitDelta, control: PromptControl): Promise<PromptOutcome> {
  const entry = request.groupId === undefined ? undefined : engine.groups.enter(request.groupId);
  try {
    const outcome = await runStoppable(engine, request, emit, { entry, control });
    entry?.leave({ promptId: request.promptId, ...groupStatus(outcome), usage: outcome.usage, cost: outcome.cost });
    return outcome;
  } catch (error) {
    const spent = error instanceof Failure ? (error.detail.partial ?? nothingSpent) : nothingSpent;
    entry?.leave({ promptId: request.promptId, status: 'error', usage: spent.usage, cost: spent.cost, error });
    throw error;
  }
}

export interface PromptControl {
  readonly cancels: readonly AbortSignal[];
  /** Resolves when the prompt may run; throws overloaded. Without it there is no bound to how many do. */
  readonly takePlace?: ((signal: AbortSignal) => Promise<void> | undefined) | undefined;
}

interface Around {
  readonly entry: GroupEntry | undefined;
  readonly stop: Stop;
  readonly started: { readonly at: Date; readonly tick: number };
}

async function runStoppable(
  engine: Engine,
  request: PromptRequest,
  emit: EmitDelta,
  { entry, control }: { entry: GroupEntry | undefined; control: PromptControl },
): Promise<PromptOutcome> {
  const stop = createStop([...control.cancels, ...(entry ? [entry.signal] : [])], request.timeoutMs);
  const around: Around = { entry, stop, started: { at: new Date(), tick: performance.now() } };
  try {
    stop.signal.throwIfAborted();
    return await inConversation(engine, request, stop.signal, async (continued) => {
      await control.takePlace?.(stop.signal);
      stop.signal.throwIfAborted();
      return await run(engine, continued, emit, around);
    });
  } catch (error) {
    if (!stop.signal.aborted || error instanceof Failure) throw error;
    if (stop.cause === 'cancelled') return cancelledUnsent(request, around);
    throw stop.timeoutFailure();
  } finally {
    stop.release();
  }
}

async function run(engine: Engine, request: PromptRequest, emit: EmitDelta, around: Around): Promise<PromptOutcome> {
  const { stop, entry, started } = around;
  const now = { snapshot: engine.snapshot(), hooks: engine.hooks() };
  const scope = scopeOf(request, entry, stop.signal);
  const prepared = await preparePrompt(engine, now, request, { ...scope, groupModel: entry?.scope.model ?? null });
  for (const warning of prepared.warnings) emit({ type: 'warning', ...warning });
  const answer = createAnswer(emit);
  stop.within(prepared.deadlines.total);
  const answering = await createAnswering(engine, { now, request, scope, prepared });
  const leave = (ended: Pick<RunChain, 'stopReason' | 'failure' | 'usage' | 'cost'>): Promise<void> =>
    answering.leave({ ...endOf(ended), content: answer.content(), durationMs: performance.now() - started.tick });
  let ran: RunChain;
  try {
    const running = { request, answer, stop, snapshot: now.snapshot, group: entry?.scope.reservation };
    ran = await runChain(engine, running, answering, { ...scope, promptId: request.promptId, groupId: request.groupId });
  } catch (error) {
    await leave({ ...nothingSpent, stopReason: 'interrupted', failure: error });
    throw error;
  }
  await leave(ran);
  // A cancelled prompt stays one, whatever its hooks say of its end.
  const failure = ran.failure ?? (ran.stopReason === 'cancelled' ? undefined : answering.hookFailure());
  if (failure !== undefined) throw withPartial({ ...ran, failure }, answer);
  return outcomeOf({ first: prepared, request, ran, answer, answering }, around);
}

/** A prompt of a group has the group's purpose and actor. Another one given beside it is a mistake, not a wish. */
export function scopeOf(
  request: Pick<PromptRequest, 'purpose' | 'actor' | 'metadata' | 'depth'>,
  entry: Pick<GroupEntry, 'scope'> | undefined,
  signal: AbortSignal,
): HookScope {
  const { depth } = request;
  if (!entry) return { purpose: request.purpose, actor: request.actor ?? null, metadata: request.metadata, depth, signal };
  const { purpose, actor, metadata, id } = entry.scope;
  const differs = (name: string): Failure =>
    new Failure('invalidParams', `The group "${id}" has another ${name}: leave it out, or open another group.`, {
      issues: [{ path: name, message: `is not the group's` }],
    });
  if (request.purpose !== undefined && request.purpose !== purpose) throw differs('purpose');
  if (request.actor !== undefined && !sameActor(request.actor, actor)) throw differs('actor');
  return { purpose, actor, metadata: request.metadata ?? metadata, depth, signal };
}

function sameActor(one: Actor, other: Actor): boolean {
  return one === other || (one !== null && other !== null && one.id === other.id);
}

function withPartial({ failure, usage, cost }: RunChain, answer: Answer): unknown {
  if (!(failure instanceof Failure)) return failure;
  return new Failure(
    failure.kind,
    failure.message,
    { ...failure.detail, partial: { content: answer.content(), usage, cost } },
    { cause: failure.cause },
  );
}

interface EndedPrompt {
  readonly first: PreparedPrompt;
  readonly request: PromptRequest;
  readonly ran: RunChain;
  readonly answer: Answer;
  readonly answering: Answering;
}

function outcomeOf({ first, request, ran, answer, answering }: EndedPrompt, around: Around): PromptOutcome {
  const { prepared } = answering;
  const { stopReason, usage, cost, steps, added } = ran;
  const system: Message[] = prepared.system === undefined ? [] : [{ role: 'system', content: prepared.system }];
  const last: PromptStep | undefined = steps.at(-1);
  return {
    model: prepared.model.id,
    chosen: first.model.id,
    keySource: prepared.key.source,
    stopReason,
    usage,
    cost,
    steps,
    text: answer.text(),
    textBytes: answer.textBytes,
    parsed: request.schema !== undefined && stopReason === 'end' ? parseAnswer(last?.content ?? []) : undefined,
    messages: [...system, ...prepared.asked, ...added],
    warnings: [...first.warnings, ...answer.warnings],
    hookErrors: [...answering.hookErrors(), ...ran.hookErrors],
    conversationId: request.conversationId,
    timing: timing(around, answer.firstAt),
  };
}

function cancelledUnsent(request: PromptRequest, around: Around): PromptOutcome {
  return {
    model: request.model ?? '',
    chosen: request.model ?? '',
    keySource: undefined,
    stopReason: 'cancelled',
    ...nothingSpent,
    steps: [],
    text: '',
    textBytes: 0,
    parsed: undefined,
    messages: [...request.messages],
    warnings: [],
    hookErrors: [],
    conversationId: request.conversationId,
    timing: timing(around, undefined),
  };
}

function timing({ started }: Around, firstAt: number | undefined): PromptOutcome['timing'] {
  return {
    startedAt: started.at.toISOString(),
    firstDeltaMs: firstAt === undefined ? undefined : firstAt - started.tick,
    durationMs: performance.now() - started.tick,
  };
}

function groupStatus({ stopReason }: PromptOutcome): { status: 'ok' | 'error' | 'cancelled'; error?: Failure } {
  if (stopReason === 'cancelled') return { status: 'cancelled' };
  if (stopReason !== 'interrupted') return { status: 'ok' };
  return {
    status: 'error',
    error: new Failure('providerError', 'The provider ended the answer without saying that it was complete.', { retryable: true }),
  };
}
