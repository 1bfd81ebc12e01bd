import type { Insertable } from 'kysely';
import type { FailedAttempt, GroupIntent, ResponseEnd, ResponseIntent } from '../engine/moneyPorts.ts';
import type { Redact } from '../lib/redactFailure.ts';
import { parseUsd } from '../pricing/price.ts';
import type { ContentRow, GroupRow, ResponseRow } from '../store/tables.ts';
import { bounded } from './bounded.ts';
import { contentRow, storable } from './contentRow.ts';

export type NewResponse = Insertable<ResponseRow>;
export type EndColumns = Pick<
  NewResponse,
  | 'attempt'
  | 'outcome'
  | 'stop_reason'
  | 'error_kind'
  | 'input_tokens'
  | 'output_tokens'
  | 'reasoning_tokens'
  | 'cache_read_tokens'
  | 'cache_write_tokens'
  | 'cost_nanocents'
  | 'cost_source'
  | 'price_id'
  | 'charged_nanocents'
  | 'settled_at'
  | 'first_delta_ms'
  | 'duration_ms'
>;

/** How a response ended, as it is written. */
export interface Ending {
  readonly columns: EndColumns;
  readonly attempts: readonly NewResponse[];
  readonly content: ContentRow | undefined;
  /** A row that is not there is not written. */
  readonly onlyKnown?: boolean;
}

/** Of a name that has an index. */
const longestName = 500;

/** A row before its response has begun. */
export function openRow(intent: ResponseIntent, instanceId: string, leaseUntil: Date): NewResponse {
  return {
    id: intent.id,
    prompt_id: nameOf(intent.promptId),
    step: intent.step,
    attempt: 0,
    kind: intent.kind,
    group_id: nameOf(intent.groupId),
    conversation_id: nameOf(intent.conversationId),
    model: nameOf(intent.model),
    provider: nameOf(intent.provider),
    purpose: nameOf(intent.purpose),
    actor_id: nameOf(intent.actor?.id),
    key_source: intent.keySource ?? null,
    charged_nanocents: 0n,
    reserved_nanocents: intent.charges.length === 0 ? 0n : bounded(intent.nanocents),
    drawn_nanocents: 0n,
    seen_nanocents: bounded(intent.atLeastNanocents),
    group_hold_id: intent.charges.length === 0 ? null : (intent.group?.id ?? null),
    instance_id: instanceId,
    started_at: intent.startedAt.toISOString(),
    state: 'open',
    lease_until: leaseUntil.toISOString(),
  };
}

export type NewGroup = Insertable<GroupRow>;

export function newGroup({ id, groupId, openedAt, nanocents }: GroupIntent, instanceId: string, leaseUntil: Date): NewGroup {
  return {
    id,
    group_id: nameOf(groupId),
    state: 'open',
    reserved_nanocents: bounded(nanocents),
    instance_id: instanceId,
    lease_until: leaseUntil.toISOString(),
    opened_at: openedAt.toISOString(),
    settled_at: null,
  };
}

/** Of a reservation that nobody knows to be there. */
export function neverSent(at: Date): Ending {
  const columns: EndColumns = {
    attempt: 0,
    outcome: 'error',
    error_kind: 'storageUnavailable',
    cost_nanocents: 0n,
    cost_source: 'computed',
    charged_nanocents: 0n,
    settled_at: at.toISOString(),
  };
  return { columns, attempts: [], content: undefined, onlyKnown: true };
}

/** `redact` takes known keys out of what is kept of prompt and answer. */
export function endingOf(row: NewResponse, end: ResponseEnd, settledAt: Date, redact: Redact): Ending {
  return {
    columns: {
      attempt: end.attempts.length,
      outcome: end.outcome,
      stop_reason: nameOf(end.stopReason),
      error_kind: nameOf(end.errorKind),
      ...usedColumns(end),
      charged_nanocents: bounded(end.charged),
      settled_at: settledAt.toISOString(),
      first_delta_ms: end.firstDeltaMs ?? null,
      duration_ms: end.durationMs,
    },
    attempts: end.attempts.map((attempt, index) => attemptRow(row, attempt, index)),
    content: end.content && contentRow(row.id, end.content, redact),
  };
}

function usedColumns({ usage, cost }: Pick<ResponseEnd, 'usage' | 'cost'>) {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens ?? null,
    cache_read_tokens: usage.cacheReadTokens ?? null,
    cache_write_tokens: usage.cacheWriteTokens ?? null,
    cost_nanocents: cost.usd === null ? null : bounded(parseUsd(cost.usd)),
    cost_source: cost.source,
    price_id: nameOf(cost.priceId),
  };
}

/** Its cost is charged with that of its response, so that both are counted in the same window of a budget. */
function attemptRow(row: NewResponse, failed: FailedAttempt, attempt: number): NewResponse {
  const { startedAt, durationMs, errorKind } = failed;
  return {
    ...row,
    id: `${row.id}.${attempt}`,
    attempt,
    state: 'settled',
    outcome: 'error',
    error_kind: nameOf(errorKind),
    ...usedColumns(failed),
    charged_nanocents: 0n,
    reserved_nanocents: 0n,
    drawn_nanocents: 0n,
    seen_nanocents: 0n,
    group_hold_id: null,
    lease_until: null,
    started_at: startedAt.toISOString(),
    settled_at: new Date(startedAt.getTime() + durationMs).toISOString(),
    duration_ms: durationMs,
  };
}

function nameOf(text: string): string;
function nameOf(text: string | undefined): string | null;
function nameOf(text: string | undefined): string | null {
  return text === undefined ? null : storable(text).slice(0, longestName);
}
