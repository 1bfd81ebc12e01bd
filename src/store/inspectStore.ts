import { sql } from 'kysely';
import { withoutPassword } from './location.ts';
import { migrations } from './migrations.ts';
import { createStore, type StoreKind } from './store.ts';

export interface StoreReport {
  readonly kind: StoreKind;
  /** Without a password. */
  readonly place: string;
  /** The newest step of its shape: `0001 responses, budgets, groups, conversations`. */
  readonly version: string;
}

/** Opens the storage as the first prompt would, and sees that it can be written. Throws storageUnavailable. */
export async function inspectStore(location: string): Promise<StoreReport> {
  const lazy = createStore(location, migrations);
  try {
    const store = await lazy.open();
    // Takes the lock of a writer and changes nothing.
    await store.write(async (tx) => void (await sql`update llm_sidecar_migrations set name = name where 1 = 0`.execute(tx)));
    const [newest] = await store.read(async (db) =>
      db.selectFrom('llm_sidecar_migrations').select('name').orderBy('name', 'desc').limit(1).execute(),
    );
    return { kind: store.kind, place: withoutPassword(location), version: newest?.name ?? 'new' };
  } finally {
    await lazy.close();
  }
}
