import { CompiledQuery, type QueryResult } from 'kysely';
import type { Db, StoreKind } from './store.ts';

type Run<Result> = (db: Db, kind: StoreKind, values: readonly unknown[]) => Promise<Result>;

/**
 * For what is done at every response: its text is made once, where making it out of expressions costs more than running it. A `?`
 * stands for a value, and for nothing else.
 */
export function rowsOf<Row>(text: string): Run<readonly Row[]> {
  const run = runOf<Row>(text);
  return async (db, kind, values) => (await run(db, kind, values)).rows;
}

/** As `rowsOf`; gives how many rows it has changed, which SQLite knows without collecting them. */
export function changesOf(text: string): Run<number> {
  const run = runOf<never>(text);
  return async (db, kind, values) => Number((await run(db, kind, values)).numAffectedRows);
}

function runOf<Row>(text: string): Run<QueryResult<Row>> {
  const texts: Readonly<Record<StoreKind, string>> = { sqlite: text, postgres: numbered(text) };
  return async (db, kind, values) => db.executeQuery<Row>(CompiledQuery.raw(texts[kind], [...values]));
}

function numbered(text: string): string {
  let number = 0;
  return text.replaceAll('?', () => `$${++number}`);
}
