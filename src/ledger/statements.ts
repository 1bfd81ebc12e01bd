import { changeOf, rowsOf, type Text } from '../store/statement.ts';
import type { Steps } from '../store/steps.ts';
import type { StoreKind } from '../store/store.ts';
import type { ContentRow, ResponseRow } from '../store/tables.ts';
import type { CounterKey } from './budgetCounters.ts';
import type { EndColumns, NewResponse } from './rows.ts';

/** What a response that ended held. */
export interface Held {
  readonly id: string;
  readonly reserved_nanocents: bigint;
  readonly drawn_nanocents: bigint;
  readonly group_hold_id: string | null;
}

/** False: there is a row of this id, and it stays as it is. */
export function insertResponse(kind: StoreKind, row: NewResponse): Steps<boolean> {
  return insertOne(kind, valuesOf(row, columns));
}

/** The same of one that a budget counts, before it is sent. */
export function* insertIntake(kind: StoreKind, row: NewResponse, budgets: readonly CounterKey[]): Steps<boolean> {
  const isNew = yield* insertYoung(kind, [...valuesOf(row, openColumns), JSON.stringify(budgets.map(toPair)), row.id]);
  // In PostgreSQL this may have waited for the same row to be moved, and did not see where to.
  return isNew && (kind === 'sqlite' || !(yield* deleteIfMoved(kind, [row.id, row.id])));
}

/** Completes a row that is open. Undefined: it is not, or there is none. */
export function* endOpenResponse(kind: StoreKind, id: string, ended: EndColumns): Steps<Held | undefined> {
  const [held] = yield* endOne(kind, [...valuesOf(ended, endColumns), id]);
  return held;
}

/** The same where it has not been moved yet. False: there is none. */
export function endIntake(kind: StoreKind, id: string, ended: EndColumns): Steps<boolean> {
  return endYoung(kind, [...valuesOf(ended, endColumns), id]);
}

/** What it holds, and has drawn of that from the reservation of its group. */
export function* heldOf(kind: StoreKind, id: string): Steps<Pick<Held, 'reserved_nanocents' | 'drawn_nanocents'> | undefined> {
  const [row] = yield* heldOfOne(kind, [id]);
  return row;
}

/** One that is open holds more from now on. False: there is none. */
export function* reserveMore(kind: StoreKind, id: string, amount: bigint): Steps<boolean> {
  return (yield* moreOfYoung(kind, [amount, id])) || (yield* moreOfMoved(kind, [amount, id]));
}

/** Puts rows where they are read, and what those that are open hold where it can become more. */
export function* moveIntake(kind: StoreKind, ids: readonly string[]): Steps<void> {
  const values = [JSON.stringify(ids)];
  yield* moveRows(kind, values);
  yield* moveHolds(kind, values);
  yield* deleteMoved(kind, values);
}

export function insertContent(kind: StoreKind, row: ContentRow): Steps<unknown> {
  return insertText(kind, [row.response_id, row.request, row.answer, row.search_text]);
}

/** Holds `amount` if there is room for it. Nanocents. */
export function holdWithin(kind: StoreKind, key: CounterKey, { amount, limit }: { amount: bigint; limit: bigint }): Steps<boolean> {
  return holdOne(kind, [amount, key.budget, key.window_start, amount, limit]);
}

export function changeCounter(
  kind: StoreKind,
  key: CounterKey,
  change: { readonly reserved: bigint; readonly spent: bigint },
): Steps<unknown> {
  return changeOne(kind, [change.spent, change.reserved, key.budget, key.window_start]);
}

export function insertHold(kind: StoreKind, holder: string, key: CounterKey): Steps<unknown> {
  return insertOneHold(kind, [holder, key.budget, key.window_start]);
}

export function deleteHolds(kind: StoreKind, holder: string): Steps<readonly CounterKey[]> {
  return deleteAllHolds(kind, [holder]);
}

function valuesOf<Name extends string>(row: Readonly<Partial<Record<Name, unknown>>>, names: readonly Name[]): unknown[] {
  return names.map((name) => row[name] ?? null);
}

function toPair({ budget, window_start }: CounterKey): readonly [string, string] {
  return [budget, window_start];
}

const endColumns = [
  'attempt',
  'outcome',
  'stop_reason',
  'error_kind',
  'input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cost_nanocents',
  'cost_source',
  'price_id',
  'charged_nanocents',
  'settled_at',
  'first_delta_ms',
  'duration_ms',
] as const satisfies readonly (keyof EndColumns)[];

