import type {
  Actor,
  ContentPart,
  Cost,
  Json,
  JsonObject,
  KeySource,
  Message,
  ModelInfo,
  StopReason,
  ToolChoice,
  ToolSpec,
  Usage,
} from '../../protocol/index.ts';
import type { KeyNeed, Model } from '../catalogue/model.ts';
import type { Deadlines } from '../policy/timeouts.ts';
import type { Asking, NoKey } from './secretsPorts.ts';

// ---- providers: who answers a prompt. Two homes: providers/aiSdk, providers/echo ---------------------------------

/** One model call. The adapter makes exactly one attempt; retries and fallbacks are decided outside. */
export interface ProviderCall {
  readonly model: Model;
  readonly key: string | null;
  readonly system: string | undefined;
  readonly messages: readonly Message[];
  /** Already checked against `model.optionsSchema`. */
  readonly options: JsonObject;
  readonly schema: JsonObject | undefined;
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice | undefined;
  /** Whether the answer is wanted piece by piece. An adapter may still deliver it in one. */
  readonly stream: boolean;
  /** Of this call alone; the total is the engine's. Default: the adapter's own. */
  readonly deadlines?: Deadlines | undefined;
  readonly signal: AbortSignal;
}

/** `part` counts from 0 within the call. Every part that begins also ends, unless the call fails. */
export type ModelEvent =
  | {
      type: 'part';
      part: number;
      kind: 'text' | 'reasoning' | 'toolCall' | 'attachment';
      toolCallId?: string | undefined;
      name?: string | undefined;
    }
  | { type: 'text' | 'reasoning' | 'toolArgs'; part: number; text: string }
  | { type: 'partEnd'; part: number; content?: ContentPart | undefined }
  | { type: 'usage'; usage: Usage }
  | { type: 'warning'; code: string; message: string };

export interface ModelFinish {
  /** `interrupted` when the provider closed the stream without saying how the answer ended. */
  readonly stopReason: StopReason;
  /** Members null or absent where the provider was silent. */
  readonly usage: Usage;
  readonly responseId?: string | undefined;
  /** What the provider reported as the price of this call, in exact decimal USD, if it does (OpenRouter). */
  readonly costUsd?: string | undefined;
  /** Opaque values for the assistant message of the next turn. */
  readonly providerMetadata?: JsonObject | undefined;
}

export interface Provider {
  readonly name: string;
  /**
   * Calls `emit` synchronously for each event and resolves when the answer is complete. Throws a `Failure` for anything
   * the provider or the network did wrong (never its raw error: that holds the prompt and the key), and the signal's
   * reason when it was aborted.
   */
  prompt(call: ProviderCall, emit: (event: ModelEvent) => void): Promise<ModelFinish>;
  /** Takes a `schema` also for models that have tools and no schemas: the answer is then a call of a tool. */
  readonly schemaByTool?: boolean | undefined;
  /** For models that have `features.embed`: one request. Throws like `prompt`. */
  embed?(call: EmbedCall): Promise<EmbedFinish>;
  /** Default: all inputs in one request. */
  readonly embedLimits?: EmbedLimits | undefined;
}

export interface EmbedLimits {
  /** The most inputs of one request. */
  readonly inputs: number;
  /** The most requests at a time for one call. */
  readonly parallel: number;
}

export interface EmbedCall {
  readonly model: Model;
  readonly key: string | null;
  readonly input: readonly string[];
  readonly options: JsonObject;
  readonly deadlines?: Deadlines | undefined;
  readonly signal: AbortSignal;
}

export interface EmbedFinish {
  /** One vector for each input, in its order. */
  readonly embeddings: readonly (readonly number[])[];
  readonly usage: Usage;
}

// ---- keys ------------------------------------------------------------------------------------------------------

export interface KeyRequest {
  /** Secrets named in the configuration for this model, most specific first. policy/keyName.ts. */
  readonly named: readonly { readonly secret: string; readonly source: 'purpose' | 'default' }[];
  readonly need: KeyNeed;
  readonly actor: Actor;
  readonly purpose: string | undefined;
  /** `strict_keys`: a named secret that is unset ends the search. */
  readonly strict: boolean;
  /** false when only looking (a listing): it does not count as a use of the secret. behaviour 3.5. */
  readonly use: boolean;
  /** The same object for all requests of one listing: each distinct secret is then looked up once. behaviour 3.5. */
  readonly listing?: object | undefined;
  /** undefined: nobody waits for it, so that the host is not asked. */
  readonly asking?: Asking | undefined;
}

export interface FoundKey {
  readonly value: string;
  readonly source: KeySource;
  /** The secret, the entry of keys.json or the variable it was found under. */
  readonly name: string;
  /** Named secrets that were unset, in the order they were tried. behaviour 4.1. */
  readonly missed: readonly string[];
}

export interface KeyRing {
  find(request: KeyRequest): Promise<FoundKey | NoKey>;
}

// ---- hooks: code of plugins and of the host around every prompt ------------------------------------------------

export interface HookScope {
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly metadata: JsonObject | undefined;
  /** How many hooks deep the call is that asks. */
  readonly depth: number;
  readonly signal: AbortSignal;
}

/** A prompt with all its steps; the hooks of a call are entered once for it. */
export interface PromptScope extends HookScope {
  readonly promptId: string;
  readonly groupId: string | undefined;
  readonly model: string;
}

/** One response is about to be asked for. */
export interface StepStart {
  readonly step: number;
  readonly system: string | undefined;
  readonly options: JsonObject;
  readonly messages: readonly Message[];
}

