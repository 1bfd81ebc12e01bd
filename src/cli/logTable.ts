import type { HistoryListResult } from '../../protocol/index.ts';
import { roundedDollars } from './summaries.ts';
import { renderTable, type Column } from './table.ts';
import type { Channel, Style } from './terminal.ts';
import { characterWidth } from './textWidth.ts';

type Entry = HistoryListResult['responses'][number];

/** Rows that the columns are as wide as. */
const remembered = 100;
const shortId = 8;

/** Writes responses as lines of one table, however many times it is called. */
export function createLogTable(out: Channel): (entries: readonly Entry[]) => void {
  let shown: readonly Entry[] = [];
  let title = '';
  return (entries) => {
    if (entries.length === 0) return;
    const rows = [...shown, ...entries];
    const [head = '', ...lines] = render(out, rows);
    const titleNow = head.trim().replaceAll(/\s+/g, ' ');
    if (titleNow !== title) out.write(`${out.paint('dim', head)}\n`);
    title = titleNow;
    for (const [index, entry] of entries.entries()) {
      out.write(`${lines[shown.length + index]}\n`);
      if (out.isTerminal && entry.excerpt !== undefined) out.write(`${out.paint('dim', cut(`  ${out.safe(entry.excerpt)}`, out.width))}\n`);
    }
    shown = rows.slice(-remembered);
  };
}

/** With whole ids where there is room for everything, else with their ends. */
function render(out: Channel, rows: readonly Entry[]): string[] {
  const whole = columns(out, rows, (id) => id);
  const lines = renderTable(rows, whole, { width: out.width });
  const all = renderTable(rows, whole, { width: Infinity });
  return lines[0] === all[0]
    ? lines
    : renderTable(
        rows,
        columns(out, rows, (id) => id.slice(-shortId)),
        { width: out.width },
      );
}

function columns(out: Channel, rows: readonly Entry[], idOf: (id: string) => string): Column<Entry>[] {
  const dim = (text: string): string => out.paint('dim', text);
  const cost = roundedDollars(rows.map((row) => row.cost));
  return [
    { title: 'TIME', text: ({ startedAt }) => (out.isTerminal ? localTime(startedAt) : startedAt), paint: dim, dropOrder: 2 },
    { title: 'OUTCOME', text: outcome, paint: (text, row) => (styles[row.outcome] ? out.paint(styles[row.outcome] ?? 'dim', text) : text) },
    { title: 'MODEL', text: ({ model }) => out.safe(model), leastWidth: 20, cuts: 'start' },
    { title: 'IN', text: ({ usage }) => tokens(usage.inputTokens), align: 'right', dropOrder: 4 },
    { title: 'OUT', text: ({ usage }) => tokens(usage.outputTokens), align: 'right', dropOrder: 3 },
    { title: 'COST', text: (row) => (row.outcome === 'running' ? '-' : cost(row.cost)), align: 'right', dropOrder: 1 },
    { title: 'TOOK', text: ({ durationMs }) => (durationMs === undefined ? '-' : took(durationMs)), align: 'right', dropOrder: 5 },
    { title: 'PURPOSE', text: ({ purpose }) => out.safe(purpose ?? '-'), dropOrder: 6, leastWidth: 8 },
    { title: 'ACTOR', text: ({ actor }) => out.safe(actor ?? '-'), dropOrder: 7, leastWidth: 8 },
    { title: 'ID', text: ({ responseId }) => out.safe(idOf(responseId)), paint: dim },
    { title: 'EXCERPT', text: ({ excerpt }) => (out.isTerminal ? '' : (excerpt ?? '')) },
  ];
}

const styles: Readonly<Record<string, Style>> = { error: 'red', lost: 'red', cancelled: 'yellow', running: 'cyan' };

function outcome({ outcome: ended, errorKind }: Entry): string {
  return ended === 'error' ? (errorKind ?? ended) : ended;
}

function tokens(count: number | null): string {
  return count === null ? '?' : String(count);
}

/** `340 ms`, `1.2 s`, `75 s`. */
export function took(milliseconds: number): string {
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 9950 ? 1 : 0)} s`;
}

/** Of the reader's clock: 2026-01-31 09:00:00. */
export function localTime(moment: string): string {
  return new Date(moment).toLocaleString('sv-SE');
}

function cut(text: string, width: number): string {
  let used = 0;
  let kept = '';
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) return `${kept}…`;
    kept += character;
  }
  return kept;
}
