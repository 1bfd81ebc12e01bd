import type { Actor, Cost, HookRegistration, JsonObject, Json, Message, ModelInfo, Usage } from '../protocol/index.ts';
import type { LLMError } from './errors.ts';

/**
 * Your code around every prompt. Each member is a function, or an object with that function as `run` and settings beside it.
 * @example
 * const llm = new LLM({
 *   hooks: {
 *     filterModels: (models, { actor }) => (actor?.id === 'guest' ? models.filter(({ price }) => price === undefined) : null),
 *     promptContext: async function* (context) {
 *       if (context.prompt?.includes('secret')) throw new Error('Leave secrets out.'); // the caller gets this
 *       const response = yield;
 *       console.error(context.actor?.id, response.usage.outputTokens);
 *     },
 *   },
 * });
 */
export interface Hooks {
  /** Which of these models may be used? It can only take away. null: no opinion. */
  filterModels?: Hook<FilterModels> | undefined;
  /** Which model for a call that names none? null: no opinion. */
  defaultModel?: Hook<DefaultModel> | undefined;
  /** Around a prompt with all its responses. */
  promptContext?: Hook<AroundPrompt> | undefined;
  /** A group has ended, and all its responses are complete. */
  groupExit?: Hook<GroupExit> | undefined;
}

export type Hook<Run> = Run | (HookSettings & { readonly run: Run });

/** `include` says what of a prompt the hook is told: by default all of it, the content only for `promptContext`. */
export interface HookSettings extends Pick<HookRegistration, 'order' | 'match' | 'timeoutMs' | 'onFailure' | 'include'> {
  /** What errors and the sidecar's log call it. Default: its point and a number. */
  readonly id?: string | undefined;
}

/** What every hook is told about the call. */
export interface HookScope {
  readonly promptId?: string | undefined;
  readonly groupId?: string | undefined;
  readonly purpose?: string | undefined;
  readonly actor?: Actor | undefined;
  readonly metadata?: JsonObject | undefined;
  /** Aborted when nobody waits for the hook any more. */
  readonly signal: AbortSignal;
}

type Named = string | { readonly id: string };
type Awaitable<Value> = Value | Promise<Value>;

export type FilterModels = (models: readonly ModelInfo[], scope: HookScope) => Awaitable<readonly Named[] | null | undefined>;
export type DefaultModel = (scope: HookScope & { readonly models: readonly string[] }) => Awaitable<Named | null | undefined>;
export type GroupExit = (group: EndedGroup) => unknown;
/**
 * An async generator that yields once, or an async function that calls `next()` once. What comes before sees the prompt and
 * refuses it by throwing; what comes after sees the complete answer. It may yield, or give to `next`, a change of the prompt.
 */
export type AroundPrompt = (
  context: PromptContext,
  next: (patch?: PromptPatch | void) => Promise<HookedPrompt>,
) => AsyncGenerator<PromptPatch | undefined | void, void, HookedPrompt> | Promise<void>;

/** What a hook changes in every response of the prompt: the system prompt, and options over those there are. */
export interface PromptPatch {
  readonly system?: string | undefined;
  readonly options?: JsonObject | undefined;
}

export interface PromptContext extends HookScope {
  readonly promptId: string;
  /** The id of the model. */
  readonly model: string;
  /** The text of the last user turn. */
  readonly prompt?: string | undefined;
  readonly system?: string | undefined;
  readonly options?: JsonObject | undefined;
  readonly messages?: readonly Message[] | undefined;
  /** Those that have ended so far; a chain of tool calls has several. */
  readonly responses: readonly HookedResponse[];
  /** Calls `callback` once for each response when it has ended, also for those that have already. */
  onResponseDone(callback: (response: HookedResponse) => unknown): void;
}

/** One response of the model, or a whole prompt, that has ended in whatever way. */
export interface Ended {
  /** Also what came of one that failed. Empty if the hook does not include the content. */
  readonly text: string;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly status: 'ok' | 'error' | 'cancelled';
  readonly error?: LLMError | undefined;
}

export interface HookedResponse extends Ended {
  /** Counts from 0 within its prompt. */
  readonly step: number;
  readonly model: string;
  readonly durationMs: number;
}

export interface HookedPrompt extends Ended {
  readonly responses: readonly HookedResponse[];
  /** The answer as the schema of the prompt has it. */
  readonly parsed?: Json | undefined;
  onResponseDone(callback: (response: HookedResponse) => unknown): void;
}

export interface EndedGroup extends HookScope {
  readonly groupId: string;
  readonly reason: 'closed' | 'cancelled' | 'disconnected' | 'shutdown' | (string & {});
  /** How many prompts it had. */
  readonly prompts: number;
  readonly usage: Usage;
  readonly cost: Cost;
}
