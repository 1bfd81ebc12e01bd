import type { JsonObject } from '../../protocol/index.ts';

/** What the administrator decided, with every model name canonical where the catalogue knows it. behaviour 1. */
export interface Rules {
  readonly defaultModel: ModelRef | null;
  readonly purposes: ReadonlyMap<string, PurposeRules>;
  /** The global allowlist; null: everything. */
  readonly models: readonly string[] | null;
  readonly blockedModels: readonly string[];
  readonly requireKeys: boolean;
  /** false: the list of models is advice, a prompt may use any. behaviour 2.4. */
  readonly enforceModels: boolean;
  /** What a purpose's `models` do with the global allowlist. behaviour 3.3. */
  readonly purposeModels: 'override' | 'union';
  /** A named key that is unset is an error, not a fall-through. behaviour 4.1. */
  readonly strictKeys: boolean;
  /** Options that a prompt to this model has unless it gives its own: `model_options`. By canonical id. */
  readonly modelOptions: ReadonlyMap<string, JsonObject>;
}

/** A model, and the name of the secret that holds its key when the provider's usual one is not meant. */
export interface ModelRef {
  readonly model: string;
  readonly key: string | null;
}

export interface PurposeRules {
  readonly model: ModelRef | null;
  readonly models: readonly ModelRef[] | null;
  readonly blockedModels: readonly string[];
  readonly description?: string | undefined;
  /** Options and system prompt that a prompt with this purpose has unless it gives its own. */
  readonly options?: JsonObject | undefined;
  readonly system?: string | undefined;
  /** Tools of plugins and MCP servers that its prompts have. */
  readonly tools?: readonly string[] | undefined;
}

/** No configuration: everything is allowed and nothing is the default. behaviour 1.7. */
export const openRules: Rules = {
  defaultModel: null,
  purposes: new Map(),
  models: null,
  blockedModels: [],
  requireKeys: true,
  enforceModels: true,
  purposeModels: 'override',
  strictKeys: false,
  modelOptions: new Map(),
};
