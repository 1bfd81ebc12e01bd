import type { HistoryEntry, Usage } from '../../protocol/index.ts';
import { formatUsd } from '../pricing/price.ts';
import type { ResponseRow } from '../store/tables.ts';
import type { Selectable } from 'kysely';

export function toEntry(row: Selectable<ResponseRow>): HistoryEntry {
  return {
    responseId: row.id,
    promptId: row.prompt_id,
    kind: row.kind,
    step: row.step,
    attempt: row.attempt,
    ...given('groupId', row.group_id),
    ...given('conversationId', row.conversation_id),
    model: row.model,
    provider: row.provider,
    ...given('purpose', row.purpose),
    ...given('actor', row.actor_id),
    ...given('keySource', row.key_source as HistoryEntry['keySource'] | null),
    outcome: row.state === 'open' ? 'running' : (row.outcome ?? 'lost'),
    ...given('stopReason', row.stop_reason),
    ...given('errorKind', row.error_kind),
    usage: toUsage(row),
    cost: {
      usd: row.cost_nanocents === null ? null : formatUsd(row.cost_nanocents),
      source: row.cost_source ?? 'unknown',
      ...given('priceId', row.price_id),
    },
    startedAt: row.started_at,
    ...given('firstDeltaMs', row.first_delta_ms),
    ...given('durationMs', row.duration_ms),
  };
}

type Tokens = Pick<
  Selectable<ResponseRow>,
  'input_tokens' | 'output_tokens' | 'reasoning_tokens' | 'cache_read_tokens' | 'cache_write_tokens'
>;

export function toUsage(tokens: Tokens): Usage {
  return {
    inputTokens: tokens.input_tokens,
    outputTokens: tokens.output_tokens,
    ...given('reasoningTokens', tokens.reasoning_tokens),
    ...given('cacheReadTokens', tokens.cache_read_tokens),
    ...given('cacheWriteTokens', tokens.cache_write_tokens),
  };
}

function given<Name extends string, Value>(name: Name, value: Value | null | undefined): Partial<Record<Name, Value>> {
  return value === null || value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}
