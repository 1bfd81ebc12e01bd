import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
} from 'kysely';

/** Statements kept prepared. The queries of this program are fewer. */
const preparedStatements = 200;

/**
 * `node:sqlite` for Kysely. One connection that one transaction or query uses at a time; transactions are `immediate`, since
 * one that begins with reading cannot always go on to write when another process has written meanwhile.
 */
export function nodeSqliteDialect(database: DatabaseSync): Dialect {
  const connection = connectionOf(database);
  const turns = createTurns();
  const run = async (sql: string): Promise<void> => void (await connection.executeQuery(CompiledQuery.raw(sql)));
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => {
        await turns.take();
        return connection;
      },
      releaseConnection: async () => turns.give(),
      beginTransaction: async () => run('begin immediate'),
      commitTransaction: async () => run('commit'),
      rollbackTransaction: async () => {
        // After a full disk SQLite has rolled back by itself.
        if (database.isTransaction) await run('rollback');
      },
      destroy: async () => {
        await turns.take();
        if (database.isOpen) database.close();
        // What comes now finds the database closed.
        turns.give();
      },
    }),
  };
}

interface Prepared {
  readonly statement: StatementSync;
  readonly hasRows: boolean;
}

function connectionOf(database: DatabaseSync): DatabaseConnection {
  const prepared = new Map<string, Prepared>();
  const prepare = (sql: string): Prepared => {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    if (prepared.size >= preparedStatements) prepared.clear();
    // Asking a statement for its columns costs more than running it.
    const made = { statement, hasRows: statement.columns().length > 0 };
    prepared.set(sql, made);
    return made;
  };
  return {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      const { statement, hasRows } = prepare(sql);
      const values = parameters as readonly SQLInputValue[];
      if (hasRows) return { rows: statement.all(...values) as Row[] };
      const { changes, lastInsertRowid } = statement.run(...values);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    },
    // oxlint-disable-next-line require-yield -- the interface wants a generator; nothing here reads row by row
    async *streamQuery() {
      throw new Error('rows are not read one by one');
    },
  };
}

function createTurns(): { take(): Promise<void>; give(): void } {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    async take() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
      taken = true;
    },
    give() {
      const next = waiting.shift();
      if (next) next();
      else taken = false;
    },
  };
}
