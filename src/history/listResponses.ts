import { sql, type Selectable } from 'kysely';
import type { HistoryListResult } from '../../protocol/index.ts';
import type { ListRequest } from '../engine/history.ts';
import { Failure } from '../lib/failure.ts';
import type { Db, Store } from '../store/store.ts';
import type { ResponseRow } from '../store/tables.ts';
import { allOf, conditionsOf, type Condition } from './conditions.ts';
import { excerptOf } from './excerpt.ts';
import { conditionsOfQuery, parseQuery, type Term } from './search.ts';
import { toEntry } from './toEntry.ts';

type Listed = HistoryListResult['responses'];

/** Contents that are in memory at once. */
const contentsAtOnce = 20;

export async function listResponses(store: Store, keepsContent: boolean, request: ListRequest): Promise<Listed> {
  const { filter, query = '', limit, before } = request;
  const terms = parseQuery(query);
  return store.read(async (db) => {
    if (terms.length > 0 && !keepsContent) await refuseSearch(db);
    const conditions = [
      ...conditionsOf(filter),
      ...conditionsOfQuery(terms, store.kind),
      ...(before === undefined ? [] : [await isBefore(db, before)]),
    ];
    const { rows } = await sql<Selectable<ResponseRow>>`
      select r.* from llm_sidecar_responses r where ${allOf(conditions)}
      order by r.started_at desc, r.id desc limit ${limit}`.execute(db);
    const entries = rows.map(toEntry);
    return terms.length === 0 ? entries : withExcerpts(db, entries, terms);
  });
}

/** Two that began in the same millisecond have the order of their ids. */
async function isBefore(db: Db, id: string): Promise<Condition> {
  const row = await db.selectFrom('llm_sidecar_responses').select('started_at').where('id', '=', id).executeTakeFirst();
  if (row) return sql<boolean>`r.started_at <= ${row.started_at} and (r.started_at < ${row.started_at} or r.id < ${id})`;
  const message = `There is no response "${id}" (any more): begin with the first page.`;
  throw new Failure('invalidParams', message, { issues: [{ path: 'before', message: 'there is no such response' }] });
}

async function withExcerpts(db: Db, entries: Listed, terms: readonly Term[]): Promise<Listed> {
  const listed: Listed = [];
  for (let index = 0; index < entries.length; index += contentsAtOnce) {
    const some = entries.slice(index, index + contentsAtOnce);
    const contents = await db
      .selectFrom('llm_sidecar_contents')
      .select(['response_id', 'search_text'])
      .where(
        'response_id',
        'in',
        some.map(({ responseId }) => responseId),
      )
      .execute();
    const texts = new Map(contents.map(({ response_id: id, search_text: text }) => [id, text]));
    listed.push(...some.map((entry) => ({ ...entry, excerpt: excerptOf(texts.get(entry.responseId) ?? '', terms) })));
  }
  return listed;
}

/** What was kept before it was turned off can still be searched. */
async function refuseSearch(db: Db): Promise<void> {
  const some = await db.selectFrom('llm_sidecar_contents').select('response_id').limit(1).execute();
  if (some.length > 0) return;
  const message =
    'Prompts and answers are not kept, so there is nothing to search: set `history: {content: true}` in the configuration, and they are from then on.';
  throw new Failure('invalidParams', message, {
    issues: [{ path: 'query', message: 'prompts and answers are not kept' }],
    required: { setting: 'history.content' },
  });
}
