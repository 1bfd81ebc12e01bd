import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sections } from '../bench/bench.ts';
import { splitPage } from '../bench/report/page.ts';
import type { Report } from '../bench/report/report.ts';
import { tablesOf } from '../bench/report/tables.ts';
import { readPage } from './support/pages.ts';

const { text } = readPage('docs/performance.md');
const report = JSON.parse(readFileSync(new URL('../../docs/performance.json', import.meta.url), 'utf8')) as Report;

test('the tables of the page are those of the run that is kept', () => {
  expect(splitPage(text).tables).toBe(tablesOf(report));
});

test('the run that is kept is a whole one', () => {
  const measured = [
    'cold/initialize',
    'first/portkey',
    'first/streamText',
    'whole/typescriptSdk',
    'perSecond/1000/leanHost',
    'cpu/paced/providerPackage',
    'memory/stalled',
    'storage/cpu/m/both',
    'reload',
  ];
  expect(measured.filter((name) => (report.values[name]?.length ?? 0) < 3)).toEqual([]);
});

test('the page names every section', () => {
  expect(Object.keys(sections).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
