import { expect, test } from 'vitest';
import type { Usage } from '../../protocol/index.ts';
import type { Model } from '../../src/catalogue/model.ts';
import { toPrices } from '../../src/config/toPrices.ts';
import { addCosts } from '../../src/pricing/add.ts';
import { computeCost, createPrices, loadPrices } from '../../src/pricing/genaiPrices.ts';
import { formatUsd, parseUsd } from '../../src/pricing/price.ts';
import { names, parsed } from '../config/support.ts';
import { model } from './support.ts';

/** Faults of the original, by the names that behaviour 9.6 gives them. */
const at = new Date('2026-11-20T12:00:00Z');

async function costs(priced: Model, usage: Usage): Promise<string | null> {
  const cost = await computeCost(priced, usage, at);
  return cost && formatUsd(cost.nanocents);
}

test.each<[what: string, provider: string, id: string, usage: Usage, usd: string]>([
  ['read', 'openai', 'gpt-4o', { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 1_000_000 }, '1.25'],
  [
    'written: 1.25 times',
    'anthropic',
    'claude-sonnet-4-6',
    { inputTokens: 1_000_000, outputTokens: 0, cacheWriteTokens: 1_000_000 },
    '3.75',
  ],
  [
    'a part of the input, not beside it',
    'anthropic',
    'claude-sonnet-4-6',
    { inputTokens: 1000, outputTokens: 0, cacheReadTokens: 900 },
    '0.00057',
  ],
  [
    'kept for an hour: twice',
    'anthropic',
    'claude-sonnet-4-6',
    {
      inputTokens: 1_000_000,
      outputTokens: 0,
      cacheWriteTokens: 1_000_000,
      raw: { cache_creation: { ephemeral_5m_input_tokens: 400_000, ephemeral_1h_input_tokens: 600_000 } },
    },
    '5.1',
  ],
  [
    'more kept for an hour than were written at all',
    'anthropic',
    'claude-sonnet-4-6',
    { inputTokens: 1000, outputTokens: 0, cacheWriteTokens: 500, raw: { cache_creation: { ephemeral_1h_input_tokens: 9e9 } } },
    '0.0045',
  ],
  [
    'more than there was input',
    'anthropic',
    'claude-sonnet-4-6',
    { inputTokens: 10, outputTokens: 0, cacheReadTokens: 9, cacheWriteTokens: 9 },
    '0.00000645',
  ],
  ['in a long prompt', 'google', 'gemini-2.5-pro', { inputTokens: 400_000, outputTokens: 0, cacheReadTokens: 300_000 }, '0.325'],
  [
    'a cache makes no long prompt short',
    'google',
    'gemini-2.5-pro',
    { inputTokens: 200_001, outputTokens: 0, cacheReadTokens: 200_000 },
    '0.0500025',
  ],
])('cached tokens are mispriced: %s', async (_, provider, id, usage, usd) => {
  expect(await costs(model(provider, id), usage)).toBe(usd);
});

test.each([
  ['0.29', 29_000_000_000n],
  ['0.07', 7_000_000_000n],
  ['1.1', 110_000_000_000n],
  ['0.0000001', 10_000n],
])('binary-float dollars (0.29 → 28999999999): %s in the configuration', (usd, nanocents) => {
  const { tariffs } = toPrices(parsed(`prices: {gpt-5.4: {input: ${usd}, output: "${usd}"}}`), names);
  expect(tariffs.get('gpt-5.4')?.[0]?.tariff).toMatchObject({ input: { base: nanocents }, output: { base: nanocents } });
  expect(parseUsd(usd)).toBe(nanocents);
});

test('binary-float dollars (0.29 → 28999999999): in the price list', async () => {
  const find = await loadPrices();
  expect(find('groq', 'qwen/qwen3-32b', at)?.input.base).toBe(29_000_000_000n);
  expect(await costs(model('groq', 'qwen/qwen3-32b'), { inputTokens: 1_000_000, outputTokens: 0 })).toBe('0.29');
});

const million: Usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

test.each([
  ['a model that the list does not have', model('openai', 'gpt-99')],
  ['a server of your own', model('lan', 'gpt-4o', { providerType: 'openai-compatible' })],
  ['a model whose listed row has no price', model('google', 'gemma-4-31b-it')],
  ['echo', model('echo', 'echo')],
  ['a test model', model('test', 'test-fast')],
  ['a price that is not yet in force', model('lan', 'a', { tariffs: [{ from: new Date('2027-01-01'), tariff: freeTariff() }] })],
])('unknown price counts as free: %s', async (_, unpriced) => {
  const prices = createPrices();
  expect(await computeCost(unpriced, million, at)).toBeNull();
  expect(await prices.price(unpriced)).toBeUndefined();
  expect(await prices.bound(unpriced, { inputTokens: 1, outputTokens: 1 }, at)).toBeNull();
});

test('unknown price counts as free: unknown tokens', async () => {
  expect(await computeCost(model('openai', 'gpt-4o'), { inputTokens: null, outputTokens: 1 }, at)).toBeNull();
});

test('unknown price counts as free: a sum with one unknown', () => {
  expect(
    addCosts([
      { usd: '1', source: 'computed' },
      { usd: null, source: 'unknown' },
    ]),
  ).toEqual({ usd: null, source: 'unknown' });
});

test('a price of zero is a price', async () => {
  const free = model('lan', 'a', { tariffs: [{ from: null, tariff: freeTariff() }] });
  expect(await costs(free, million)).toBe('0');
});

function freeTariff() {
  return { id: 'config:a', input: { base: 0n, tiers: [] }, output: { base: 0n, tiers: [] } };
}
