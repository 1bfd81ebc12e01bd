import type { ModelFeatures } from './model.ts';

/** A model that is known without asking anyone: one row of the tables in builtIn/. */
export interface BuiltInModel {
  readonly id: string;
  /** The provider type that serves it: `openai`. */
  readonly type: string;
  readonly upstreamId: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly features: ModelFeatures;
  readonly contextWindow?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

/** A model that a server lists, with what its list says of it. */
export interface DiscoveredModel {
  /** What the server calls it. */
  readonly id: string;
  readonly name?: string | undefined;
  readonly aliases?: readonly string[] | undefined;
  readonly contextWindow?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly features?: Partial<ModelFeatures> | undefined;
}
