import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { costOf, formatUsd, parseUsd, parseUsdPerMillion } from '../../src/pricing/price.ts';

test.each([
  ['0', 0n],
  ['1', 100_000_000_000n],
  ['0.29', 29_000_000_000n],
  ['0.00012345', 12_345_000n],
  ['0.00000000001', 1n],
  ['-2.50', -250_000_000_000n],
  ['123456789012345678901234567890.5', 12345678901234567890123456789050000000000n],
])('%s dollars', (text, nanocents) => {
  expect(parseUsd(text)).toBe(nanocents);
});

test.each(['', '.5', '1.', '1e3', '1,5', 'abc', '0x1', '0.000000000001', '--1', 'NaN'])('%j is not an amount', (text) => {
  expect(() => parseUsd(text)).toThrow(RangeError);
});

test.each([
  [0n, '0'],
  [12_345_000n, '0.00012345'],
  [1n, '0.00000000001'],
  [29_000_000_000n, '0.29'],
  [100_000_000_000n, '1'],
  [-250_000_000_000n, '-2.5'],
  [1_010_000_000_000n, '10.1'],
])('%s nanocents are %s', (nanocents, text) => {
  expect(formatUsd(nanocents)).toBe(text);
});

test('formatting and parsing are each other’s opposite', () => {
  const isKept = (nanocents: bigint): boolean => parseUsd(formatUsd(nanocents)) === nanocents;
  expect(fc.check(fc.property(fc.bigInt(), isKept)).counterexample).toBeNull();
});

test('a price below nothing is none', () => {
  expect(parseUsdPerMillion('0.29')).toBe(29_000_000_000n);
  expect(() => parseUsdPerMillion('-1')).toThrow(RangeError);
});

const price = { id: 'p', input: parseUsd('3'), output: parseUsd('15'), cacheRead: parseUsd('0.3'), cacheWrite: parseUsd('3.75') };
const plain = { id: 'p', input: parseUsd('0.29'), output: parseUsd('0.59') };

test.each([
  ['input and output', plain, { inputTokens: 1_000_000, outputTokens: 1_000_000 }, '0.88'],
  ['one token of 0.29, not 0.28999', plain, { inputTokens: 1, outputTokens: 0 }, '0.00000029'],
  [
    'cached tokens at their own prices, once',
    price,
    { inputTokens: 1000, outputTokens: 10, cacheReadTokens: 600, cacheWriteTokens: 300 },
    '0.001755',
  ],
  ['cached tokens at the input price where they have none', plain, { inputTokens: 1000, outputTokens: 0, cacheReadTokens: 600 }, '0.00029'],
  ['reasoning is part of the output', price, { inputTokens: 0, outputTokens: 100, reasoningTokens: 90 }, '0.0015'],
  [
    'more cached than input tokens count as that many',
    price,
    { inputTokens: 100, outputTokens: 0, cacheReadTokens: 500, cacheWriteTokens: 50 },
    '0.00003',
  ],
  ['nothing', price, { inputTokens: 0, outputTokens: 0 }, '0'],
])('cost: %s', (_, rates, usage, usd) => {
  expect(formatUsd(costOf(usage, rates)!)).toBe(usd);
});

test.each([
  ['input', { inputTokens: null, outputTokens: 1 }],
  ['output', { inputTokens: 1, outputTokens: null }],
  ['a number', { inputTokens: Number.NaN, outputTokens: 1 }],
])('cost is unknown without %s', (_, usage) => {
  expect(costOf(usage, price)).toBeNull();
});

test('one rounding, half up', () => {
  expect(costOf({ inputTokens: 1, outputTokens: 1 }, { id: 'p', input: 499_999n, output: 1n })).toBe(1n);
  expect(costOf({ inputTokens: 1, outputTokens: 0 }, { id: 'p', input: 499_999n, output: 1n })).toBe(0n);
});
