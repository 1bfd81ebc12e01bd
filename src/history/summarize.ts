import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { Cost, UsageSummaryResult } from '../../protocol/index.ts';
import type { SummaryDimension, SummaryRequest } from '../engine/history.ts';
import { daysBetween, type Day } from '../policy/days.ts';
import { formatUsd } from '../pricing/price.ts';
import type { Db, Store } from '../store/store.ts';
import type { ResponseRow } from '../store/tables.ts';
import { allOf, conditionsOf, type Condition } from './conditions.ts';
import { conditionsOfRange } from './range.ts';
import { toUsage } from './toEntry.ts';

type SummaryRow = UsageSummaryResult['rows'][number];

/** Days of one query: each is three parameters. */
const daysAtOnce = 500;

/**
 * Every row counts as a response: also an attempt that failed before another one was made, and one that still runs, whose
 * cost is neither known nor unknown. The days are cut by the database at the moments at which they begin in the
 * time zone, so one of 23 or 25 hours is right to the millisecond, and each is read by the index of `started_at`.
 */
export async function summarize(store: Store, timeZone: string, { by, filter, ...range }: SummaryRequest): Promise<SummaryRow[]> {
  const condition = allOf([...conditionsOfRange(range, timeZone), ...conditionsOf(filter)]);
  const dimensions = [...new Set(by)];
  const sums = await store.read(async (db) => {
    if (!dimensions.includes('day')) return sumUp(db, dimensions, condition, []);
    const days = await daysWithin(db, timeZone, condition);
    const found: Sums[] = [];
    for (let index = 0; index < days.length; index += daysAtOnce)
      found.push(...(await sumUp(db, dimensions, condition, days.slice(index, index + daysAtOnce))));
    return found;
  });
  return sums.toSorted(inOrder(dimensions)).map((row) => toRow(row, dimensions));
}

type Sums = Record<SummaryDimension, string> &
  Record<'responses' | 'running' | 'priced' | 'estimated' | 'by_provider' | 'by_others', number> &
  Pick<
    Selectable<ResponseRow>,
    'cost_nanocents' | 'input_tokens' | 'output_tokens' | 'reasoning_tokens' | 'cache_read_tokens' | 'cache_write_tokens'
  >;

const columns: Readonly<Record<SummaryDimension, RawBuilder<string>>> = {
  day: sql`days.day`,
  model: sql`r.model`,
  purpose: sql`coalesce(r.purpose, '')`,
  actor: sql`coalesce(r.actor_id, '')`,
  group: sql`coalesce(r.group_id, '')`,
};

async function sumUp(db: Db, dimensions: readonly SummaryDimension[], condition: Condition, days: readonly Day[]): Promise<Sums[]> {
  const keys = dimensions.map((name) => columns[name]);
  const named = dimensions.map((name) => sql`${columns[name]} as ${sql.id(name)},`);
  const values = days.map(({ day, start, end }) => sql`(cast(${day} as text), cast(${start} as text), cast(${end} as text))`);
  const { rows } = await sql<Sums>`
    ${days.length === 0 ? sql`` : sql`with days(day, day_start, day_end) as (values ${sql.join(values)})`}
    select ${sql.join(named, sql` `)}
      count(*) as responses,
      count(case when r.state = 'open' then 1 end) as running,
      count(r.cost_nanocents) as priced,
      count(case when r.cost_source = 'estimated' then 1 end) as estimated,
      count(case when r.cost_nanocents > 0 and r.cost_source = 'provider' then 1 end) as by_provider,
      count(case when r.cost_nanocents > 0 and r.cost_source <> 'provider' then 1 end) as by_others,
      sum(r.cost_nanocents) as cost_nanocents,
      sum(r.input_tokens) as input_tokens,
      sum(r.output_tokens) as output_tokens,
      sum(r.reasoning_tokens) as reasoning_tokens,
      sum(r.cache_read_tokens) as cache_read_tokens,
      sum(r.cache_write_tokens) as cache_write_tokens
    from ${days.length === 0 ? sql`` : sql`days cross join`} llm_sidecar_responses r
    where ${days.length === 0 ? sql`` : sql`r.started_at >= days.day_start and r.started_at < days.day_end and`} ${condition}
    ${keys.length === 0 ? sql`` : sql`group by ${sql.join(keys)}`}`.execute(db);
  return rows;
}

async function daysWithin(db: Db, timeZone: string, condition: Condition): Promise<Day[]> {
  const { rows } = await sql<{ first: string | null; last: string | null }>`
    select min(r.started_at) as first, max(r.started_at) as last from llm_sidecar_responses r where ${condition}`.execute(db);
  const { first = null, last = null } = rows[0] ?? {};
  return first === null || last === null ? [] : daysBetween(timeZone, new Date(first), new Date(last));
}

function toRow(row: Sums, dimensions: readonly SummaryDimension[]): SummaryRow {
  const unpriced = row.responses - row.running - row.priced;
  const usage = toUsage(row);
  return {
    key: Object.fromEntries(dimensions.map((name) => [name, row[name]])),
    responses: row.responses,
    usage: row.responses > 0 ? usage : { ...usage, inputTokens: 0, outputTokens: 0 },
    cost: costOf(row),
    ...(unpriced > 0 ? { unpriced } : {}),
  };
}

function costOf({ responses, priced, estimated, by_provider: byProvider, by_others: byOthers, cost_nanocents: cost }: Sums): Cost {
  if (responses > 0 && priced === 0) return { usd: null, source: 'unknown' };
  const source = estimated > 0 ? 'estimated' : byProvider > 0 && byOthers === 0 ? 'provider' : 'computed';
  return { usd: formatUsd(cost ?? 0n), source };
}

function inOrder(dimensions: readonly SummaryDimension[]): (a: Sums, b: Sums) => number {
  const byDay = dimensions.includes('day');
  return (a, b) => {
    if (byDay && a.day !== b.day) return a.day < b.day ? -1 : 1;
    const [left, right] = [a.cost_nanocents ?? -1n, b.cost_nanocents ?? -1n];
    if (left !== right) return left > right ? -1 : 1;
    if (a.responses !== b.responses) return b.responses - a.responses;
    const [first, second] = [a, b].map((row) => dimensions.map((name) => row[name]).join('\u0000')) as [string, string];
    return first < second ? -1 : Number(first > second);
  };
}
