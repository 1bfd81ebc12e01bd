import type { EmbeddingModelV4, LanguageModelV4, LanguageModelV4CallOptions, SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { JsonObject } from '../../../protocol/index.ts';
import type { KeyNeed, Model, UsualOutput } from '../../catalogue/model.ts';
import type { Fetch } from '../http/createFetch.ts';
import type { LineMender } from '../http/watchEvents.ts';
import type { OpenReader } from '../readers/reader.ts';

/** What a provider's data file says. No other file knows a provider by name. */
export interface ProviderDefinition {
  /** What `type` of a provider's settings says, and the name of the built-in provider. */
  readonly type: string;
  /** undefined: the settings must give one. */
  readonly baseUrl: string | undefined;
  readonly key: KeyNeed | null;
  /** Whether the server is asked for its models unless the settings say. */
  readonly discover: boolean;
  /** The wires it has, the default first; empty when there is only one. */
  readonly apis: readonly string[];
  /** Imports the package. `api` is one of `apis`, or undefined. */
  load(api: string | undefined): Promise<Connect>;
  /** Reads such an answer in place of the package; undefined: the package does. Not asked where a prompt has options in the package's words. */
  reader?(call: ReaderCall): OpenReader | undefined;
  /** How it makes embeddings; undefined: its package cannot. */
  readonly embeddings?: EmbeddingsDefinition | undefined;
  /** Under which name the package takes its own options and gives metadata, by `api`. */
  namespace(api: string | undefined): string;
  /** Where it keeps what the protocol calls `signature`. */
  readonly signature?: SignaturePlace | undefined;
  /** Which of the options of optionNames its models take. */
  readonly options: readonly OptionName[];
  readonly usualOutput?: UsualOutput | undefined;
  /** What it adds to a call beyond the common mapping of the options. */
  prepare?(call: PrepareCall): PreparedOptions;
  /** Whether function tools and schemas that meet OpenAI's strict rules are marked strict, and others not strict. */
  readonly strictSchemas?: boolean | undefined;
  /** Members of the finished answer's metadata that the next turn has to carry back with the message. */
  readonly messageMetadata?: readonly string[] | undefined;
  /** Whether its package makes up how an answer ended when the provider does not say. */
  readonly guessesFinish?: boolean | undefined;
  /** The price it reports for a call, in exact decimal USD. */
  costUsd?(usage: JsonObject): string | undefined;
  readonly mendBody?: ((body: JsonObject) => JsonObject | undefined) | undefined;
  /** Mends lines of an event stream of this wire. */
  readonly mendLine?: LineMender | undefined;
  /** Mends the JSON text of a request. */
  readonly mendRequest?: ((body: string) => string) | undefined;
}

export type Connect = (connection: Connection) => (modelId: string) => LanguageModelV4;

export interface EmbeddingsDefinition {
  /** The most inputs of one request. */
  readonly inputs: number;
  /** The most requests at a time for one call. */
  readonly parallel: number;
  /** The package's own name of `dimensions`, where it does not take the common one. */
  readonly ownDimensions?: string | undefined;
  load(): Promise<(connection: Connection) => (modelId: string) => EmbeddingModelV4>;
}

export interface Connection {
  readonly baseUrl: string;
  /** A placeholder; undefined where no key is needed. */
  readonly apiKey: string | undefined;
  readonly headers: Record<string, string>;
  readonly fetch: Fetch;
}

export interface SignaturePlace {
  readonly reasoning?: string | undefined;
  readonly toolCall?: string | undefined;
  /** Where a redacted thought is; its `signature` is the whole of it. */
  readonly redacted?: string | undefined;
  /** Given in place of the signature of a thought that has an id and no signature, which the package would leave out. */
  readonly absent?: string | undefined;
}

export interface PrepareCall {
  readonly model: Model;
  readonly options: JsonObject;
  readonly api: string | undefined;
  readonly schema: JsonObject | undefined;
  readonly hasTools: boolean;
}

export interface ReaderCall {
  readonly model: Model;
  readonly api: string | undefined;
  readonly schema: JsonObject | undefined;
}

export interface PreparedOptions {
  /** Replace what the common mapping made. */
  readonly settings?: Partial<CallSettings> | undefined;
  /** Options in the package's own words, below what the prompt gives under the provider's name. */
  readonly own?: JsonObject | undefined;
}

export type CallSettings = Pick<
  LanguageModelV4CallOptions,
  'maxOutputTokens' | 'temperature' | 'stopSequences' | 'topP' | 'topK' | 'presencePenalty' | 'frequencyPenalty' | 'seed' | 'reasoning'
> & { providerOptions?: SharedV4ProviderOptions };

export type OptionName =
  | 'temperature'
  | 'max_tokens'
  | 'top_p'
  | 'top_k'
  | 'stop'
  | 'seed'
  | 'presence_penalty'
  | 'frequency_penalty'
  | 'reasoning';
