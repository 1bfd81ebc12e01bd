import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
} from 'kysely';
import { exact } from './exactRows.ts';
import { followNow, type Query, type Steps } from './steps.ts';

/** Statements kept prepared. The queries of this program are fewer. */
const preparedStatements = 200;

/**
 * `node:sqlite` for Kysely. One connection that one transaction or query uses at a time; transactions are `immediate`, since
 * one that begins with reading cannot always go on to write when another process has written meanwhile.
 */
export function nodeSqliteDialect(database: DatabaseSync): {
  readonly dialect: Dialect;
  /** Undefined: another transaction of this process is under way, and nothing has happened. */
  transactNow<T>(begin: () => Steps<T>): { readonly result: T } | undefined;
} {
  const execute = executeOn(database);
  const connection = connectionOf(execute);
  const turns = createTurns();
  const run = (sql: string): void => void execute({ sql, parameters: [] });
  const rollback = (): void => {
    // After a full disk SQLite has rolled back by itself.
    if (database.isTransaction) run('rollback');
  };
  const dialect: Dialect = {
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
      rollbackTransaction: async () => rollback(),
      destroy: async () => {
        await turns.take();
        if (database.isOpen) database.close();
        // What comes now finds the database closed.
        turns.give();
      },
    }),
  };
  return {
    dialect,
    transactNow(begin) {
      if (!turns.takeNow()) return undefined;
      try {
        run('begin immediate');
        const result = followNow(begin(), (query) => exact(execute(query)));
        run('commit');
        return { result };
      } catch (error) {
        rollback();
        throw error;
      } finally {
        turns.give();
      }
    },
  };
}

interface Prepared {
  readonly statement: StatementSync;
  readonly hasRows: boolean;
}

function executeOn(database: DatabaseSync): <Row>(query: Query) => QueryResult<Row> {
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
  return <Row>({ sql, parameters }: Query): QueryResult<Row> => {
    const { statement, hasRows } = prepare(sql);
    const values = parameters as readonly SQLInputValue[];
    if (hasRows) return { rows: statement.all(...values) as Row[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  };
}

function connectionOf(execute: <Row>(query: Query) => QueryResult<Row>): DatabaseConnection {
  return {
    executeQuery: async <Row>(query: CompiledQuery) => execute<Row>(query),
    // oxlint-disable-next-line require-yield -- the interface wants a generator; nothing here reads row by row
    async *streamQuery() {
      throw new Error('rows are not read one by one');
    },
  };
}

function createTurns(): { takeNow(): boolean; take(): Promise<void>; give(): void } {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    takeNow() {
      const wasTaken = taken;
      taken = true;
      return !wasTaken;
    },
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
