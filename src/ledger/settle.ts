import { sql } from 'kysely';
import type { StoreKind, Tx } from '../store/store.ts';
import { move, sameCounter, type CounterKey } from './budgetCounters.ts';
import { dropHolds, holdsOf, openGroupRow, takeFromGroup } from './groupRows.ts';
import { locked } from './locked.ts';
import type { Ending, NewResponse } from './rows.ts';
import { endOpenResponse, insertContent, insertResponse, type Held } from './statements.ts';

/** A response and the budgets that it was charged to when it was reserved. */
export interface Reserved {
  readonly row: NewResponse;
  readonly budgets: readonly CounterKey[];
}

/**
 * Completes the row, frees what it held and charges what it cost, once: again it changes nothing. One that was given up
 * meanwhile is corrected. One that could not be written before is written whole, unless `onlyKnown`.
 */
export async function settleResponse(tx: Tx, kind: StoreKind, { row, budgets }: Reserved, ending: Ending): Promise<void> {
  const { columns, onlyKnown = false } = ending;
  const ended = endedOf(ending);
  const charged = columns.charged_nanocents;
  const open = await endOpenResponse(tx, kind, row.id, columns);
  if (open) await release(tx, kind, open, charged);
  else {
    const before = await locked(
      kind,
      tx.selectFrom('llm_sidecar_responses').select(['state', 'charged_nanocents']).where('id', '=', row.id),
    ).executeTakeFirst();
    if (before?.state === 'settled' || (before === undefined && onlyKnown)) return;
    if (before) await tx.updateTable('llm_sidecar_responses').set(ended).where('id', '=', row.id).execute();
    // Written by another transaction at this very moment: then it is as any other.
    else if (!(await insertResponse(tx, kind, { ...row, ...ended }))) return settleResponse(tx, kind, { row, budgets }, ending);
    for (const key of budgets) await move(tx, kind, key, { reserved: 0n, spent: charged - (before?.charged_nanocents ?? 0n) });
  }
  await writeBeside(tx, kind, ending);
}

/** The whole row of a response that no budget counted, if there is none of it yet. */
export async function writeEnded(tx: Tx, kind: StoreKind, { row }: Reserved, ending: Ending): Promise<boolean> {
  if (!(await insertResponse(tx, kind, { ...row, ...endedOf(ending) }))) return false;
  await writeBeside(tx, kind, ending);
  return true;
}

function endedOf({ columns }: Ending) {
  return { ...columns, state: 'settled', lease_until: null } as const;
}

async function writeBeside(tx: Tx, kind: StoreKind, { attempts, content }: Ending): Promise<void> {
  if (attempts.length > 0)
    await tx
      .insertInto('llm_sidecar_responses')
      .values([...attempts])
      .onConflict((on) => on.doNothing())
      .execute();
  if (content) await insertContent(tx, kind, content);
}

/** Its process is gone: what was known of its cost is charged. Nothing happens when it was renewed or has ended meanwhile. */
export async function expireResponse(tx: Tx, kind: StoreKind, id: string, at: string): Promise<boolean> {
  const expired = await tx
    .updateTable('llm_sidecar_responses')
    .set((of) => ({
      state: 'expired',
      outcome: 'lost',
      // Nothing known is not nothing spent.
      cost_nanocents: sql<bigint | null>`case when seen_nanocents > 0 then seen_nanocents end`,
      cost_source: sql<'estimated' | 'unknown'>`case when seen_nanocents > 0 then 'estimated' else 'unknown' end`,
      charged_nanocents: of.ref('seen_nanocents'),
      lease_until: null,
      settled_at: at,
    }))
    .where('id', '=', id)
    .where('state', '=', 'open')
    .where('lease_until', '<', at)
    .returning(['id', 'reserved_nanocents', 'drawn_nanocents', 'group_hold_id', 'charged_nanocents'])
    .executeTakeFirst();
  if (expired === undefined) return false;
  await release(tx, kind, expired, expired.charged_nanocents);
  return true;
}

/** What was drawn from an open group and not spent goes back to it; the rest is free. */
async function release(tx: Tx, kind: StoreKind, held: Held, charged: bigint): Promise<void> {
  const left = held.drawn_nanocents - charged;
  const group = left > 0n && held.group_hold_id !== null ? await openGroupRow(tx, kind, held.group_hold_id) : undefined;
  const groupHolds = group ? await holdsOf(tx, group.id) : [];
  const keys = await dropHolds(tx, kind, held.id);
  // A budget of the group that this response is not charged to may have no room for it any more.
  const back = groupHolds.length > 0 && groupHolds.every((of) => keys.some((key) => sameCounter(key, of))) ? left : 0n;
  if (group && back > 0n) await takeFromGroup(tx, group.id, -back);
  for (const key of keys) {
    const kept = groupHolds.some((of) => sameCounter(of, key)) ? back : 0n;
    await move(tx, kind, key, { reserved: kept - held.reserved_nanocents, spent: charged });
  }
}
