import type { HistoryReadResult } from '../../protocol/index.ts';
import type { Store } from '../store/store.ts';
import { toEntry } from './toEntry.ts';

/** null: there is none, or no longer. */
export async function readResponse(store: Store, id: string): Promise<HistoryReadResult | null> {
  return store.read(async (db) => {
    const row = await db.selectFrom('llm_sidecar_responses').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) return null;
    const content = await db.selectFrom('llm_sidecar_contents').selectAll().where('response_id', '=', id).executeTakeFirst();
    if (content === undefined) return toEntry(row);
    const { system, messages } = JSON.parse(content.request) as Pick<HistoryReadResult, 'system' | 'messages'>;
    const answer = JSON.parse(content.answer) as HistoryReadResult['answer'];
    return { ...toEntry(row), ...(system === undefined ? {} : { system }), messages, answer };
  });
}
