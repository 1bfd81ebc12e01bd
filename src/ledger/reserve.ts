import type { BudgetCharge } from '../policy/budgetCharges.ts';
import { done, firstFrom, type Steps } from '../store/steps.ts';
import type { Db, StoreKind } from '../store/store.ts';
import { byCounter, counterKey, hold, move, sameCounter, type CounterKey } from './budgetCounters.ts';
import { holdsOf, openGroupRow, takeFromGroup } from './groupRows.ts';
import type { NewGroup, NewResponse } from './rows.ts';
import type { Reserved } from './settle.ts';
import { insertHold, insertIntake, reserveMore } from './statements.ts';

/**
 * Writes the row and holds its amount in every budget, drawing on the reservation of its group first. Throws
 * budgetExceeded. A row that is there already stays as it is.
 */
export function* reserveResponse(db: Db, kind: StoreKind, { row, budgets }: Reserved, charges: readonly BudgetCharge[]): Steps<void> {
  if (!(yield* insertIntake(kind, row, budgets))) return;
  const { drawn, groupHolds } = row.group_hold_id == null ? nothingDrawn : yield* draw(db, kind, row, row.group_hold_id);
  const amount = row.reserved_nanocents;
  const changes: Change[] = charges.map((charge) => {
    const key = counterKey(charge);
    const covered = groupHolds.some((held) => sameCounter(held, key));
    return { key, charge, amount: covered ? amount - drawn : amount, covered };
  });
  const onlyOfGroup = groupHolds.filter((held) => !changes.some(({ key }) => sameCounter(key, held)));
  for (const key of onlyOfGroup) changes.push({ key, amount: -drawn });
  yield* holdAll(db, kind, changes, row.id);
}

/** An open response holds more in the same budgets. Throws budgetExceeded. */
export function* holdMore(
  db: Db,
  kind: StoreKind,
  { id, amount }: { readonly id: string; readonly amount: bigint },
  charges: readonly BudgetCharge[],
): Steps<void> {
  // One that was given up meanwhile holds nothing.
  if (!(yield* reserveMore(kind, id, amount))) return;
  const changes: Change[] = charges.map((charge) => ({ key: counterKey(charge), charge, amount }));
  // Budgets that began to count it while it ran.
  const later = (yield* holdsOf(db, id)).filter((held) => !changes.some(({ key }) => sameCounter(key, held)));
  for (const key of later) changes.push({ key, amount });
  yield* holdAll(db, kind, changes, id);
}

/** Holds an amount for a group. Throws budgetExceeded. */
export function* reserveGroup(db: Db, kind: StoreKind, group: NewGroup, charges: readonly BudgetCharge[]): Steps<void> {
  const written = yield* firstFrom(
    db
      .insertInto('llm_sidecar_groups')
      .values(group)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id'),
  );
  if (written === undefined) return;
  const amount = group.reserved_nanocents;
  const changes = charges.map((charge) => ({ key: counterKey(charge), charge, amount }));
  yield* holdAll(db, kind, changes, group.id);
  for (const { key } of changes) yield* insertHold(kind, group.id, key);
}

/** Without a charge: a budget that holds less from now on. */
interface Change {
  readonly key: CounterKey;
  readonly charge?: BudgetCharge;
  readonly amount: bigint;
  /** Of the same budget its group holds something, which goes over to the response. */
  readonly covered?: boolean;
}

function* holdAll(db: Db, kind: StoreKind, changes: readonly Change[], holder: string): Steps<void> {
  for (const { key, charge, amount, covered = false } of changes.toSorted((a, b) => byCounter(a.key, b.key))) {
    if (charge === undefined) yield* move(kind, key, { reserved: amount, spent: 0n });
    // Covered wholly: it was promised when the group was opened, and nothing is asked.
    else if (amount > 0n || !covered) yield* hold(db, kind, { key, charge }, { amount, holder });
  }
}

interface Drawn {
  readonly drawn: bigint;
  readonly groupHolds: readonly CounterKey[];
}

const nothingDrawn: Drawn = { drawn: 0n, groupHolds: [] };

function* draw(db: Db, kind: StoreKind, row: NewResponse, groupId: string): Steps<Drawn> {
  const wanted = row.reserved_nanocents;
  const group = yield* openGroupRow(db, kind, groupId);
  if (group === undefined || wanted === 0n) return nothingDrawn;
  const drawn = group.reserved_nanocents < wanted ? group.reserved_nanocents : wanted;
  if (drawn === 0n) return nothingDrawn;
  yield* takeFromGroup(db, group.id, drawn);
  yield* done(db.updateTable('llm_sidecar_intake').set({ drawn_nanocents: drawn }).where('id', '=', row.id));
  return { drawn, groupHolds: yield* holdsOf(db, group.id) };
}
