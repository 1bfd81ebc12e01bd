import type { Actor, ContentPart, Cost, Json, Message, Usage } from '../../protocol/index.ts';
import { checkJson } from '../lib/checkJson.ts';
import { Failure } from '../lib/failure.ts';
import type { EmitDelta } from './answer.ts';
import type { Engine } from './engine.ts';
import type { GroupEntry } from './groups.ts';
import type { HookScope } from './ports.ts';
import { preparePrompt, type PreparedPrompt } from './preparePrompt.ts';
import type { PromptOutcome, PromptRequest } from './promptRequest.ts';
import { sendPrompt, type SentPrompt } from './sendPrompt.ts';
import { createStop, type Stop } from './stop.ts';
import { withReservation } from './withReservation.ts';

const nothingSpent: { usage: Usage; cost: Cost } = { usage: { inputTokens: 0, outputTokens: 0 }, cost: { usd: '0', source: 'computed' } };

/**
 * Answers one prompt. `emit` is called synchronously with each delta. Cancelled by one of `cancels` it resolves with what had
 * arrived (it was paid for); any other end that is not whole is a Failure with `detail.partial`. behaviour 5.7.
 */
export async function runPrompt(engine: Engine, request: PromptRequest, emit: EmitDelta, cancels: readonly AbortSignal[]): Promise<PromptOutcome> {
  const entry = request.groupId === undefined ? undefined : engine.groups.enter(request.groupId);
  try {
    const outcome = await runStoppable(engine, request, emit, { entry, cancels });
    entry?.leave({ promptId: request.promptId, ...groupStatus(outcome), usage: outcome.usage, cost: outcome.cost });
    return outcome;
  } catch (error) {
    const spent = error instanceof Failure ? (error.detail.partial ?? nothingSpent) : nothingSpent;
    entry?.leave({ promptId: request.promptId, status: 'error', usage: spent.usage, cost: spent.cost, error });
    throw error;
  }
}

interface Started {
  readonly at: Date;
  readonly tick: number;
}

async function runStoppable(engine: Engine, request: PromptRequest, emit: EmitDelta, around: { entry: GroupEntry | undefined; cancels: readonly AbortSignal[] }): Promise<PromptOutcome> {
  const started: Started = { at: new Date(), tick: performance.now() };
  const stop = createStop([...around.cancels, ...(around.entry ? [around.entry.signal] : [])], request.timeoutMs);
  try {
    stop.signal.throwIfAborted();
    return await run(engine, request, emit, { stop, started, entry: around.entry });
  } catch (error) {
    if (!stop.signal.aborted || error instanceof Failure) throw error;
    if (stop.cause === 'cancelled') return cancelledUnsent(request, started);
    throw new Failure('providerTimeout', `The prompt was not sent within ${request.timeoutMs} ms (timeoutMs).`, { retryable: true });
  } finally {
    stop.release();
  }
}

async function run(engine: Engine, request: PromptRequest, emit: EmitDelta, around: { stop: Stop; started: Started; entry: GroupEntry | undefined }): Promise<PromptOutcome> {
  const { stop, started, entry } = around;
  const now = { snapshot: engine.snapshot(), hooks: engine.hooks() };
  const scope = scopeOf(request, entry, stop.signal);
  const prepared = await preparePrompt(engine, now, request, { ...scope, groupModel: entry?.scope.model ?? null });
  for (const warning of prepared.warnings) emit({ type: 'warning', ...warning });
  const { model, system, options, loaded } = prepared;
  const { promptId, groupId } = request;
  const leave = await now.hooks.promptStart({ ...scope, promptId, groupId, step: 0, model: model.id, system, options, messages: loaded });
  const spending = { id: promptId, model: model.id, purpose: scope.purpose, actor: scope.actor, groupId };
  const end = async (sent: Pick<SentPrompt, 'usage'> & { failure?: unknown; answer?: SentPrompt['answer']; stopReason?: string }): Promise<void> =>
    leave({
      outcome: sent.failure ? 'error' : sent.stopReason === 'cancelled' ? 'cancelled' : 'ok',
      error: sent.failure,
      usage: sent.usage,
      // Joined when someone looks at it: a host that does not read costs no copy until then.
      get content() {
        return sent.answer?.content() ?? [];
      },
      durationMs: performance.now() - started.tick,
    });
  let sent: SentPrompt;
  try {
    sent = await withReservation(engine.ledger, spending, () => sendPrompt(engine, prepared, request, { emit, stop, limits: now.snapshot.limits }));
    sent = { ...sent, failure: sent.failure ?? schemaFailure(request, sent) };
  } catch (error) {
    await end({ failure: error, usage: nothingSpent.usage });
    throw error;
  }
  await end(sent);
  if (sent.failure) throw withPartial(sent.failure, sent);
  return outcomeOf(prepared, request, sent, started);
}

