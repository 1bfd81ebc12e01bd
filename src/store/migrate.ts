import { sql } from 'kysely';
import { Failure } from '../lib/failure.ts';
import { withoutPassword } from './location.ts';
import type { Db, Store, StoreKind, Tx } from './store.ts';

/** A step forward. Once released it is never changed; the next one comes behind it. */
export interface Migration {
  readonly name: string;
  run(tx: Tx, kind: StoreKind): Promise<void>;
}

/** The lock of PostgreSQL that processes starting at once wait for: any number that nobody else uses. */
const migrationLock = 5_271_904_418;

/** Runs what the database does not have yet, exactly once however many processes start; refuses a database from a newer version. */
export async function migrate(store: Store, migrations: readonly Migration[], location: string): Promise<void> {
  if (migrations.length === 0) return;
  const applied = await store.read(async (db) => ((await hasTable(db, store.kind)) ? appliedOf(db) : []));
  refuseNewer(applied, migrations, location);
  if (applied.length === migrations.length) return;
  await store.write(async (tx) => {
    if (store.kind === 'postgres') await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(tx);
    await tx.schema
      .createTable('llm_sidecar_migrations')
      .ifNotExists()
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('applied_at', 'text', (column) => column.notNull())
      .execute();
    const done = await appliedOf(tx);
    refuseNewer(done, migrations, location);
    for (const { name, run } of migrations.filter((migration) => !done.includes(migration.name))) {
      await run(tx, store.kind);
      await tx.insertInto('llm_sidecar_migrations').values({ name, applied_at: new Date().toISOString() }).execute();
    }
  });
}

async function hasTable(db: Db, kind: StoreKind): Promise<boolean> {
  const found =
    kind === 'sqlite'
      ? await sql`select 1 from sqlite_master where name = 'llm_sidecar_migrations'`.execute(db)
      : await sql`select 1 where to_regclass('llm_sidecar_migrations') is not null`.execute(db);
  return found.rows.length > 0;
}

async function appliedOf(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('llm_sidecar_migrations').select('name').execute();
  return rows.map(({ name }) => name);
}

function refuseNewer(applied: readonly string[], migrations: readonly Migration[], location: string): void {
  const unknown = applied.find((name) => !migrations.some((migration) => migration.name === name));
  if (unknown === undefined) return;
  throw new Failure(
    'storageUnavailable',
    `The storage ${withoutPassword(location)} was made by a newer version of llm-sidecar (it has "${unknown}"): update this one, or set storage to another place.`,
    { retryable: false },
  );
}
