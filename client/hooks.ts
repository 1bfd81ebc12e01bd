import type { Actor, ContentPart, Cost, HookRegistration, JsonObject, Message, ModelInfo, Usage } from '../protocol/index.ts';
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
  /** The id of the group it belongs to. */
  readonly group?: string | undefined;
  readonly purpose?: string | undefined;
  readonly actor?: Actor | undefined;
  readonly metadata?: JsonObject | undefined;
  /** How many hooks deep the call is: a prompt that a hook makes is one deeper. At most 8. */
  readonly depth: number;
  /** Aborted when nobody waits for the hook any more. */
  readonly signal: AbortSignal;
}

type Awaitable<Value> = Value | Promise<Value>;
type Named = string | { readonly id: string };

export type FilterModels = (models: readonly ModelInfo[], scope: HookScope) => Awaitable<readonly Named[] | null | undefined>;
export type DefaultModel = (scope: HookScope & { readonly models: readonly string[] }) => Awaitable<Named | null | undefined>;
export type GroupExit = (group: EndedGroup) => unknown;
/**
 * An async generator that yields once, or an async function that awaits `next()` once. The code before sees the prompt, and
 * refuses it by throwing an `Error` (its message reaches the caller, and its `data`); a `TypeError` and the like are failures
 * of the hook. The code after sees how the prompt ended, however that was, and is waited for before the caller has the answer.
 */
export type AroundPrompt = (
  context: PromptContext,
  next: () => Promise<PromptResponse>,
) => AsyncGenerator<void, void, PromptResponse> | Promise<void>;

export interface PromptContext extends HookScope {
  readonly promptId: string;
  readonly modelId: string;
  /** The text of the last user turn; this and the next four as the first response is asked for them. */
  readonly prompt?: string | undefined;
  readonly messages?: readonly Message[] | undefined;
  readonly system?: string | undefined;
  readonly options?: JsonObject | undefined;
  /** Changes what is sent, in every response of the prompt: the system prompt, and options over those there are. */
  patch(change: PromptPatch): void;
  readonly onResponseDone: OnResponseDone;
}

export interface PromptPatch {
  readonly system?: string | undefined;
  readonly options?: JsonObject | undefined;
}

/**
 * Calls back once for each response that is or will be complete, also on error and cancel; resolves when that is done for
 * those that are complete already. A callback that fails fails nothing: it is told in `_meta.hookErrors` of the result.
 */
export type OnResponseDone = (callback: (response: ResponseDone) => unknown) => Promise<void>;

/** One response of the model; a chain of tool calls has several. */
export interface ResponseDone {
  /** Counts from 0 within its prompt. */
  readonly step: number;
  readonly model: string;
  /** As far as it came. Empty, as `content` is, if the hook does not include the content. */
  readonly text: string;
  readonly content: readonly ContentPart[];
  readonly usage: Usage;
  readonly cost: Cost;
  readonly status: 'ok' | 'error' | 'cancelled';
  readonly error?: LLMError | undefined;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** How a prompt ended; `text`, `usage` and `cost` are of all its responses. */
export interface PromptResponse extends Omit<ResponseDone, 'step' | 'model'> {
  /** The last one; undefined: none was begun. */
  readonly response: ResponseDone | undefined;
  readonly responses: readonly ResponseDone[];
  readonly purpose: string | undefined;
  readonly group: string | undefined;
  readonly onResponseDone: OnResponseDone;
}

export interface EndedGroup extends HookScope {
  readonly group: string;
  readonly reason: 'closed' | 'cancelled' | 'disconnected' | 'shutdown' | (string & {});
  /** How many it had. */
  readonly prompts: number;
  readonly usage: Usage;
  readonly cost: Cost;
}
