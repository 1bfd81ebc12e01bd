import type { ColumnType, Generated } from 'kysely';

/** Integer nanocents (1 USD = 100 000 000 000), exact. */
type Nanocents = ColumnType<bigint>;
/** ISO 8601 in UTC with milliseconds, so that text order is time order. */
type Time = string;

/** What migrations.ts makes, and Datasette's table of secrets. */
export interface Tables {
  llm_sidecar_migrations: { name: string; applied_at: Time };
  llm_sidecar_responses: ResponseRow;
  llm_sidecar_intake: IntakeRow;
  llm_sidecar_contents: ContentRow;
  llm_sidecar_groups: GroupRow;
  llm_sidecar_budgets: BudgetRow;
  llm_sidecar_holds: HoldRow;
  llm_sidecar_conversations: ConversationRow;
  datasette_secrets: SecretRow;
}

/**
 * One response of a model, or one attempt at it that failed. It is written before the model is called, with what it may
 * cost, and completed when it has ended: the ledger and the history are the same row.
 */
export interface ResponseRow {
  id: string;
  prompt_id: string;
  /** Counts from 0 within the prompt. */
  step: number;
  /** Counts from 0 within the step; the attempts before the last one failed. */
  attempt: number;
  kind: 'prompt' | 'embed';
  group_id: string | null;
  conversation_id: string | null;
  model: string;
  provider: string;
  purpose: string | null;
  actor_id: string | null;
  key_source: string | null;
  /** open: its end is not known yet; expired: its process never said it, and what was known is charged. */
  state: 'open' | 'settled' | 'expired';
  outcome: 'ok' | 'error' | 'cancelled' | 'lost' | null;
  stop_reason: string | null;
  error_kind: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  reasoning_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  /** Null: unknown, or not over yet. */
  cost_nanocents: ColumnType<bigint | null>;
  cost_source: 'provider' | 'computed' | 'estimated' | 'unknown' | null;
  price_id: string | null;
  /** What its budgets are charged: its cost and that of its attempts, or for an unknown one what `unpriced` says. */
  charged_nanocents: Nanocents;
  /** What is held of its budgets while it is open, and was held before it ended. */
  reserved_nanocents: Nanocents;
  /** Of that, what came out of the reservation of its group. */
  drawn_nanocents: Nanocents;
  /** While open: what it has cost at least by now; what is charged if nothing more is heard. */
  seen_nanocents: Nanocents;
  /** While open: the group whose reservation it draws on (llm_sidecar_groups.id). */
  group_hold_id: string | null;
  /** The sidecar that runs it. */
  instance_id: string;
  /** While open: if it is not renewed by then, the process is gone. */
  lease_until: Time | null;
  started_at: Time;
  settled_at: Time | null;
  first_delta_ms: number | null;
  duration_ms: number | null;
}

/**
 * A response that a budget counts is here first, since there is less to write than in a table with indexes. Whoever comes by
 * moves it to llm_sidecar_responses: soon after its end, or before that is read. An id is in one of the two.
 */
export interface IntakeRow extends ResponseRow {
  /** JSON: the counters that it holds while it is open, `[[budget, window_start], …]`. */
  budgets: string;
}

/** What was asked and answered; only with `history: {content: true}`. */
export interface ContentRow {
  response_id: string;
  /** JSON: what this response was asked with that the one before it in its prompt was not: `{system?, messages}`. */
  request: string;
  /** JSON: the content parts of the answer. */
  answer: string;
  /** The text of both, for the search. */
  search_text: string;
}

/** The reservation of a group. */
export interface GroupRow {
  id: string;
  /** What the host calls it. */
  group_id: string;
  state: 'open' | 'settled' | 'expired';
  /** What is left of it: what its running responses hold is not in it. */
  reserved_nanocents: Nanocents;
  instance_id: string;
  lease_until: Time | null;
  opened_at: Time;
  settled_at: Time | null;
}

/** What is spent and held of one budget in one window. */
export interface BudgetRow {
  budget: string;
  window_start: Time;
  spent_nanocents: Nanocents;
  reserved_nanocents: Nanocents;
}

/** Which budgets an open group holds, or an open response of llm_sidecar_responses. */
export interface HoldRow {
  /** llm_sidecar_responses.id or llm_sidecar_groups.id. */
  holder_id: string;
  budget: string;
  window_start: Time;
}

export interface ConversationRow {
  id: string;
  name: string;
  model: string;
  /** JSON. */
  messages: string;
  turns: number;
  updated_at: Time;
}

/** As Datasette's plugin `datasette-secrets` has it. */
export interface SecretRow {
  id: Generated<number>;
  name: string;
  note: string | null;
  version: number;
  encrypted: Uint8Array;
  encryption_key_name: string | null;
  created_at: string | null;
  created_by: string | null;
  updated_at: string | null;
  updated_by: string | null;
  deleted_at: string | null;
  deleted_by: string | null;
  last_used_at: string | null;
  last_used_by: string | null;
}
