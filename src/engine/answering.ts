import { Failure } from '../lib/failure.ts';
import type { Mutable } from '../lib/mutable.ts';
import { fallbackModels } from '../policy/fallbackModels.ts';
import type { Engine } from './engine.ts';
import type { EnteredHooks, HookError, Hooks, HookScope, PromptEnd, PromptScope } from './ports.ts';
import { preparePrompt, type PreparedPrompt } from './preparePrompt.ts';
import type { PromptRequest } from './promptRequest.ts';
import type { Snapshot } from './snapshot.ts';

/** Who answers a prompt: its model and, when that fails, the next of its fallbacks that may, each with its own hooks. */
export interface Answering {
  readonly prepared: PreparedPrompt;
  readonly hooks: EnteredHooks;
  /** Another model takes over; undefined: there is none that may help, and the failure stands. `end` is for the hooks of this one. */
  next(failure: unknown, end: () => PromptEnd): Promise<{ readonly code: string; readonly message: string } | undefined>;
  /** The model that has just taken over may not be used after all. */
  refused(failure: Failure): void;
  /** The failure of the whole: what was tried besides, in words. */
  toldOf(failure: unknown): unknown;
  /** Of all hooks so far. */
  hookErrors(): readonly HookError[];
  /** Of the first hook that did not want the prompt to end well. */
  hookFailure(): unknown;
  leave(end: PromptEnd): Promise<void>;
}

export interface AnsweringContext {
  readonly now: { readonly snapshot: Snapshot; readonly hooks: Hooks };
  readonly request: PromptRequest;
  readonly scope: HookScope;
  readonly prepared: PreparedPrompt;
}

/** Enters the hooks of the first model. */
export async function createAnswering(engine: Engine, { now, request, scope, prepared: first }: AnsweringContext): Promise<Answering> {
  const enter = ({ model }: PreparedPrompt): Promise<EnteredHooks> => {
    const promptScope: PromptScope = { ...scope, promptId: request.promptId, groupId: request.groupId, model: model.id };
    return now.hooks.enter(promptScope);
  };
  const left = fallbackModels(now.snapshot.reliability.fallbacks, first.model.id, scope.purpose);
  const notUsed: string[] = [];
  const failed: string[] = [];
  const earlier: EnteredHooks[] = [];
  const prepareFallback = async (name: string, failure: Failure): Promise<PreparedPrompt> => {
    const next = await preparePrompt(engine, now, { ...request, model: name }, { ...scope, groupModel: null });
    if (failure.kind === 'contextLength' && (next.model.contextWindow ?? 0) <= (answering.prepared.model.contextWindow ?? 0))
      throw new Failure('contextLength', 'It is not known to have a larger context window.');
    return next;
  };

  const answering: Mutable<Answering> = {
    prepared: first,
    hooks: await enter(first),
    async next(failure, end) {
      if (!mayHelp(failure)) return undefined;
      for (let name = left.shift(); name !== undefined; name = left.shift()) {
        try {
          const { prepared, hooks } = answering;
          const next = await prepareFallback(name, failure);
          const entered = await enter(next);
          await hooks.leave(end());
          earlier.push(hooks);
          failed.push(`${prepared.model.id} (${failure.kind})`);
          const message = `${prepared.model.id} did not answer (${failure.kind}): ${next.model.id} answers in its place.`;
          answering.prepared = next;
          answering.hooks = entered;
          return { code: 'fallback', message };
        } catch (error) {
          if (!(error instanceof Failure) || scope.signal.aborted) throw error;
          notUsed.push(`${name}: ${error.message}`);
        }
      }
      return undefined;
    },
    refused: ({ message }) => void notUsed.push(`${answering.prepared.model.id}: ${message}`),
    toldOf(failure) {
      if (!(failure instanceof Failure) || failed.length + notUsed.length === 0) return failure;
      const before = failed.length === 0 ? '' : ` It was asked in place of ${failed.join(' and ')}.`;
      const others = notUsed.length === 0 ? '' : ` Fallbacks that could not be used: ${notUsed.join(' ')}`;
      return new Failure(failure.kind, `${failure.message}${before}${others}`, failure.detail, { cause: failure.cause });
    },
    hookErrors: () => [...earlier, answering.hooks].flatMap(({ errors }) => errors),
    hookFailure: () => [...earlier, answering.hooks].find((each) => each.failure !== undefined)?.failure,
    leave: (end) => answering.hooks.leave(end),
  };
  return answering;
}

/** Failures of a model or of the way to it, which another may not have. Those of the caller come again with every model. */
function mayHelp(failure: unknown): failure is Failure {
  if (!(failure instanceof Failure)) return false;
  const { kind, detail } = failure;
  if (kind === 'providerError')
    return detail.retryable !== false || (detail.provider?.status ?? 0) >= 500 || detail.provider?.status === 404;
  return helpful.has(kind);
}

const helpful: ReadonlySet<string> = new Set([
  'providerAuth',
  'providerQuota',
  'providerTimeout',
  'rateLimited',
  'overloaded',
  'modelNotFound',
  'contextLength',
]);
