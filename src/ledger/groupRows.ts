import { done, firstFrom, rowsFrom, type Steps } from '../store/steps.ts';
import type { Db, StoreKind } from '../store/store.ts';
import { byCounter, move, type CounterKey } from './budgetCounters.ts';
import { locked } from './locked.ts';
import { deleteHolds } from './statements.ts';

export interface OpenGroup {
  readonly id: string;
  readonly reserved_nanocents: bigint;
  readonly lease_until: string | null;
}

/** Locked. Undefined: there is none, or it is closed. */
export function* openGroupRow(db: Db, kind: StoreKind, id: string): Steps<OpenGroup | undefined> {
  return yield* firstFrom(
    locked(
      kind,
      db
        .selectFrom('llm_sidecar_groups')
        .select(['id', 'reserved_nanocents', 'lease_until'])
        .where('id', '=', id)
        .where('state', '=', 'open'),
    ),
  );
}

export function* takeFromGroup(db: Db, id: string, amount: bigint): Steps<void> {
  if (amount === 0n) return;
  yield* done(
    db
      .updateTable('llm_sidecar_groups')
      .set((of) => ({ reserved_nanocents: of('reserved_nanocents', '-', amount) }))
      .where('id', '=', id),
  );
}

export function* holdsOf(db: Db, holder: string): Steps<readonly CounterKey[]> {
  return yield* rowsFrom(db.selectFrom('llm_sidecar_holds').select(['budget', 'window_start']).where('holder_id', '=', holder));
}

export function* dropHolds(kind: StoreKind, holder: string): Steps<readonly CounterKey[]> {
  const dropped = yield* deleteHolds(kind, holder);
  return dropped.toSorted(byCounter);
}

export interface GroupEnd {
  /** expired: only if its lease has run out by then. */
  readonly state: 'settled' | 'expired';
  readonly at: string;
}

/** What is left of its reservation is free again. Once; whoever comes later changes nothing. */
export function* endGroup(db: Db, kind: StoreKind, id: string, end: GroupEnd): Steps<boolean> {
  const group = yield* openGroupRow(db, kind, id);
  if (group === undefined || (end.state === 'expired' && (group.lease_until ?? '') >= end.at)) return false;
  yield* done(
    db
      .updateTable('llm_sidecar_groups')
      .set({ state: end.state, reserved_nanocents: 0n, lease_until: null, settled_at: end.at })
      .where('id', '=', id),
  );
  for (const key of yield* dropHolds(kind, id)) yield* move(kind, key, { reserved: -group.reserved_nanocents, spent: 0n });
  return true;
}
