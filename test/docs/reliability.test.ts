import { expect, test } from 'vitest';
import { allCells, sizeTable } from '../e2e/support/faultTable.ts';
import { nameOf } from '../e2e/support/faultCells.ts';
import { readPage } from './support/pages.ts';
import { tableAfter } from './support/tables.ts';

const { text } = readPage('docs/reliability.md');

test('the page has the size of the fault matrix', () => {
  expect(tableAfter(text, '## How this is tested')).toEqual(sizeTable());
});

test('no cell of the matrix is lost or counted twice', () => {
  expect(allCells).toHaveLength(1403);
  expect(new Set(allCells.map(nameOf)).size).toBe(1403);
});
