import { changesOf, rowsOf } from '../store/statement.ts';
import type { StoreKind, Tx } from '../store/store.ts';
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
export async function insertResponse(tx: Tx, kind: StoreKind, row: NewResponse): Promise<boolean> {
  const values = columns.map((name) => row[name] ?? null);
  return (await insertOne(tx, kind, values)) > 0;
}

/** Completes a row that is open. Undefined: it is not, or there is none. */
export async function endOpenResponse(tx: Tx, kind: StoreKind, id: string, ended: EndColumns): Promise<Held | undefined> {
  const [held] = await endOne(tx, kind, [...endColumns.map((name) => ended[name] ?? null), id]);
  return held;
}

export async function insertContent(tx: Tx, kind: StoreKind, row: ContentRow): Promise<void> {
  await insertText(tx, kind, [row.response_id, row.request, row.answer, row.search_text]);
}

/** Holds `amount` if there is room for it. Nanocents. */
export async function holdWithin(
  tx: Tx,
  kind: StoreKind,
  key: CounterKey,
  { amount, limit }: { amount: bigint; limit: bigint },
): Promise<boolean> {
  return (await holdOne(tx, kind, [amount, key.budget, key.window_start, amount, limit])) > 0;
}

export async function changeCounter(
  tx: Tx,
  kind: StoreKind,
  key: CounterKey,
  change: { readonly reserved: bigint; readonly spent: bigint },
): Promise<void> {
  await changeOne(tx, kind, [change.spent, change.reserved, key.budget, key.window_start]);
}

export async function insertHold(tx: Tx, kind: StoreKind, holder: string, key: CounterKey): Promise<void> {
  await insertOneHold(tx, kind, [holder, key.budget, key.window_start]);
}

export async function deleteHolds(tx: Tx, kind: StoreKind, holder: string): Promise<readonly CounterKey[]> {
  return deleteAllHolds(tx, kind, [holder]);
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

const columns = [
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
  ...endColumns,
] as const satisfies readonly (keyof ResponseRow)[];

const insertOne = changesOf(
  `insert into llm_sidecar_responses (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')}) on conflict (id) do nothing`,
);
const endOne = rowsOf<Held>(
  `update llm_sidecar_responses set ${endColumns.map((name) => `${name} = ?`).join(', ')}, state = 'settled', lease_until = null
  where id = ? and state = 'open' returning id, reserved_nanocents, drawn_nanocents, group_hold_id`,
);
const insertText = changesOf(
  'insert into llm_sidecar_contents (response_id, request, answer, search_text) values (?, ?, ?, ?) on conflict (response_id) do nothing',
);
const holdOne = changesOf(
  `update llm_sidecar_budgets set reserved_nanocents = reserved_nanocents + ?
  where budget = ? and window_start = ? and spent_nanocents + reserved_nanocents + ? <= ?`,
);
const changeOne = changesOf(
  `update llm_sidecar_budgets set spent_nanocents = spent_nanocents + ?, reserved_nanocents = reserved_nanocents + ?
  where budget = ? and window_start = ?`,
);
const insertOneHold = changesOf('insert into llm_sidecar_holds (holder_id, budget, window_start) values (?, ?, ?)');
const deleteAllHolds = rowsOf<CounterKey>('delete from llm_sidecar_holds where holder_id = ? returning budget, window_start');