/** A prompt of a group has the group's purpose and actor. Another one given beside it is a mistake, not a wish. */
function scopeOf(request: PromptRequest, entry: GroupEntry | undefined, signal: AbortSignal): HookScope {
  if (!entry) return { purpose: request.purpose, actor: request.actor ?? null, metadata: request.metadata, signal };
  const { purpose, actor, metadata, id } = entry.scope;
  const differs = (name: string): Failure =>
    new Failure('invalidParams', `The group "${id}" has another ${name}: leave it out, or open another group.`, { issues: [{ path: name, message: `is not the group's` }] });
  if (request.purpose !== undefined && request.purpose !== purpose) throw differs('purpose');
  if (request.actor !== undefined && !sameActor(request.actor, actor)) throw differs('actor');
  return { purpose, actor, metadata: request.metadata ?? metadata, signal };
}

function sameActor(one: Actor, other: Actor): boolean {
  return one === other || (one !== null && other !== null && one.id === other.id);
}

/** A whole answer that does not satisfy the schema is a failure: it was paid for and cannot be used. */
function schemaFailure(request: PromptRequest, sent: SentPrompt): Failure | undefined {
  if (request.schema === undefined || sent.failure || sent.stopReason !== 'end') return undefined;
  const parsed = parseJson(sent.answer.text());
  const issues = parsed === undefined ? [{ path: '', message: 'is not JSON' }] : checkJson(request.schema, parsed);
  if (issues.length === 0) return undefined;
  const told = issues.map(({ path, message }) => ({ path, message }));
  return new Failure('providerError', `The answer does not satisfy the schema: ${told.map(({ path, message }) => `${path || 'the answer'} ${message}`).join('; ')}.`, { retryable: true, issues: told });
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function withPartial(failure: unknown, sent: SentPrompt): unknown {
  if (!(failure instanceof Failure)) return failure;
  const partial = { content: sent.answer.content(), usage: sent.usage, cost: sent.cost };
  return new Failure(failure.kind, failure.message, { ...failure.detail, partial }, { cause: failure.cause });
}

function outcomeOf(prepared: PreparedPrompt, request: PromptRequest, sent: SentPrompt, started: Started): PromptOutcome {
  const { answer, finish, stopReason, usage, cost } = sent;
  const metadata = finish?.providerMetadata;
  const assistant = (content: ContentPart[]): Message[] =>
    content.length === 0 ? [] : [{ role: 'assistant', content, ...(metadata === undefined ? {} : { providerMetadata: metadata }) }];
  const system: Message[] = prepared.system === undefined ? [] : [{ role: 'system', content: prepared.system }];
  return {
    model: prepared.model.id,
    keySource: prepared.key.source,
    stopReason,
    usage,
    cost,
    // Joined when the answer is made, which is after a slow host has read the deltas.
    get steps() {
      const responseId = finish?.responseId;
      return [{ model: prepared.model.id, ...(responseId === undefined ? {} : { responseId }), stopReason, usage, cost, content: answer.content() }];
    },
    get text() {
      return answer.text();
    },
    textBytes: answer.textBytes,
    parsed: request.schema !== undefined && stopReason === 'end' ? parseJson(answer.text()) : undefined,
    get messages() {
      return [...system, ...prepared.asked, ...assistant(answer.content())];
    },
    warnings: prepared.warnings,
    timing: timing(started, answer.firstAt),
  };
}

function cancelledUnsent(request: PromptRequest, started: Started): PromptOutcome {
  return {
    model: request.model ?? '',
    keySource: undefined,
    stopReason: 'cancelled',
    ...nothingSpent,
    steps: [],
    text: '',
    textBytes: 0,
    parsed: undefined,
    messages: [...request.messages],
    warnings: [],
    timing: timing(started, undefined),
  };
}

function timing({ at, tick }: Started, firstAt: number | undefined): PromptOutcome['timing'] {
  return { startedAt: at.toISOString(), firstDeltaMs: firstAt === undefined ? undefined : firstAt - tick, durationMs: performance.now() - tick };
}

function groupStatus({ stopReason }: PromptOutcome): { status: 'ok' | 'error' | 'cancelled'; error?: Failure } {
  if (stopReason === 'cancelled') return { status: 'cancelled' };
  if (stopReason !== 'interrupted') return { status: 'ok' };
  return { status: 'error', error: new Failure('providerError', 'The provider ended the answer without saying that it was complete.', { retryable: true }) };
}
