import { setImmediate } from 'node:timers/promises';
import { rowsFrom, type Steps } from '../store/steps.ts';
import type { Db, Store, StoreKind } from '../store/store.ts';
import { locked } from './locked.ts';
import { moveIntake } from './statements.ts';

/** Of one transaction, which SQLite does without a pause. */
const atOnce = 64;

/** Puts the responses of all processes where they are read: those that have ended, or also those that run. */
export async function moveFromIntake(store: Store, which: 'ended' | 'all'): Promise<void> {
  // Whoever only reads waits for no writer.
  const first = await store.read(async (db) => db.selectFrom('llm_sidecar_intake').select('id').limit(1).executeTakeFirst());
  if (first === undefined) return;
  while ((await store.transact((db, kind) => moveSome(db, kind, which))) === atOnce) await setImmediate();
}

/** All but one, in this transaction. */
export function* moveAll(db: Db, kind: StoreKind, but: string): Steps<void> {
  const found = db.selectFrom('llm_sidecar_intake').select('id').where('id', '!=', but).orderBy('id');
  yield* moveFound(kind, yield* rowsFrom(locked(kind, found)));
}

function* moveSome(db: Db, kind: StoreKind, which: 'ended' | 'all'): Steps<number> {
  const all = db.selectFrom('llm_sidecar_intake').select('id').orderBy('id').limit(atOnce);
  const found = yield* rowsFrom(locked(kind, which === 'all' ? all : all.where('state', '!=', 'open')));
  yield* moveFound(kind, found);
  return found.length;
}

function* moveFound(kind: StoreKind, found: readonly { readonly id: string }[]): Steps<void> {
  if (found.length > 0)
    yield* moveIntake(
      kind,
      found.map(({ id }) => id),
    );
}
