import { CompiledQuery, type Compilable, type QueryResult } from 'kysely';
import type { Db } from './store.ts';

/** One statement with its values. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * The statements of a transaction, one after another: each gets its result before the next one is made. Written this way
 * SQLite runs them without a pause, and PostgreSQL each with its answer awaited.
 */
export type Steps<T> = Generator<Query, T, QueryResult<unknown>>;

export function* rowsFrom<Row>(query: Compilable<Row>): Steps<Row[]> {
  const { rows } = yield query.compile();
  return rows as Row[];
}

export function* firstFrom<Row>(query: Compilable<Row>): Steps<Row | undefined> {
  const [row] = yield* rowsFrom(query);
  return row;
}

/** For what gives nothing back. */
export function* done(query: Compilable): Steps<void> {
  yield query.compile();
}

export async function ask(db: Db, { sql, parameters }: Query): Promise<QueryResult<unknown>> {
  return db.executeQuery(CompiledQuery.raw(sql, [...parameters]));
}

export async function follow<T>(steps: Steps<T>, run: (query: Query) => Promise<QueryResult<unknown>>): Promise<T> {
  let step = steps.next();
  while (step.done !== true) step = steps.next(await run(step.value));
  return step.value;
}

export function followNow<T>(steps: Steps<T>, run: (query: Query) => QueryResult<unknown>): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next(run(step.value));
  return step.value;
}
