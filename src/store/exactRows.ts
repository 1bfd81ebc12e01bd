import type { KyselyPlugin, QueryResult, UnknownRow } from 'kysely';

/** Money is read as bigint, by the names of its columns; every other whole number as number. */
export const exactRows: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => exact(result),
};

export function exact<Row>(result: QueryResult<Row>): QueryResult<Row> {
  for (const row of result.rows) makeExact(row as UnknownRow);
  return result;
}

function makeExact(row: UnknownRow): void {
  for (const name in row) {
    const value = row[name];
    if (typeof value === 'bigint') {
      if (!name.endsWith('_nanocents')) row[name] = Number(value);
    } else if (typeof value === 'number' && name.endsWith('_nanocents')) row[name] = BigInt(value);
  }
}
