import type { Actor, ContentPart, Cost, Json, JsonObject, Message, ModelInfo, StopReason, Usage } from '../../protocol/index.ts';

/** Gives a plugin back as it is, with its types checked. The module of a plugin has it as its default export. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** Gives an accountant back as it is; what its `reserve` gives is then known in the other two. */
export function defineAccountant<State>(accountant: Accountant<State>): Accountant {
  return accountant;
}

/** Throw it to refuse a prompt: the caller gets `message` unchanged, and `data`, as a `hookRejected` error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly data: Json | undefined;

  constructor(reason: string, data?: Json) {
    super(reason);
    this.data = data;
  }
}

/** Throw it in `reserve` of an accountant: the caller gets `message` unchanged, and `data`, as a `budgetExceeded` error. */
export class BudgetExceeded extends Error {
  override readonly name = 'BudgetExceeded';
  readonly data: Json | undefined;

  constructor(reason: string, data?: Json) {
    super(reason);
    this.data = data;
  }
}

export type Awaitable<Value> = Value | Promise<Value>;

/** Code that runs inside of the sidecar. Every member but `name` is optional, and every function may be async. */
export interface Plugin {
  /** In errors, logs and llm/purposes. */
  readonly name: string;
  /** Lower comes first. Default 0; then plugins before the host, then as in the configuration. */
  readonly order?: number;
  /** Milliseconds that each call may take. Default 30 000. */
  readonly timeoutMs?: number;
  /** What a failure does. Default: before a response it fails the call, after it, it is logged and told. */
  readonly onFailure?: 'fail' | 'skip';
  /** Where it applies: every list that is given has to fit. */
  readonly match?: { readonly purposes?: readonly string[]; readonly models?: readonly string[] };
  /** Asked once, when the plugin is loaded. The first registration of a name wins. */
  registerPurposes?(): Awaitable<readonly Purpose[]>;
  /** Which of these may be used, as models or their names. It can only remove; null: no opinion. */
  filterModels?(models: readonly ModelInfo[], context: AskContext): Awaitable<readonly (string | ModelInfo)[] | null | undefined>;
  /** The model of a call that names none; null: no opinion. `models` are those that may be used. */
  defaultModel?(
    purpose: string | undefined,
    actor: Actor,
    models: readonly string[],
    context: AskContext,
  ): Awaitable<string | null | undefined>;
  /**
   * Around a prompt with all its responses: code before, `const response = yield` or `await next()`, code after. The code
   * after runs however the prompt ended. Throw before it to refuse.
   */
  promptContext?(context: PromptContext, next: () => Promise<PromptResponse>): AsyncGenerator<void, void, PromptResponse> | Promise<void>;
  /** A group has ended and all its responses are complete. */
  groupExit?(group: GroupExitContext): Awaitable<void>;
  /** Asked once, when the plugin is loaded. Prompts choose them by `toolNames`. */
  registerTools?(): Awaitable<readonly PluginTool[]>;
  /** Asked once, when the plugin is loaded. They are asked before every response, and told what it cost. */
  registerAccountants?(): Awaitable<readonly Accountant[]>;
}

export interface Purpose {
  readonly name: string;
  readonly description?: string;
}

/** What every call of a plugin knows. */
export interface AskContext {
  readonly purpose: string | undefined;
  readonly actor: Actor;
  /** The host's own, as it came with the call. */
  readonly metadata: JsonObject | undefined;
  /** How many hooks deep the call is; `llm` counts on by itself. At most 8. */
  readonly depth: number;
  /** Aborted at the deadline, and before the response also when the call is cancelled. */
  readonly signal: AbortSignal;
  /** To prompt models oneself, through the same configuration and hooks. */
  readonly llm: PluginLlm;
}

export interface PromptContext extends AskContext {
  readonly promptId: string;
  /** The canonical id. */
  readonly modelId: string;
  /** The text of the last user turn. */
  readonly prompt: string;
  /** Everything that is sent, without the system prompt. */
  readonly messages: readonly Message[];
  readonly system: string | undefined;
  readonly options: Readonly<JsonObject>;
  readonly group: string | undefined;
  /** Changes what is sent, in every response of the prompt; hooks after this one see it. Only before the response. */
  patch(change: { readonly system?: string; readonly options?: JsonObject }): void;
  /** The same as that of the response, for before it. */
  readonly onResponseDone: OnResponseDone;
}

