import type { StoreKind, Tx } from '../store/store.ts';
import { byCounter, move, type CounterKey } from './budgetCounters.ts';
import { locked } from './locked.ts';
import { deleteHolds } from './statements.ts';

export interface OpenGroup {
  readonly id: string;
  readonly reserved_nanocents: bigint;
  readonly lease_until: string | null;
}

/** Locked. Undefined: there is none, or it is closed. */
export async function openGroupRow(tx: Tx, kind: StoreKind, id: string): Promise<OpenGroup | undefined> {
  return locked(
    kind,
    tx
      .selectFrom('llm_sidecar_groups')
      .select(['id', 'reserved_nanocents', 'lease_until'])
      .where('id', '=', id)
      .where('state', '=', 'open'),
  ).executeTakeFirst();
}

export async function takeFromGroup(tx: Tx, id: string, amount: bigint): Promise<void> {
  if (amount === 0n) return;
  await tx
    .updateTable('llm_sidecar_groups')
    .set((of) => ({ reserved_nanocents: of('reserved_nanocents', '-', amount) }))
    .where('id', '=', id)
    .execute();
}

export async function holdsOf(tx: Tx, holder: string): Promise<readonly CounterKey[]> {
  return tx.selectFrom('llm_sidecar_holds').select(['budget', 'window_start']).where('holder_id', '=', holder).execute();
}

export async function dropHolds(tx: Tx, kind: StoreKind, holder: string): Promise<readonly CounterKey[]> {
  const dropped = await deleteHolds(tx, kind, holder);
  return dropped.toSorted(byCounter);
}

export interface GroupEnd {
  /** expired: only if its lease has run out by then. */
  readonly state: 'settled' | 'expired';
  readonly at: string;
}

/** What is left of its reservation is free again. Once; whoever comes later changes nothing. */
export async function endGroup(tx: Tx, kind: StoreKind, id: string, end: GroupEnd): Promise<boolean> {
  const group = await openGroupRow(tx, kind, id);
  if (group === undefined || (end.state === 'expired' && (group.lease_until ?? '') >= end.at)) return false;
  await tx
    .updateTable('llm_sidecar_groups')
    .set({ state: end.state, reserved_nanocents: 0n, lease_until: null, settled_at: end.at })
    .where('id', '=', id)
    .execute();
  for (const key of await dropHolds(tx, kind, id)) await move(tx, kind, key, { reserved: -group.reserved_nanocents, spent: 0n });
  return true;
}
