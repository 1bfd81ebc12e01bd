import type { UsageSummaryResult } from '../../../protocol/index.ts';
import { summarizeUsage, type SummaryDimension } from '../../engine/history.ts';
import { bar } from '../bar.ts';
import { UsageError, type Command, type CommandContext } from '../command.ts';
import { toCsv } from '../csv.ts';
import { filterOptions, toFilter } from '../historyOptions.ts';
import { parseWords } from '../parseWords.ts';
import { roundedDollars } from '../summaries.ts';
import { renderTable, type Column } from '../table.ts';
import type { Channel } from '../terminal.ts';
import { textWidth } from '../textWidth.ts';
import { withCheckedApp } from '../withApp.ts';

const help = `What was used and spent, summed up.

Usage:
  llm-sidecar usage [options]

Options:
      --by NAMES           day (the default), model, purpose, actor, group, several with commas, or none
      --days N             the last N days, today among them; 30 by default
      --from TIME          a day such as 2026-01-31, or a moment such as 2026-01-31T09:00:00Z
      --to TIME            the same; a day is included
  -m, --model MODEL        only this model
      --purpose NAME       only this purpose; '' is none
      --actor ID           only this actor; '' is nobody
      --group ID           only this group; '' is none
      --json               as JSON, as the method usage/summary gives it
      --csv                as CSV, with exact costs
  -c, --config FILE        the configuration, which has to keep usage: history: true

Days are those of time_zone in the configuration. Costs are rounded for the table, and exact in JSON and CSV.

Examples:
  llm-sidecar usage
  llm-sidecar usage --by day,model --days 7
  llm-sidecar usage --by actor --from 2026-01-01 --to 2026-01-31 --csv > january.csv
`;

export const usage: Command = { help, run };

const dimensions: readonly SummaryDimension[] = ['day', 'model', 'purpose', 'actor', 'group'];
const defaultDays = 30;

type Row = UsageSummaryResult['rows'][number];

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(words, {
    ...filterOptions,
    by: { type: 'string', default: 'day' },
    days: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    csv: { type: 'boolean' },
  });
  if (positionals.length > 0) throw new UsageError('usage takes no words beside its options');
  if (values.json && values.csv) throw new UsageError('give --json or --csv, not both');
  const by = readDimensions(values.by);
  const asked = { ...readPeriod(values), filter: toFilter(values) };
  return withCheckedApp(context, values.config, async ({ engine }) => {
    const { out, err, progress } = context.terminal;
    using waiting = progress.start('reading what was used');
    const rows = await summarizeUsage(engine, { ...asked, by });
    const total = rows.length > 1 && !values.json && !values.csv ? await summarizeUsage(engine, asked) : [];
    waiting.stop();
    if (values.json) out.write(`${JSON.stringify({ rows }, null, 2)}\n`);
    else if (values.csv) out.write(csv(rows, by));
    else if (rows.every(({ responses }) => responses === 0)) err.write('Nothing was used in that time.\n');
    else showTable(out, rows, { by, total });
    return 0;
  });
}

function readDimensions(text: string): SummaryDimension[] {
  if (text === 'none') return [];
  return text.split(',').map((word) => {
    const name = dimensions.find((dimension) => dimension === word.trim());
    if (name === undefined) throw new UsageError(`--by takes ${dimensions.join(', ')}, several with commas, or none; not ${word}`);
    return name;
  });
}

function readPeriod({ days, from, to }: { days?: string | undefined; from?: string | undefined; to?: string | undefined }) {
  if (days !== undefined && (from !== undefined || to !== undefined)) throw new UsageError('give --days, or --from and --to');
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days)) throw new UsageError(`--days takes a number such as 7; not ${days}`);
  return { from, to, lastDays: from === undefined && to === undefined ? Number(days ?? defaultDays) : undefined };
}

function csv(rows: readonly Row[], by: readonly SummaryDimension[]): string {
  const counts = ['inputTokens', 'outputTokens', 'reasoningTokens', 'cacheReadTokens', 'cacheWriteTokens'] as const;
  const titles = counts.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  return toCsv([
    [...by, 'responses', ...titles, 'cost_usd', 'cost_source', 'unpriced_responses'],
    ...rows.map(({ key, responses, usage: used, cost, unpriced = 0 }) => [
      ...by.map((name) => key[name] ?? ''),
      responses,
      ...counts.map((name) => used[name] ?? null),
      cost.usd === null ? null : { decimal: cost.usd },
      cost.source,
      unpriced,
    ]),
  ]);
}

const longestBar = 30;
const shortestBar = 8;

function showTable(out: Channel, rows: readonly Row[], { by, total }: { by: readonly SummaryDimension[]; total: readonly Row[] }): void {
  const shown = [...rows, ...total.map((row) => ({ ...row, key: { [by[0] ?? '']: 'total' } }))];
  const paintTitle = (text: string): string => out.paint('dim', text);
  const plain = renderTable(shown, columns(out, by, shown), { width: out.width });
  const room = Math.min(longestBar, out.width - Math.max(...plain.map(textWidth)) - 2);
  const bars = !out.isTerminal || rows.length < 2 || room < shortestBar ? [] : [barColumn(out, rows, room)];
  out.write(`${renderTable(shown, [...columns(out, by, shown), ...bars], { width: out.width, paintTitle }).join('\n')}\n`);
}

function columns(out: Channel, by: readonly SummaryDimension[], rows: readonly Row[]): Column<Row>[] {
  const dim = (text: string): string => out.paint('dim', text);
  const cost = roundedDollars(rows.map((row) => row.cost));
  return [
    ...by.map((name, index): Column<Row> => ({
      title: name.toUpperCase(),
      text: ({ key }) => out.safe(key[name] === '' ? '-' : (key[name] ?? '')),
      leastWidth: 10,
      ...(index === 0 ? {} : { dropOrder: index }),
    })),
    { title: 'RESPONSES', text: ({ responses }) => count(responses), align: 'right', dropOrder: 11 },
    { title: 'IN', text: ({ usage: used }) => count(used.inputTokens), align: 'right', dropOrder: 12 },
    {
      title: 'CACHED',
      text: ({ usage: used }) => (used.cacheReadTokens ? count(used.cacheReadTokens) : ''),
      align: 'right',
      dropOrder: 14,
      paint: dim,
    },
    { title: 'OUT', text: ({ usage: used }) => count(used.outputTokens), align: 'right', dropOrder: 13 },
    { title: 'COST', text: (row) => cost(row.cost), align: 'right', paint: (text, row) => (row.cost.usd === null ? dim(text) : text) },
    {
      title: 'UNPRICED',
      text: ({ unpriced }) => (unpriced === undefined ? '' : count(unpriced)),
      align: 'right',
      dropOrder: 10,
      paint: (text) => out.paint('yellow', text),
    },
  ];
}

function barColumn(out: Channel, rows: readonly Row[], longest: number): Column<Row> {
  const priced = rows.some(({ cost }) => Number(cost.usd) > 0);
  const amount = ({ cost, usage: used }: Row): number => (priced ? Number(cost.usd) : (used.inputTokens ?? 0) + (used.outputTokens ?? 0));
  const most = Math.max(...rows.map(amount));
  return {
    title: '',
    text: (row) => (rows.includes(row) && most > 0 ? bar(amount(row) / most, longest) : ''),
    paint: (text) => out.paint('cyan', text),
  };
}

function count(number: number | null): string {
  return number === null ? '?' : number.toLocaleString('en-US');
}
