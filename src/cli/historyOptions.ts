import type { ParseArgsOptionsConfig } from 'node:util';
import type { HistoryFilter } from '../../protocol/index.ts';

/** Which responses: what `usage` and `logs` both take. */
export const filterOptions = {
  model: { type: 'string', short: 'm' },
  purpose: { type: 'string' },
  actor: { type: 'string' },
  group: { type: 'string' },
  json: { type: 'boolean' },
  config: { type: 'string', short: 'c' },
} as const satisfies ParseArgsOptionsConfig;

export function toFilter({
  model,
  purpose,
  actor,
  group,
}: { [Name in 'model' | 'purpose' | 'actor' | 'group']?: string | undefined }): HistoryFilter {
  return { model, purpose, actor, group };
}
