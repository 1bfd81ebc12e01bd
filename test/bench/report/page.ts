import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Report } from './report.ts';
import { tablesOf } from './tables.ts';

const begin = '<!-- The last run: written by npm run bench -- --write. -->';
const end = '<!-- End of the last run. -->';
const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Writes docs/performance.json, and its tables into docs/performance.md. */
export function writePage(report: Report): void {
  const [page, raw] = [file('docs/performance.md'), file('docs/performance.json')];
  const text = readFileSync(page, 'utf8');
  const parts = splitPage(text);
  writeFileSync(raw, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(page, `${parts.before}${begin}\n\n${tablesOf(report)}\n\n${end}${parts.after}`);
  spawnSync(process.execPath, [file('node_modules/oxfmt/bin/oxfmt'), page, raw], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The page around its tables, and those. */
export function splitPage(text: string): { before: string; tables: string; after: string } {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error('docs/performance.md has no place for the tables of the last run');
  return { before: text.slice(0, from), tables: text.slice(from + begin.length, to).trim(), after: text.slice(to + end.length) };
}
