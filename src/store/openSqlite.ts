import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { Failure } from '../lib/failure.ts';
import { changeable } from '../lib/filePermissions.ts';
import { exactRows } from './exactRows.ts';
import { nodeSqliteDialect } from './nodeSqliteDialect.ts';
import type { Opened } from './store.ts';
import type { Tables } from './tables.ts';

/** The file is made if it is missing, for this user alone. One that others may change is refused: budgets and secrets would be theirs. */
export async function openSqlite(path: string): Promise<Opened> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await refuseShared(path);
  makePrivate(path);
  // SQLite would wait for another process by blocking this one; store.ts tries again without.
  const database = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true });
  try {
    // A killed process loses nothing; a machine that loses power can lose the last moment, and never the rest.
    // What is in the log goes into the file seldom (after 16 MB), since nothing else happens meanwhile.
    database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 4000');
  } catch (error) {
    // Read-only: what is there can still be read.
    if (!isReadOnly(error)) {
      database.close();
      throw error;
    }
  }
  const { dialect, transactNow } = nodeSqliteDialect(database);
  return { db: new Kysely<Tables>({ dialect, plugins: [exactRows] }), transactNow };
}

/** The file, and those that SQLite keeps beside it. */
async function refuseShared(path: string): Promise<void> {
  for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) {
    const why = await changeable(file, `The storage ${file}`);
    if (why !== null) throw new Failure('storageUnavailable', why, { retryable: true });
  }
}

function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 8;
}
