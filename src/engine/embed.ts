import type { Actor, Cost, JsonObject, KeySource, Usage } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { Failure } from '../lib/failure.ts';
import { deadlinesFor } from '../policy/timeouts.ts';
import { chooseModel } from './chooseModel.ts';
import { nothingSpent } from './costOf.ts';
import type { Engine } from './engine.ts';
import type { GroupEntry } from './groups.ts';
import type { HookError, PromptScope, Provider } from './ports.ts';
import { checkPatched } from './checkPatched.ts';
import { checkOptions, findKey } from './preparePrompt.ts';
import { scopeOf, type PromptControl } from './runPrompt.ts';
import { sendBatches, type EmbedBatches } from './sendBatches.ts';
import { createStop, type Stop } from './stop.ts';
import type { TraceContext } from './telemetryPort.ts';
import { shareOf } from './throughGate.ts';
import { withReservation, type Held, type Spending } from './withReservation.ts';

export interface EmbedRequest {
  /** What hooks, the group and the ledger call it. */
  readonly embedId: string;
  readonly model: string | undefined;
  readonly purpose: string | undefined;
  readonly actor: Actor | undefined;
  readonly groupId: string | undefined;
  readonly input: readonly string[];
  readonly options: JsonObject;
  readonly timeoutMs: number | undefined;
  readonly metadata: JsonObject | undefined;
  readonly depth: number;
  /** undefined: the caller did not say. */
  readonly traceContext?: TraceContext | undefined;
}

export interface EmbedOutcome {
  readonly model: string;
  readonly keySource: KeySource | undefined;
  /** One vector for each input, in its order. */
  readonly embeddings: readonly (readonly number[])[];
  readonly usage: Usage;
  readonly cost: Cost;
  readonly warnings: readonly { code: string; message: string }[];
  readonly hookErrors: readonly HookError[];
}

/**
 * Turns texts into vectors through the policy, keys, hooks, group and money of a prompt. A failure has what was spent as
 * `detail.partial`; cancelled it rejects with `cancelled`.
 */
export async function embed(engine: Engine, request: EmbedRequest, control: PromptControl): Promise<EmbedOutcome> {
  const all = async (): Promise<EmbedOutcome> => embedInGroup(engine, request, control);
  return engine.telemetry === undefined ? all() : engine.telemetry.embed(request, all);
}

async function embedInGroup(engine: Engine, request: EmbedRequest, control: PromptControl): Promise<EmbedOutcome> {
  const { groupId, embedId } = request;
  const entry = groupId === undefined ? undefined : engine.groups.enter(groupId);
  const stop = createStop([...control.cancels, ...(entry ? [entry.signal] : [])], request.timeoutMs);
  try {
    stop.signal.throwIfAborted();
    await control.takePlace?.(stop.signal);
    stop.signal.throwIfAborted();
    const outcome = await run(engine, request, { entry, stop });
    entry?.leave({ promptId: embedId, status: 'ok', usage: outcome.usage, cost: outcome.cost });
    return outcome;
  } catch (thrown) {
    const error = thrown instanceof Failure || !stop.signal.aborted ? thrown : stopFailure(stop);
    const { usage, cost } = error instanceof Failure ? (error.detail.partial ?? nothingSpent) : nothingSpent;
    entry?.leave({ promptId: embedId, status: stop.cause === 'cancelled' ? 'cancelled' : 'error', usage, cost, error });
    throw error;
  } finally {
    stop.release();
  }
}

