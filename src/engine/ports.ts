import type { Actor, ContentPart, JsonObject, KeySource, Message, ModelInfo, StopReason, ToolChoice, ToolSpec, Usage } from '../../protocol/index.ts';
import type { KeyNeed, Model, Price } from '../catalogue/model.ts';

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
  readonly signal: AbortSignal;
}

/** `part` counts from 0 within the call. Every part that begins also ends, unless the call fails. */
export type ModelEvent =
  | { type: 'part'; part: number; kind: 'text' | 'reasoning' | 'toolCall' | 'attachment'; toolCallId?: string | undefined; name?: string | undefined }
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
}

export interface FoundKey {
  readonly value: string;
  readonly source: KeySource;
  /** Named secrets that were unset, in the order they were tried. behaviour 4.1. */
  readonly missed: readonly string[];
}

export interface KeyRing {
  find(request: KeyRequest): Promise<FoundKey | { readonly value: null; readonly missed: readonly string[] }>;
}

/** A place where secrets are, by name. Two homes: the environment, the encrypted store. */
export interface SecretSource {
  readonly source: KeySource;
  get(name: string, use: { actor: Actor; purpose: string | undefined; count: boolean }): Promise<string | null>;
}

// ---- hooks: code of plugins and of the host around every prompt ------------------------------------------------

export interface HookScope {
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly metadata: JsonObject | undefined;
  readonly signal: AbortSignal;
}

export interface PromptStart extends HookScope {
  readonly promptId: string;
  readonly groupId: string | undefined;
  readonly step: number;
  readonly model: string;
  readonly system: string | undefined;
  readonly options: JsonObject;
  readonly messages: readonly Message[];
}

export interface PromptEnd {
  readonly outcome: 'ok' | 'error' | 'cancelled';
  readonly error: unknown;
  readonly usage: Usage;
  readonly content: readonly ContentPart[];
  readonly durationMs: number;
}

export interface GroupExit {
  readonly groupId: string;
  readonly reason: 'closed' | 'cancelled' | 'disconnected' | 'shutdown';
  readonly prompts: number;
  readonly usage: Usage;
}

/** One registered hook; each member is optional. Plugins and the host register these. behaviour 7. */
export interface Hook {
  readonly id: string;
  readonly order: number;
  readonly match?: { readonly purposes?: readonly string[] | undefined; readonly models?: readonly string[] | undefined } | undefined;
  filterModels?(models: readonly ModelInfo[], scope: HookScope): Promise<readonly string[] | null>;
  defaultModel?(models: readonly string[], scope: HookScope): Promise<string | null>;
  /** May throw to refuse the prompt. What it returns is called once, when the response has ended, however it ended. */
  promptStart?(start: PromptStart): Promise<((end: PromptEnd) => Promise<void>) | void>;
  groupExit?(exit: GroupExit): Promise<void>;
}

/** All hooks of a call as one: hooks/composeHooks.ts. */
export interface Hooks {
  /** Whether anyone would be asked: without, a prompt need not list the models. */
  has(point: 'filterModels' | 'defaultModel', purpose: string | undefined): boolean;
  filterModels(models: readonly ModelInfo[], scope: HookScope): Promise<readonly ModelInfo[]>;
  defaultModel(models: readonly string[], scope: HookScope): Promise<string | null>;
  /** Enters in order; the returned function leaves in reverse order and never rejects. */
  promptStart(start: PromptStart): Promise<(end: PromptEnd) => Promise<void>>;
  /** Runs all, also when one fails. */
  groupExit(exit: GroupExit): Promise<{ ran: number; failed: { registrationId: string; message: string }[] }>;
}

// ---- attachments -----------------------------------------------------------------------------------------------

/** Reads the files that attachments name and finds their media types: every attachment left has a `mediaType`. */
export type LoadAttachments = (messages: readonly Message[], signal: AbortSignal) => Promise<readonly Message[]>;

// ---- money -----------------------------------------------------------------------------------------------------

/** What tokens cost. An unknown price is null, never zero. */
export interface Prices {
  price(model: Model): Promise<Price | undefined>;
  cost(model: Model, usage: Usage, at: Date): Promise<{ readonly nanocents: bigint; readonly priceId: string } | null>;
}

/** Reserve before, settle after. One caller: engine/withReservation.ts. Integer nanocents. */
export interface Ledger {
  reserve(request: { id: string; model: string; purpose: string | undefined; actor: Actor; groupId: string | undefined; nanocents: bigint | null }): Promise<Reservation>;
}

export interface Reservation {
  /** `null`: the price is unknown. */
  settle(nanocents: bigint | null): Promise<void>;
  /** Nothing was spent. */
  release(): Promise<void>;
}
