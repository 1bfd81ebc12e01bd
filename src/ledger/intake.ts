import { setImmediate } from 'node:timers/promises';
import { rowsOf } from '../store/statement.ts';
import type { Steps } from '../store/steps.ts';
import type { Store, StoreKind } from '../store/store.ts';
import { moveIntake } from './statements.ts';

/** Of one transaction, which SQLite does without a pause. */
const atOnce = 64;

/** Puts the responses of all processes where they are read, those that run among them. */
export async function moveFromIntake(store: Store): Promise<void> {
  // Whoever only reads waits for no writer.
  const first = await store.read(async (db) => db.selectFrom('llm_sidecar_intake').select('id').limit(1).executeTakeFirst());
  if (first !== undefined) await moveEach(store, findAny);
}

/** Those that have ended alone. */
export async function moveEnded(store: Store): Promise<void> {
  await moveEach(store, findEnded);
}

/** All but one, in this transaction. */
export function* moveAll(kind: StoreKind, but: string): Steps<void> {
  yield* moveFound(kind, yield* findOthers(kind, [but]));
}

/** One, whatever its state; nothing happens where it is not there. */
export function* moveOne(kind: StoreKind, id: string): Steps<void> {
  yield* moveFound(kind, yield* findOne(kind, [id]));
}

type Find = typeof findAny;

async function moveEach(store: Store, find: Find): Promise<void> {
  const moveSome = function* (_: unknown, kind: StoreKind): Steps<number> {
    const found = yield* find(kind, [atOnce]);
    yield* moveFound(kind, found);
    return found.length;
  };
  while ((await store.transact(moveSome)) === atOnce) await setImmediate();
}

function* moveFound(kind: StoreKind, found: readonly { readonly id: string }[]): Steps<void> {
  const ids = found.map(({ id }) => id);
  if (ids.length > 0) yield* moveIntake(kind, ids);
}

const findAny = idsWhere('true order by id limit ?');
const findEnded = idsWhere(`state <> 'open' order by id limit ?`);
const findOne = idsWhere('id = ?');
const findOthers = idsWhere('id <> ? order by id');

/** Until the transaction ends nobody else changes them. */
function idsWhere(condition: string) {
  const text = `select id from llm_sidecar_intake where ${condition}`;
  return rowsOf<{ readonly id: string }>({ sqlite: text, postgres: `${text} for update` });
}
