import * as z from 'zod';
import type { UsageSummaryResult } from '../../protocol/index.ts';
import { listHistory, readHistory, summarizeUsage } from '../engine/history.ts';
import { listBudgets } from '../engine/listBudgets.ts';
import { daysBetween } from '../policy/days.ts';
import type { Answer } from './api.ts';
import { checked } from './checked.ts';
import type { AdminContext } from './context.ts';
import type { BudgetsState, PromptsState, Spending, SpendingRow } from './shapes.ts';

const period = z.strictObject({
  by: z.enum(['model', 'purpose', 'actor']),
  days: z.coerce.number().int().min(1).max(366),
});

export const spending: Answer = async (context, asked) => {
  const { by, days: lastDays } = checked(period, asked);
  const { engine } = context.app;
  const [total, rows, cells] = await Promise.all([
    summarizeUsage(engine, { lastDays }),
    summarizeUsage(engine, { lastDays, by: [by] }),
    summarizeUsage(engine, { lastDays, by: ['day', by] }),
  ]);
  const timeZone = timeZoneOf(context);
  const body: Spending = {
    days: lastOf(timeZone, lastDays),
    timeZone,
    total: toRow(total[0], ''),
    rows: rows.filter(({ responses }) => responses > 0).map((row) => toRow(row, row.key[by] ?? '')),
    cells: cells.map(({ key, cost, responses }) => ({ day: key['day'] ?? '', name: key[by] ?? '', usd: cost.usd, responses })),
  };
  return { body };
};

type Row = UsageSummaryResult['rows'][number];

function toRow(row: Row | undefined, name: string): SpendingRow {
  return {
    name,
    responses: row?.responses ?? 0,
    inputTokens: row?.usage.inputTokens ?? null,
    outputTokens: row?.usage.outputTokens ?? null,
    usd: row?.cost.usd ?? null,
    isEstimated: row?.cost.source === 'estimated',
    unpriced: row?.unpriced ?? 0,
  };
}

function timeZoneOf({ app }: AdminContext): string {
  const written = app.config.read();
  const zone = typeof written === 'object' && written !== null && !Array.isArray(written) ? written['time_zone'] : undefined;
  return typeof zone === 'string' ? zone : 'UTC';
}

/** Today in the time zone, and the days before it. */
function lastOf(timeZone: string, count: number): string[] {
  const now = new Date();
  return daysBetween(timeZone, new Date(now.getTime() - (count + 1) * 86_400_000), now)
    .map(({ day }) => day)
    .slice(-count);
}

export const budgets: Answer = async ({ app }) => {
  const body: BudgetsState = { budgets: await listBudgets(app.engine, new Date()) };
  return { body };
};

const page = z.strictObject({
  model: z.string().optional(),
  purpose: z.string().optional(),
  actor: z.string().optional(),
  outcome: z.enum(['ok', 'error', 'cancelled', 'lost']).optional(),
  query: z.string().max(1000).optional(),
  before: z.string().max(200).optional(),
});

const pageLength = 50;

export const prompts: Answer = async ({ app }, asked) => {
  const { query, before, ...filter } = checked(page, asked);
  const found = await listHistory(app.engine, { filter, query, before, limit: pageLength + 1 });
  const body: PromptsState = { responses: found.slice(0, pageLength), hasMore: found.length > pageLength };
  return { body };
};

const one = z.strictObject({ id: z.string().min(1).max(200) });

export const prompt: Answer = async ({ app }, asked) => ({ body: await readHistory(app.engine, checked(one, asked).id) });
