import { Kysely, PostgresDialect } from 'kysely';
import { exactRows } from './exactRows.ts';
import type { Db } from './store.ts';
import type { Tables } from './tables.ts';

/** Of one sidecar. Its transactions are short. */
const connections = 4;
const connectTimeoutMs = 5000;
/** A statement that takes longer waits for a lock that nobody gives back. */
const statementTimeoutMs = 10_000;

// PostgreSQL's numbers for its types: pg_type.dat.
const int8 = 20;
const numeric = 1700;

export async function openPostgres(url: string): Promise<Db> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    application_name: 'llm-sidecar',
    allowExitOnIdle: true,
    types: { getTypeParser: ((oid: number, format: 'text') => parserOf(oid) ?? pg.types.getTypeParser(oid, format)) as never },
  });
  // An idle connection that the server cut: the next query opens another, or says that it cannot.
  pool.on('error', () => {});
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [exactRows] });
}

function parserOf(oid: number): ((text: string) => bigint | number) | undefined {
  if (oid === int8) return BigInt;
  // A sum of int8 is numeric.
  if (oid === numeric) return (text) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text));
  return undefined;
}
