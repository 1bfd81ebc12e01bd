import { expect, test } from 'vitest';
import { splitInput } from '../../src/engine/sendBatches.ts';

const big = 'x'.repeat(200_000);

const rows: [what: string, input: string[], maxInputs: number, sizes: number[]][] = [
  ['fits in one', ['a', 'b', 'c'], 10, [3]],
  ['exactly full', ['a', 'b', 'c', 'd'], 2, [2, 2]],
  ['one more', ['a', 'b', 'c'], 2, [2, 1]],
  ['without a bound', Array.from({ length: 5000 }, () => 'a'), Infinity, [5000]],
  ['300 000 bytes at most', ['a', big, 'b', big, big], 100, [3, 1, 1]],
  ['bytes and not characters', ['é'.repeat(100_000), 'é'.repeat(100_000)], 100, [1, 1]],
  ['larger than that by itself', [`${big}${big}`, 'a'], 100, [1, 1]],
  ['empty texts count', ['', '', ''], 2, [2, 1]],
];

test.each(rows)('%s', (_, input, maxInputs, sizes) => {
  const batches = splitInput(input, maxInputs);
  expect(batches.map(({ length }) => length)).toEqual(sizes);
  expect(batches.flat()).toEqual(input);
});
