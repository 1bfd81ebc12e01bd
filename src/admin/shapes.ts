import type { Diagnostic, ExplainResult, HistoryListResult, HistoryReadResult, Json, SecretListResult } from '../../protocol/index.ts';
import type { BudgetListing } from '../engine/listBudgets.ts';

/** What the server tells the page, and the page the server. Neither ever has the value of a secret but `SecretChangeAsked`. */
export interface ConfigState {
  /** null: there is no configuration file; `newPath` is where the first change makes one. */
  readonly path: string | null;
  readonly newPath: string;
  /** Of the text of the file, for edits; null: it cannot be read. */
  readonly hash: string | null;
  readonly diagnostics: readonly Diagnostic[];
  /** As it is written, secrets by name alone. */
  readonly written: Json;
  /** Whether prompts and answers are kept and can be searched. */
  readonly keepsContent: boolean;
  readonly version: string;
}

export type ListedSecret = SecretListResult['secrets'][number] & {
  /** Where else it is, which counts only while it is not in the environment or the store: keys.json, the variable of a provider. */
  readonly elsewhere: readonly string[];
  /** The variable that comes before the store. */
  readonly variable?: string | undefined;
};

export interface SecretsState {
  readonly secrets: readonly ListedSecret[];
  readonly store: NonNullable<SecretListResult['store']>;
}

export interface PurposeState {
  /** null: prompts without a purpose. */
  readonly name: string | null;
  readonly description?: string | undefined;
  readonly registeredBy: string;
  /** As configured. */
  readonly model: string | null;
  readonly models: readonly string[] | null;
  readonly blockedModels: readonly string[];
  readonly explanation: Pick<ExplainResult, 'model' | 'wanted' | 'reason' | 'failure' | 'key'>;
}

export interface ModelsState {
  readonly purposes: readonly PurposeState[];
  readonly models: readonly {
    readonly id: string;
    readonly provider: string;
    readonly available: boolean;
    readonly why?: string | undefined;
  }[];
}

export interface ExplainAsked {
  readonly purpose?: string | undefined;
  readonly actor?: string | undefined;
  readonly model?: string | undefined;
}

export type Explained = ExplainResult;

/** A change of the configuration. `hash` is what `ConfigState` said. null removes the key. */
export type EditAsked = { readonly hash: string } & (
  | { readonly what: 'defaultModel'; readonly model: string | null }
  | { readonly what: 'purposeModel'; readonly purpose: string; readonly model: string | null }
  | { readonly what: 'models' | 'blockedModels'; readonly purpose: string | null; readonly models: readonly string[] | null }
  | { readonly what: 'budgetLimit'; readonly budget: string; readonly limitUsd: string }
);

export type Edited =
  | { readonly state: 'saved'; readonly hash: string }
  | { readonly state: 'changed' }
  | { readonly state: 'refused'; readonly problems: readonly Diagnostic[] };

export type SpendingBy = 'model' | 'purpose' | 'actor';

export interface SpendingRow {
  /** '' is no purpose, or nobody. */
  readonly name: string;
  readonly responses: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Exact; null: unknown. */
  readonly usd: string | null;
  readonly isEstimated: boolean;
  readonly unpriced: number;
}

export interface Spending {
  /** YYYY-MM-DD, every one of them, the last is today. */
  readonly days: readonly string[];
  readonly timeZone: string;
  readonly total: SpendingRow;
  /** What cost most first. */
  readonly rows: readonly SpendingRow[];
  /** Costs by day and name. */
  readonly cells: readonly { readonly day: string; readonly name: string; readonly usd: string | null; readonly responses: number }[];
}

export interface BudgetsState {
  readonly budgets: readonly BudgetListing[];
}

export type PromptsState = HistoryListResult & { readonly hasMore: boolean };
export type PromptState = HistoryReadResult;

export interface SecretChangeAsked {
  readonly name: string;
  readonly value?: string | undefined;
  readonly note?: string | undefined;
}

export interface ApiError {
  readonly kind: string;
  readonly message: string;
}
