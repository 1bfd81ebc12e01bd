import type { BudgetCharge } from '../policy/budgetCharges.ts';
import type { StoreKind, Tx } from '../store/store.ts';
import { byCounter, counterKey, hold, move, sameCounter, type CounterKey } from './budgetCounters.ts';
import { holdsOf, openGroupRow, takeFromGroup } from './groupRows.ts';
import type { NewGroup, NewResponse } from './rows.ts';
import { insertHold, insertResponse } from './statements.ts';

/**
 * Writes the row and holds its amount in every budget, drawing on the reservation of its group first. Throws
 * budgetExceeded. A row that is there already stays as it is.
 */
export async function reserveResponse(tx: Tx, kind: StoreKind, row: NewResponse, charges: readonly BudgetCharge[]): Promise<void> {
  if (!(await insertResponse(tx, kind, row)) || charges.length === 0) return;
  const { drawn, groupHolds } = await draw(tx, kind, row);
  const amount = row.reserved_nanocents;
  const changes: Change[] = charges.map((charge) => {
    const key = counterKey(charge);
    const covered = groupHolds.some((held) => sameCounter(held, key));
    return { key, charge, amount: covered ? amount - drawn : amount, covered };
  });
  const onlyOfGroup = groupHolds.filter((held) => !changes.some(({ key }) => sameCounter(key, held)));
  for (const key of onlyOfGroup) changes.push({ key, amount: -drawn });
  await holdAll(tx, kind, changes, row.id);
}

/** Holds an amount for a group. Throws budgetExceeded. */
export async function reserveGroup(tx: Tx, kind: StoreKind, group: NewGroup, charges: readonly BudgetCharge[]): Promise<void> {
  const written = await tx
    .insertInto('llm_sidecar_groups')
    .values(group)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (written === undefined) return;
  const amount = group.reserved_nanocents;
  await holdAll(
    tx,
    kind,
    charges.map((charge) => ({ key: counterKey(charge), charge, amount })),
    group.id,
  );
}

/** Without a charge: a budget that holds less from now on. */
interface Change {
  readonly key: CounterKey;
  readonly charge?: BudgetCharge;
  readonly amount: bigint;
  /** Of the same budget its group holds something, which goes over to the response. */
  readonly covered?: boolean;
}

async function holdAll(tx: Tx, kind: StoreKind, changes: readonly Change[], holder: string): Promise<void> {
  for (const { key, charge, amount, covered = false } of changes.toSorted((a, b) => byCounter(a.key, b.key))) {
    if (charge === undefined) await move(tx, kind, key, { reserved: amount, spent: 0n });
    // Covered wholly: it was promised when the group was opened, and nothing is asked.
    else if (amount > 0n || !covered) await hold(tx, kind, charge, { amount, holder });
  }
  for (const { key, charge } of changes) if (charge !== undefined) await insertHold(tx, kind, holder, key);
}

async function draw(tx: Tx, kind: StoreKind, row: NewResponse): Promise<{ drawn: bigint; groupHolds: readonly CounterKey[] }> {
  const { group_hold_id: groupId, reserved_nanocents: wanted } = row;
  const group = groupId == null ? undefined : await openGroupRow(tx, kind, groupId);
  if (group === undefined || wanted === 0n) return { drawn: 0n, groupHolds: [] };
  const drawn = group.reserved_nanocents < wanted ? group.reserved_nanocents : wanted;
  if (drawn === 0n) return { drawn, groupHolds: [] };
  await takeFromGroup(tx, group.id, drawn);
  await tx.updateTable('llm_sidecar_responses').set({ drawn_nanocents: drawn }).where('id', '=', row.id).execute();
  return { drawn, groupHolds: await holdsOf(tx, group.id) };
}