async function run(
  engine: Engine,
  request: EmbedRequest,
  { entry, stop }: { entry: GroupEntry | undefined; stop: Stop },
): Promise<EmbedOutcome> {
  const now = { snapshot: engine.snapshot(), hooks: engine.hooks() };
  const { embedId: promptId, groupId, input } = request;
  const scope = scopeOf(request, entry, stop.signal);
  const { rules, providers, limits, money, keepContent, reliability } = now.snapshot;
  const model = await chooseModel(engine, now, request.model ?? entry?.scope.model ?? undefined, { ...scope, embeds: true });
  const provider = embedder(model, providers.get(model.provider));
  const purpose = scope.purpose === undefined ? undefined : rules.purposes.get(scope.purpose);
  const options = { ...rules.modelOptions.get(model.id), ...purpose?.options, ...request.options };
  checkOptions(model, options);
  const { key, warnings } = await findKey(engine, now.snapshot, model, scope);
  const deadlines = deadlinesFor(reliability.timeouts, model, scope.purpose);
  stop.within(deadlines.total);

  const promptScope: PromptScope = { ...scope, promptId, groupId, model: model.id };
  const hooks = await now.hooks.enter(promptScope);
  const started = performance.now();
  const end = (sent: Pick<EmbedBatches, 'usage' | 'cost' | 'failure'>) => ({
    outcome: sent.failure === undefined ? ('ok' as const) : stop.cause === 'cancelled' ? ('cancelled' as const) : ('error' as const),
    error: sent.failure,
    usage: sent.usage,
    cost: sent.cost,
    content: [],
    durationMs: performance.now() - started,
  });
  const noted: { warning: Held['warning']; hookErrors: readonly HookError[] } = { warning: undefined, hookErrors: [] };
  let sent: EmbedBatches;
  try {
    const messages = input.map((content) => ({ role: 'user', content }));
    const start = await hooks.stepStart({ step: 0, system: undefined, options, messages });
    try {
      checkPatched(model, options, start);
      const { purpose, actor } = scope;
      const spending: Spending = {
        kind: 'embed',
        promptId,
        step: 0,
        groupId,
        group: entry?.scope.reservation,
        conversationId: undefined,
        model,
        purpose,
        actor,
        keySource: key.source,
        sent: { system: undefined, messages, tools: [], schema: undefined, options: start.options },
        signal: stop.signal,
      };
      const spent = await withReservation(engine, money, spending, async (held) => {
        noted.warning = held.warning;
        const { restAfterFailures } = reliability;
        const send = {
          provider,
          model,
          key: key.value,
          input,
          options: start.options,
          deadlines,
          stop,
          retries: limits.retries,
          restAfterFailures,
          share: shareOf(scope),
        };
        const done = await sendBatches(engine, send, held);
        const content = keepContent ? { system: undefined, messages, answer: [] } : undefined;
        const stopReason = done.failure === undefined ? 'end' : stop.cause === 'cancelled' ? 'cancelled' : 'interrupted';
        return { ...done, stopReason, content };
      });
      noted.hookErrors = spent.hookErrors;
      sent = spent.result;
    } catch (error) {
      await hooks.stepEnd(0, end({ ...nothingSpent, failure: error }));
      throw error;
    }
  } catch (error) {
    await hooks.leave(end({ ...nothingSpent, failure: error }));
    throw error;
  }
  await hooks.stepEnd(0, end(sent));
  await hooks.leave(end(sent));
  const { embeddings, usage, cost, failure } = sent;
  if (failure !== undefined) throw withSpent(stop.signal.aborted ? stopFailure(stop) : failure, { usage, cost });
  return {
    model: model.id,
    keySource: key.source,
    embeddings,
    usage,
    cost,
    warnings: noted.warning ? [...warnings, noted.warning] : warnings,
    hookErrors: [...hooks.errors, ...noted.hookErrors],
  };
}

export type EmbedProvider = Provider & Required<Pick<Provider, 'embed'>>;

function embedder(model: Model, provider: Provider | undefined): EmbedProvider {
  if (!provider) throw new Failure('modelNotFound', `The provider "${model.provider}" of ${model.id} is no longer configured.`);
  if (model.features.embed === true && provider.embed) return provider as EmbedProvider;
  throw new Failure(
    'unsupportedFeature',
    `${model.id} does not make embeddings: name a model that does. llm/models marks those with features.embed.`,
    { required: 'embed' },
  );
}

function stopFailure(stop: Stop): Failure {
  return stop.cause === 'cancelled' ? new Failure('cancelled', 'The embedding was cancelled.') : stop.timeoutFailure();
}

function withSpent(failure: unknown, spent: { usage: Usage; cost: Cost }): unknown {
  if (!(failure instanceof Failure)) return failure;
  return new Failure(failure.kind, failure.message, { ...failure.detail, partial: { content: [], ...spent } }, { cause: failure.cause });
}
