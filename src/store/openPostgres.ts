import { Kysely, PostgresDialect } from 'kysely';
import type { ClientConfig, PoolClient } from 'pg';
import { exactRows } from './exactRows.ts';
import type { Opened } from './store.ts';
import type { Tables } from './tables.ts';

/** Of one sidecar. Its transactions are short. */
const connections = 4;
const connectTimeoutMs = 5000;
/** Of a call that waits while all connections are in use by others, which have their turn before it. */
const freeTimeoutMs = 15_000;
/** After which a lock of another process counts as busy, and is tried again. */
const lockTimeoutMs = 5000;
const statementTimeoutMs = 10_000;
/** After which the network counts as cut: a server that is there has said by then that the statement took too long. */
const answerTimeoutMs = 15_000;

// PostgreSQL's numbers for its types: pg_type.dat.
const int8 = 20;
const numeric = 1700;

export async function openPostgres(url: string): Promise<Opened> {
  const { default: pg } = await import('pg');
  class Client extends pg.Client {
    constructor(config: ClientConfig) {
      super({ ...config, connectionTimeoutMillis: connectTimeoutMs });
    }
  }
  const pool = new pg.Pool({
    Client: Client as never,
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: freeTimeoutMs,
    lock_timeout: lockTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    query_timeout: answerTimeoutMs,
    keepAlive: true,
    application_name: 'llm-sidecar',
    allowExitOnIdle: true,
    types: { getTypeParser: ((oid: never, format: 'text') => parserOf(oid) ?? pg.types.getTypeParser(oid, format)) as never },
  });
  // An idle connection that the server cut: the next query opens another, or says that it cannot.
  pool.on('error', () => {});
  pool.on('connect', mend);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [exactRows] });
  return { db, transactNow: undefined };
}

function parserOf(oid: number): ((text: string) => bigint | number) | undefined {
  if (oid === int8) return BigInt;
  // A sum of int8 is numeric.
  if (oid === numeric) return (text) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text));
  return undefined;
}

function mend(client: PoolClient): void {
  // A connection that is cut between two statements of a transaction: the next one says so.
  client.on('error', () => {});
  const query = client.query.bind(client) as (sql: string, values: readonly unknown[]) => Promise<unknown>;
  client.query = (async (sql: string, values: readonly unknown[]) => {
    try {
      return await query(sql, values.map(withoutNul));
    } catch (error) {
      // Its answer may still come, in the place of that to the next one.
      if (error instanceof Error && error.message === 'Query read timeout') client.end().catch(() => {});
      throw error;
    }
  }) as never;
}

/** The text of PostgreSQL cannot hold U+0000, which hosts and models may send. */
function withoutNul(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
