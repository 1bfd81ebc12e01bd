import { CompiledQuery } from 'kysely';
import type { Db, StoreKind } from './store.ts';

export type Statement<Row> = (db: Db, kind: StoreKind, values: readonly unknown[]) => Promise<readonly Row[]>;

/**
 * For what is done at every response: its text is made once, where making it out of expressions costs more than running it. A `?`
 * stands for a value, and for nothing else.
 */
export function statement<Row = never>(text: string): Statement<Row> {
  const texts: Readonly<Record<StoreKind, string>> = { sqlite: text, postgres: numbered(text) };
  return async (db, kind, values) => (await db.executeQuery<Row>(CompiledQuery.raw(texts[kind], [...values]))).rows;
}

function numbered(text: string): string {
  let number = 0;
  return text.replaceAll('?', () => `$${++number}`);
}
