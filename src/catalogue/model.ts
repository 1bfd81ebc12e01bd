import type { JsonObject } from '../../protocol/index.ts';
import type { DatedTariff } from '../pricing/tariff.ts';

/** Where the key of a model is looked up after the names that the configuration gives. behaviour 4. */
export interface KeyNeed {
  /** The name in keys.json, and what `needsKey` says: `openai`. */
  readonly name: string;
  /** The secret: `OPENAI_API_KEY`. */
  readonly secret: string;
  /** The provider's own environment variables, in order. */
  readonly variables: readonly string[];
  /** Where to obtain one. */
  readonly obtainUrl?: string | undefined;
}

/** Integer nanocents (1 USD = 100 000 000 000) for one million tokens. */
export interface Price {
  readonly id: string;
  readonly input: bigint;
  readonly output: bigint;
  readonly cacheRead?: bigint | undefined;
  readonly cacheWrite?: bigint | undefined;
  /** Written to a cache that keeps it for an hour; undefined: as `cacheWrite`. */
  readonly cacheWriteHour?: bigint | undefined;
}

export interface ModelFeatures {
  readonly stream: boolean;
  readonly tools: boolean;
  readonly schema: boolean;
  readonly reasoning: boolean;
  /** It turns texts into vectors and answers no prompts. */
  readonly embed?: boolean | undefined;
  /** Media types, such as `image/png`; a trailing `/*` takes all of a kind. */
  readonly attachments: readonly string[];
}

/** The longest answer that is asked for where no `max_tokens` is given, no longer than the model's longest. Tokens. */
export interface UsualOutput {
  readonly plain: number;
  readonly reasoning: number;
}

/** One model that a prompt can be sent to, or that makes embeddings. */
export interface Model {
  /** Canonical, unique in a catalogue. */
  readonly id: string;
  /** The provider's name in the snapshot: `openai`, or the name the configuration gave it. */
  readonly provider: string;
  /** The wire that provider speaks and the price list that applies; undefined: `provider` says it. */
  readonly providerType?: string | undefined;
  /** What the provider calls it on its wire. */
  readonly upstreamId: string;
  readonly name?: string | undefined;
  readonly aliases: readonly string[];
  readonly key: KeyNeed | null;
  readonly features: ModelFeatures;
  readonly contextWindow?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  /** undefined: the provider is asked for as much as it gives. */
  readonly usualOutput?: UsualOutput | undefined;
  readonly price?: Price | undefined;
  /** `prices:` of the configuration, by date, the latest last. From its date on a row comes before `price` and the price list. */
  readonly tariffs?: readonly DatedTariff[] | undefined;
  /** The price list that applies, by its name there; undefined: that of the provider's type. */
  readonly priceList?: string | undefined;
  /** JSON Schema of the options a prompt may give. */
  readonly optionsSchema: JsonObject;
}
