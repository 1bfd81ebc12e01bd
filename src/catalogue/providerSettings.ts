import type { JsonObject } from '../../protocol/index.ts';
import type { ModelFeatures } from './model.ts';

/** One entry of `providers:` in the configuration, as the provider rooms take it. */
export interface ProviderSettings {
  /** The key under `providers:`; a built-in name (`openai`) changes that provider, another adds one. */
  readonly name: string;
  /** The wire it speaks: a built-in provider's name or `openai-compatible`. */
  readonly type: string;
  readonly baseUrl: string | undefined;
  /** Which of the provider's wires, where it has several: `responses` or `chat`. */
  readonly api: string | undefined;
  /** The name of the secret; undefined: the type's usual one. For `openai-compatible` undefined means no key. */
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Whose prices in the price list its models have; undefined: those of its type. */
  readonly priceList?: string | undefined;
  /** Ask the server for its models. undefined: the type decides. */
  readonly discover: boolean | undefined;
  readonly models: readonly ConfiguredModel[];
}

export interface ConfiguredModel {
  readonly id: string;
  /** What the server calls it; undefined: `id`. */
  readonly upstreamId: string | undefined;
  readonly name: string | undefined;
  readonly aliases: readonly string[];
  readonly features: Partial<ModelFeatures>;
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly price: ConfiguredPrice | undefined;
  readonly optionsSchema: JsonObject | undefined;
  /** Overrides of the provider's settings for this model alone (extra-openai-models.yaml has such). */
  readonly baseUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** The name of the key in keys.json, and so of the secret; null: needs none; undefined: the provider's. */
  readonly keyName: string | null | undefined;
}

/** Exact decimal USD for one million tokens, as written in the configuration. */
export interface ConfiguredPrice {
  readonly input: string;
  readonly output: string;
  readonly cacheRead: string | undefined;
  readonly cacheWrite: string | undefined;
}
