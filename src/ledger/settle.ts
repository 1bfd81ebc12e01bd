import { sql, type Selectable } from 'kysely';
import { done, firstFrom, type Steps } from '../store/steps.ts';
import type { Db, StoreKind } from '../store/store.ts';
import type { ResponseRow } from '../store/tables.ts';
import { byCounter, move, sameCounter, type CounterKey } from './budgetCounters.ts';
import { dropHolds, holdsOf, openGroupRow, takeFromGroup } from './groupRows.ts';
import { moveOne } from './intake.ts';
import { locked } from './locked.ts';
import type { Ending, NewResponse } from './rows.ts';
import { endIntake, endOpenResponse, heldOf, insertContent, insertResponse, type Held } from './statements.ts';

/** A response and the budgets that it was charged to when it was reserved. */
export interface Reserved {
  readonly row: NewResponse;
  readonly budgets: readonly CounterKey[];
  /** It may hold more than the row says. */
  readonly holdsMore?: boolean;
}

/**
 * Completes the row, frees what it held and charges what it cost, once: again it changes nothing. One that was given up
 * meanwhile is corrected. One that could not be written before is written whole, unless `onlyKnown`.
 */
export function* settleResponse(db: Db, kind: StoreKind, reserved: Reserved, ending: Ending): Steps<void> {
  if ((yield* settleYoung(db, kind, reserved, ending)) || (yield* settleMoved(db, kind, reserved, ending)))
    yield* writeBeside(db, kind, ending);
}

/** Of one that has not been moved: it holds what it was reserved with. False: there is none that is open. */
function* settleYoung(db: Db, kind: StoreKind, { row, budgets, holdsMore }: Reserved, { columns }: Ending): Steps<boolean> {
  if (budgets.length === 0 || !(yield* endIntake(kind, row.id, columns))) return false;
  const { id, group_hold_id = null } = row;
  const asReserved = { reserved_nanocents: row.reserved_nanocents, drawn_nanocents: 0n };
  const held = holdsMore === true || group_hold_id !== null ? ((yield* heldOf(kind, id)) ?? asReserved) : asReserved;
  yield* release(db, kind, { id, group_hold_id, ...held }, { keys: budgets, charged: columns.charged_nanocents });
  return true;
}

/** False: it is settled already, or is not to be written. */
function* settleMoved(db: Db, kind: StoreKind, { row, budgets }: Reserved, ending: Ending): Steps<boolean> {
  const { columns, onlyKnown = false } = ending;
  const charged = columns.charged_nanocents;
  const ended = endedOf(ending);
  const open = yield* endOpenResponse(kind, row.id, columns);
  if (open) {
    yield* release(db, kind, open, { keys: yield* dropHolds(kind, open.id), charged });
    return true;
  }
  const before = (yield* stateOf(db, kind, 'llm_sidecar_responses', row.id)) ?? (yield* stateOf(db, kind, 'llm_sidecar_intake', row.id));
  if (before?.state === 'settled' || (before === undefined && onlyKnown)) return false;
  if (before) yield* done(db.updateTable('llm_sidecar_responses').set(ended).where('id', '=', row.id));
  // Written by another transaction at this very moment: then it is as any other.
  else if (!(yield* insertResponse(kind, { ...row, ...ended }))) return yield* settleMoved(db, kind, { row, budgets }, ending);
  for (const key of budgets) yield* move(kind, key, { reserved: 0n, spent: charged - (before?.charged_nanocents ?? 0n) });
  return true;
}

function* stateOf(
  db: Db,
  kind: StoreKind,
  table: 'llm_sidecar_responses' | 'llm_sidecar_intake',
  id: string,
): Steps<Pick<Selectable<ResponseRow>, 'state' | 'charged_nanocents'> | undefined> {
  return yield* firstFrom(locked(kind, db.selectFrom(table).select(['state', 'charged_nanocents']).where('id', '=', id)));
}

/** The whole row of a response that no budget counted, if there is none of it yet. */
export function* writeEnded(db: Db, kind: StoreKind, { row }: Reserved, ending: Ending): Steps<boolean> {
  if (!(yield* insertResponse(kind, { ...row, ...endedOf(ending) }))) return false;
  yield* writeBeside(db, kind, ending);
  return true;
}

function endedOf({ columns }: Ending) {
  return { ...columns, state: 'settled', lease_until: null } as const;
}

function* writeBeside(db: Db, kind: StoreKind, { attempts, content }: Ending): Steps<void> {
  if (attempts.length > 0)
    yield* done(
      db
        .insertInto('llm_sidecar_responses')
        .values([...attempts])
        .onConflict((on) => on.doNothing()),
    );
  if (content) yield* insertContent(kind, content);
}

/** Its process is gone: what was known of its cost is charged. Nothing happens when it was renewed or has ended meanwhile. */
export function* expireResponse(db: Db, kind: StoreKind, id: string, at: string): Steps<boolean> {
  yield* moveOne(kind, id);
  const expired = yield* firstFrom(
    db
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
      .returning(['id', 'reserved_nanocents', 'drawn_nanocents', 'group_hold_id', 'charged_nanocents']),
  );
  if (expired === undefined) return false;
  yield* release(db, kind, expired, { keys: yield* dropHolds(kind, id), charged: expired.charged_nanocents });
  return true;
}

/** What was drawn from an open group and not spent goes back to it; the rest is free. `keys` are the counters that it held. */
function* release(
  db: Db,
  kind: StoreKind,
  held: Held,
  { keys, charged }: { readonly keys: readonly CounterKey[]; readonly charged: bigint },
): Steps<void> {
  const left = held.drawn_nanocents - charged;
  const group = left > 0n && held.group_hold_id !== null ? yield* openGroupRow(db, kind, held.group_hold_id) : undefined;
  const groupHolds = group ? yield* holdsOf(db, group.id) : [];
  // A budget of the group that this response is not charged to may have no room for it any more.
  const back = groupHolds.length > 0 && groupHolds.every((of) => keys.some((key) => sameCounter(key, of))) ? left : 0n;
  if (group && back > 0n) yield* takeFromGroup(db, group.id, -back);
  for (const key of keys.toSorted(byCounter)) {
    const kept = groupHolds.some((of) => sameCounter(of, key)) ? back : 0n;
    yield* move(kind, key, { reserved: kept - held.reserved_nanocents, spent: charged });
  }
}