/**
 * Calls back once for each response that is or will be complete, also on error and cancel; resolves when that is done for
 * those that are complete already. A callback that fails is logged and told in `_meta.hookErrors`, and fails nothing.
 */
export type OnResponseDone = (callback: (response: ResponseDone) => Awaitable<void>) => Promise<void>;

/** One response of the model; a chain of tool calls has several. */
export interface ResponseDone {
  /** From 0. */
  readonly step: number;
  readonly model: string;
  readonly text: string;
  readonly content: readonly ContentPart[];
  readonly usage: Usage;
  readonly cost: Cost;
  readonly status: 'ok' | 'error' | 'cancelled';
  /** Set when the status is `error`. */
  readonly error: unknown;
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

export interface GroupExitContext extends AskContext {
  readonly group: string;
  readonly reason: 'closed' | 'cancelled' | 'disconnected' | 'shutdown';
  readonly prompts: number;
  readonly usage: Usage;
  readonly cost: Cost;
}

/**
 * Has a say in what may be spent, beside the budgets of the configuration: all of them agree, or nothing is sent and those that
 * had agreed are released. After `reserve` comes one of the other two, however the response ended; what they throw is logged
 * and told in `_meta.hookErrors`, and fails nothing.
 */
export interface Accountant<State = unknown> {
  /** Of its own within the plugin. */
  readonly name: string;
  /** Before a response. Throw `Refusal` or `BudgetExceeded` to refuse it. What it gives comes back in the other two. */
  reserve(request: AccountantRequest, signal: AbortSignal): Awaitable<State>;
  /** Something was, or may have been, spent. */
  settle(state: State, end: AccountantEnd): Awaitable<void>;
  /** Nothing was spent: another one refused, the provider did, or the prompt was cancelled before it was sent. */
  release(state: State): Awaitable<void>;
}

export interface AccountantRequest {
  /** Of the response; the same as in the history. */
  readonly id: string;
  readonly promptId: string;
  /** Counts from 0 within the prompt. */
  readonly step: number;
  readonly model: string;
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly groupId: string | undefined;
  /** What the response may cost at most, in exact decimal dollars; null: its price is unknown. */
  readonly reserveUsd: string | null;
}

export interface AccountantEnd {
  /** Exact decimal dollars; null: unknown. */
  readonly costUsd: string | null;
  readonly usage: Usage;
  readonly outcome: 'ok' | 'error' | 'cancelled';
}

export interface PluginTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. Default: any object. */
  readonly inputSchema?: JsonObject;
  /** What it throws goes to the model as a failure of the tool. */
  execute(args: Json, context: PluginToolContext): Awaitable<PluginToolResult>;
}

export type PluginToolResult =
  | string
  | ContentPart[]
  | { readonly content: string | ContentPart[]; readonly isError?: boolean; readonly pause?: boolean };

export interface PluginToolContext {
  readonly promptId: string;
  readonly toolCallId: string;
  readonly actor: Actor;
  readonly group: string | undefined;
  readonly depth: number;
  readonly signal: AbortSignal;
  readonly llm: PluginLlm;
}

export interface PluginLlm {
  /** Rejects like llm/prompt. The actor is that of the call unless given; the purpose and the group are not inherited. */
  prompt(prompt: string, options?: PluginPromptOptions): Promise<PluginAnswer>;
  models(about?: { readonly purpose?: string; readonly actor?: Actor }): Promise<ModelInfo[]>;
}

export interface PluginPromptOptions {
  readonly model?: string;
  readonly purpose?: string;
  readonly actor?: Actor;
  readonly system?: string;
  /** Turns before the prompt. */
  readonly messages?: readonly Message[];
  readonly options?: JsonObject;
  /** JSON Schema that the answer has to satisfy; then `parsed` has it. */
  readonly schema?: JsonObject;
  readonly toolNames?: readonly string[];
  readonly metadata?: JsonObject;
  readonly timeoutMs?: number;
  /** Default: that of the call. */
  readonly signal?: AbortSignal;
}

export interface PluginAnswer {
  readonly text: string;
  readonly parsed: Json | undefined;
  readonly model: string;
  readonly stopReason: StopReason;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly messages: readonly Message[];
}
