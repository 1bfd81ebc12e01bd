import type { Insertable } from 'kysely';
import { onTestFinished } from 'vitest';
import { createHistory, type HistorySettings } from '../../../src/history/history.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { createStore, type LazyStore } from '../../../src/store/store.ts';
import type { ResponseRow } from '../../../src/store/tables.ts';
import type { TestEngine } from '../../support/engines.ts';

export type Row = Partial<Insertable<ResponseRow>> & { readonly id: string; readonly content?: Content };

export interface Content {
  readonly system?: string;
  readonly asked: string;
  readonly answered: string;
}

/** A settled response that cost a cent for 10 + 1 tokens, but for what `row` says. */
export function responseRow({ content: _, ...row }: Row): Insertable<ResponseRow> {
  const cost = row.cost_nanocents === undefined ? 1_000_000_000n : row.cost_nanocents;
  return {
    prompt_id: `prompt of ${row.id}`,
    step: 0,
    attempt: 0,
    kind: 'prompt',
    group_id: null,
    conversation_id: null,
    model: 'echo',
    provider: 'echo',
    purpose: null,
    actor_id: null,
    key_source: null,
    state: 'settled',
    outcome: 'ok',
    stop_reason: 'end',
    error_kind: null,
    input_tokens: 10,
    output_tokens: 1,
    reasoning_tokens: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    cost_nanocents: cost,
    cost_source: cost === null ? 'unknown' : 'computed',
    price_id: null,
    charged_nanocents: cost ?? 0n,
    reserved_nanocents: 0n,
    drawn_nanocents: 0n,
    seen_nanocents: 0n,
    group_hold_id: null,
    instance_id: 'test',
    lease_until: null,
    started_at: '2026-01-01T12:00:00.000Z',
    settled_at: '2026-01-01T12:00:01.000Z',
    first_delta_ms: null,
    duration_ms: null,
    ...row,
  };
}

/** What is not known of a response that still runs. */
export const running = {
  state: 'open',
  outcome: null,
  stop_reason: null,
  input_tokens: null,
  output_tokens: null,
  cost_nanocents: null,
  cost_source: null,
  settled_at: null,
} as const satisfies Partial<Insertable<ResponseRow>>;

export async function insertRows(store: LazyStore, rows: readonly Row[]): Promise<void> {
  const opened = await store.open();
  await opened.write(async (tx) => {
    for (const row of rows) {
      await tx.insertInto('llm_sidecar_responses').values(responseRow(row)).execute();
      if (row.content === undefined) continue;
      const { system, asked, answered } = row.content;
      const request = JSON.stringify({ system, messages: [{ role: 'user', content: asked }] });
      const answer = JSON.stringify([{ type: 'text', text: answered }]);
      const text = [system, asked, answered].filter((some) => some !== undefined).join('\n');
      await tx.insertInto('llm_sidecar_contents').values({ response_id: row.id, request, answer, search_text: text }).execute();
    }
  });
}

/** A database with these rows, gone after the test. */
export async function historyWith(engine: TestEngine, rows: readonly Row[], settings: Partial<HistorySettings> = {}) {
  const location = await engine.create();
  const store = createStore(location, migrations);
  const history = createHistory({
    store,
    timeZone: () => 'UTC',
    keepsContent: true,
    retentionDays: null,
    log: () => {},
    ...settings,
  });
  onTestFinished(async () => {
    await history.close();
    await store.close();
  });
  await insertRows(store, rows);
  return { history, store, location };
}
