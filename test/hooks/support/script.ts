/** What a hook does at each of its points, for both homes. A point that is left out is not registered. */
export interface Script {
  readonly id: string;
  readonly order?: number;
  readonly timeoutMs?: number;
  readonly onFailure?: 'fail' | 'skip';
  readonly match?: { readonly purposes?: readonly string[]; readonly models?: readonly string[] };
  readonly filter?: readonly string[] | null | Trouble;
  readonly default?: { readonly model: string | null } | Trouble;
  readonly start?: 'go' | Trouble | Start;
  readonly end?: 'go' | Trouble;
  readonly exit?: 'go' | Trouble;
}

export type Trouble = 'throw' | 'hang';

export interface Start {
  readonly refuse?: string;
  readonly data?: unknown;
  readonly patch?: { readonly system?: string; readonly options?: Record<string, unknown> };
  readonly afterMs?: number;
  /** Answers when it hears that the prompt is cancelled, and not before. */
  readonly afterCancel?: boolean;
  /** Sends a prompt of its own with this purpose and waits for it. */
  readonly ask?: string;
}

/** What a hook was asked, in the order of the questions. */
export interface HookEvent {
  readonly at: 'filter' | 'default' | 'start' | 'end' | 'exit';
  readonly id: string;
  readonly prompt?: string;
  readonly step?: number;
  readonly depth: number;
  /** The models to choose from, the outcome of a prompt, the reason of an exit. */
  readonly told?: string;
}
