import { sql, type RawBuilder } from 'kysely';
import type { HistoryFilter } from '../../protocol/index.ts';

export type Condition = RawBuilder<boolean>;

/** About rows of llm_sidecar_responses, which is called `r`. An empty purpose, actor or group is that there is none. */
export function conditionsOf(filter: HistoryFilter): Condition[] {
  const { model, purpose, actor, group, promptId, conversationId, outcome } = filter;
  return [
    ...equals('model', model),
    ...equals('purpose', purpose),
    ...equals('actor_id', actor),
    ...equals('group_id', group),
    ...equals('prompt_id', promptId),
    ...equals('conversation_id', conversationId),
    ...(outcome === 'running' ? [sql<boolean>`r.state = 'open'`] : equals('outcome', outcome)),
  ];
}

export function allOf(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql<boolean>`1 = 1` : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

function equals(column: string, value: string | undefined): Condition[] {
  if (value === undefined) return [];
  const named = sql.ref(`r.${column}`);
  return [value === '' ? sql<boolean>`coalesce(${named}, '') = ''` : sql<boolean>`${named} = ${value}`];
}