const beginColumns = [
  'id',
  'prompt_id',
  'step',
  'kind',
  'group_id',
  'conversation_id',
  'model',
  'provider',
  'purpose',
  'actor_id',
  'key_source',
  'reserved_nanocents',
  'drawn_nanocents',
  'seen_nanocents',
  'group_hold_id',
  'instance_id',
  'started_at',
  'state',
  'lease_until',
] as const satisfies readonly (keyof ResponseRow)[];
const openColumns = [...beginColumns, 'attempt', 'charged_nanocents'] as const satisfies readonly (keyof ResponseRow)[];
const columns = [...beginColumns, ...endColumns];
const named = columns.join(', ');
const ending = `${endColumns.map((name) => `${name} = ?`).join(', ')}, state = 'settled', lease_until = null`;
const those = { sqlite: '(select value from json_each(?))', postgres: '(select json_array_elements_text(?::json))' };

const insertOne = changeOf(
  `insert into llm_sidecar_responses (${named}) values (${columns.map(() => '?').join(', ')}) on conflict (id) do nothing`,
);
const insertYoung = changeOf(
  `insert into llm_sidecar_intake (${openColumns.join(', ')}, budgets) select ${openColumns.map(() => '?').join(', ')}, ?
  where not exists (select 1 from llm_sidecar_responses where id = ?) on conflict (id) do nothing`,
);
const deleteIfMoved = changeOf('delete from llm_sidecar_intake where id = ? and exists (select 1 from llm_sidecar_responses where id = ?)');
const endOne = rowsOf<Held>(
  `update llm_sidecar_responses set ${ending}
  where id = ? and state = 'open' returning id, reserved_nanocents, drawn_nanocents, group_hold_id`,
);
const endYoung = changeOf(`update llm_sidecar_intake set ${ending} where id = ? and state = 'open'`);
const heldOfOne = rowsOf<Pick<Held, 'reserved_nanocents' | 'drawn_nanocents'>>(
  'select reserved_nanocents, drawn_nanocents from llm_sidecar_intake where id = ?',
);
const [moreOfYoung, moreOfMoved] = ['llm_sidecar_intake', 'llm_sidecar_responses'].map((table) =>
  changeOf(`update ${table} set reserved_nanocents = reserved_nanocents + ? where id = ? and state = 'open'`),
) as [ReturnType<typeof changeOf>, ReturnType<typeof changeOf>];
const moveRows = changeOf(
  forBoth(
    (ids) =>
      `insert into llm_sidecar_responses (${named}) select ${named} from llm_sidecar_intake where id in ${ids} order by id on conflict (id) do nothing`,
  ),
);
const moveHolds = changeOf({
  sqlite: holdsOf(those.sqlite, 'json_each(intake.budgets) as pair'),
  postgres: holdsOf(those.postgres, 'json_array_elements(intake.budgets::json) as pair(value)'),
});
const deleteMoved = changeOf(forBoth((ids) => `delete from llm_sidecar_intake where id in ${ids}`));
const insertText = changeOf(
  'insert into llm_sidecar_contents (response_id, request, answer, search_text) values (?, ?, ?, ?) on conflict (response_id) do nothing',
);
const holdOne = changeOf(
  `update llm_sidecar_budgets set reserved_nanocents = reserved_nanocents + ?
  where budget = ? and window_start = ? and spent_nanocents + reserved_nanocents + ? <= ?`,
);
const changeOne = changeOf(
  `update llm_sidecar_budgets set spent_nanocents = spent_nanocents + ?, reserved_nanocents = reserved_nanocents + ?
  where budget = ? and window_start = ?`,
);
const insertOneHold = changeOf('insert into llm_sidecar_holds (holder_id, budget, window_start) values (?, ?, ?)');
const deleteAllHolds = rowsOf<CounterKey>('delete from llm_sidecar_holds where holder_id = ? returning budget, window_start');

function forBoth(text: (ids: string) => string): Text {
  return { sqlite: text(those.sqlite), postgres: text(those.postgres) };
}

function holdsOf(ids: string, pairs: string): string {
  return `insert into llm_sidecar_holds (holder_id, budget, window_start)
  select intake.id, pair.value ->> 0, pair.value ->> 1 from llm_sidecar_intake as intake, ${pairs}
  where intake.state = 'open' and intake.id in ${ids} on conflict do nothing`;
}