/** What a hook changes before a response is asked for; later hooks see it. */
export interface StepPatch {
  readonly system?: string | undefined;
  readonly options?: JsonObject | undefined;
}

/** How a response, or the whole prompt, ended. */
export interface PromptEnd {
  readonly outcome: 'ok' | 'error' | 'cancelled';
  readonly error: unknown;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly content: readonly ContentPart[];
  readonly durationMs: number;
}

export interface GroupExit extends Omit<HookScope, 'signal'> {
  readonly groupId: string;
  readonly reason: 'closed' | 'cancelled' | 'disconnected' | 'shutdown';
  readonly prompts: number;
  readonly usage: Usage;
  readonly cost: Cost;
}

/** What a hook does around one prompt. Every member is optional. */
export interface PromptHook {
  /** Before each response. Throws to refuse it: a `Failure` reaches the caller unchanged. The signal: cancelled, or too late. */
  stepStart?(start: StepStart, signal: AbortSignal): Promise<StepPatch | void>;
  /** Once for each `stepStart` that went on. The signal: too late; a cancel does not reach it. */
  stepEnd?(step: number, end: PromptEnd, signal: AbortSignal): Promise<void>;
  /** Once, when the prompt has ended. */
  leave?(end: PromptEnd, signal: AbortSignal): Promise<void>;
}

/** One registered hook; each point is optional. Plugins and the host register these. behaviour 7. */
export interface Hook {
  readonly id: string;
  /** `host`, or the name of a plugin. */
  readonly registeredBy: string;
  /** Lower comes first. Default 0. */
  readonly order?: number | undefined;
  readonly match?: { readonly purposes?: readonly string[] | undefined; readonly models?: readonly string[] | undefined } | undefined;
  /** Milliseconds that each call of it may take. Default 30 000; Infinity: it keeps deadlines of its own. */
  readonly timeoutMs?: number | undefined;
  /** Default: `fail` before a response, `skip` after it. */
  readonly onFailure?: 'fail' | 'skip' | undefined;
  /** After a response, where that is another answer than `onFailure`. */
  readonly onEndFailure?: 'fail' | 'skip' | undefined;
  filterModels?(models: readonly ModelInfo[], scope: HookScope): Promise<readonly string[] | null>;
  defaultModel?(models: readonly string[], scope: HookScope): Promise<string | null>;
  /** The prompt has its model. Throws to refuse the whole prompt. */
  prompt?(scope: PromptScope): Promise<PromptHook | void>;
  groupExit?(exit: GroupExit, signal: AbortSignal): Promise<void>;
}

export type HookPoint = 'filterModels' | 'defaultModel' | 'prompt' | 'groupExit';

/** A hook that failed where a failure is skipped: `_meta.hookErrors`. */
export interface HookError {
  readonly registrationId: string;
  readonly message: string;
}

/** All hooks as one: hooks/composeHooks.ts. A prompt keeps those it started with. */
export interface Hooks {
  /** Those that would be asked, in order. */
  list(point: HookPoint, scope: { readonly purpose: string | undefined; readonly model?: string | undefined }): readonly Hook[];
  /** `heard` is told what each hook left over, in order. */
  filterModels(
    models: readonly ModelInfo[],
    scope: HookScope,
    heard?: (hook: Hook, left: readonly ModelInfo[]) => void,
  ): Promise<readonly ModelInfo[]>;
  defaultModel(models: readonly string[], scope: HookScope): Promise<string | null>;
  enter(scope: PromptScope): Promise<EnteredHooks>;
  /** Runs all, also when one fails. */
  groupExit(exit: GroupExit): Promise<{ ran: number; failed: HookError[] }>;
}

/** The hooks of one prompt: enters in order, leaves in reverse. */
export interface EnteredHooks {
  /** Gives the start as the hooks changed it. When one refuses, those that had started get their end, and it throws. */
  stepStart(start: StepStart): Promise<StepStart>;
  /** Never rejects. */
  stepEnd(step: number, end: PromptEnd): Promise<void>;
  /** Never rejects. */
  leave(end: PromptEnd): Promise<void>;
  /** Failures that were skipped so far. */
  readonly errors: readonly HookError[];
  /** The first failure after a response that is not to be skipped (`onFailure: fail`); undefined: none. */
  readonly failure: unknown;
}

// ---- tools -----------------------------------------------------------------------------------------------------

export interface ToolCall {
  readonly promptId: string;
  readonly step: number;
  readonly toolCallId: string;
  readonly name: string;
  readonly args: Json;
  readonly groupId: string | undefined;
  readonly actor: Actor;
  readonly depth: number;
}

export interface ToolOutcome {
  readonly content: string | ContentPart[];
  readonly isError?: boolean | undefined;
  /** Ends the prompt with `paused`; this call has no result yet. */
  readonly pause?: boolean | undefined;
}

/** Who answers a call. Three homes: the host (tool/call), plugins, MCP servers. */
export type AnswerTool = (call: ToolCall, signal: AbortSignal) => Promise<ToolOutcome>;

export interface Tool {
  readonly spec: ToolSpec;
  readonly registeredBy: string;
  readonly answer: AnswerTool;
}

/** How an MCP server is reached: a program, or an address. */
export type McpServerSettings = { readonly name: string } & (
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string | undefined;
    }
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
);

/** The tools of plugins and MCP servers. */
export interface ToolBox {
  /** By the names a prompt gives: a tool's, or `server/*` for all of an MCP server, which is started for it. Throws toolNotFound. */
  pick(names: readonly string[], signal: AbortSignal): Promise<readonly Tool[]>;
  /** Everything there is, without starting a server. */
  list(): readonly { readonly name: string; readonly registeredBy: string }[];
}
