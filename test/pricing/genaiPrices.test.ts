import { expect, test } from 'vitest';
import type { Usage } from '../../protocol/index.ts';
import type { Model } from '../../src/catalogue/model.ts';
import { embeds, model } from './support.ts';
import { configuredPrice } from '../../src/pricing/configuredPrice.ts';
import { formatUsd } from '../../src/pricing/price.ts';
import { computeCost, createPrices } from '../../src/pricing/genaiPrices.ts';

const at = new Date('2026-11-20T12:00:00Z');
const million: Usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

const costs: { name: string; model: Model; usage: Usage; usd: string; priceId: string }[] = [
  { name: 'gpt-4o', model: model('openai', 'gpt-4o'), usage: million, usd: '12.5', priceId: 'genai-prices:openai/gpt-4o' },
  { name: 'a dated id', model: model('openai', 'gpt-4o-2024-08-06'), usage: million, usd: '12.5', priceId: 'genai-prices:openai/gpt-4o' },
  {
    name: 'a model that embeds needs no price of output',
    model: model('openai', 'text-embedding-3-small', embeds),
    usage: { inputTokens: 1_000_000, outputTokens: 0 },
    usd: '0.02',
    priceId: 'genai-prices:openai/text-embedding-3-small',
  },
  {
    name: 'a binary float stays 0.29',
    model: model('groq', 'qwen/qwen3-32b'),
    usage: { inputTokens: 1_000_000, outputTokens: 0 },
    usd: '0.29',
    priceId: 'genai-prices:groq/qwen/qwen3-32b',
  },
  {
    name: 'cached tokens have their own price, within the input tokens',
    model: model('openai', 'gpt-4o'),
    usage: { inputTokens: 1000, outputTokens: 0, cacheReadTokens: 400 },
    usd: '0.002',
    priceId: 'genai-prices:openai/gpt-4o',
  },
  {
    name: 'cache writes too',
    model: model('anthropic', 'claude-sonnet-4-6'),
    usage: { inputTokens: 1000, outputTokens: 0, cacheReadTokens: 400, cacheWriteTokens: 600 },
    usd: '0.00237',
    priceId: 'genai-prices:anthropic/claude-sonnet-4-6',
  },
  {
    name: 'more cached than input tokens is no error',
    model: model('openai', 'gpt-4o'),
    usage: { inputTokens: 10, outputTokens: 0, cacheReadTokens: 400 },
    usd: '0.0000125',
    priceId: 'genai-prices:openai/gpt-4o',
  },
  {
    name: 'a short prompt has the base price',
    model: model('google', 'gemini-2.5-pro'),
    usage: { inputTokens: 200_000, outputTokens: 1000 },
    usd: '0.26',
    priceId: 'genai-prices:google/gemini-2.5-pro',
  },
  {
    name: 'one token more and all tokens have the long price',
    model: model('google', 'gemini-2.5-pro'),
    usage: { inputTokens: 200_001, outputTokens: 1000 },
    usd: '0.5150025',
    priceId: 'genai-prices:google/gemini-2.5-pro',
  },
  {
    name: 'by the type of a renamed provider',
    model: model('work', 'grok-code-fast-1', { providerType: 'xai' }),
    usage: { inputTokens: 1_000_000, outputTokens: 0 },
    usd: '0.2',
    priceId: 'genai-prices:x-ai/grok-code-fast-1',
  },
  {
    name: 'the configuration wins',
    model: model('openai', 'gpt-4o', {
      price: configuredPrice('gpt-4o', { input: '0.1', output: '0.2', cacheRead: '0', cacheWrite: undefined }),
    }),
    usage: { inputTokens: 1_000_000, outputTokens: 1_000_000, cacheReadTokens: 500_000 },
    usd: '0.25',
    priceId: 'config:gpt-4o',
  },
];

test.each(costs)('cost: $name', async ({ model, usage, usd, priceId }) => {
  const cost = await computeCost(model, usage, at);
  expect(cost && { usd: formatUsd(cost.nanocents), priceId: cost.priceId }).toEqual({ usd, priceId });
});

test.each([
  ['a provider the list does not have', model('lan', 'gpt-4o')],
  ['a server that only speaks like a known one', model('lan', 'gpt-4o', { providerType: 'openai-compatible' })],
  ['a model the list does not have', model('openai', 'gpt-99')],
  ['a later version of a listed one', model('anthropic', 'claude-sonnet-5-5')],
  ['a row without prices', model('google', 'gemma-4-31b-it')],
  ['only an input price', model('openai', 'text-embedding-3-small')],
  ['echo', model('echo', 'echo')],
  ['a test model', model('test', 'test-fast')],
])('unknown, not free: %s', async (_, unpriced) => {
  expect(await computeCost(unpriced, million, at)).toBeNull();
  expect(await createPrices().price(unpriced)).toBeUndefined();
});

test('unknown tokens, unknown cost', async () => {
  expect(await computeCost(model('openai', 'gpt-4o'), { inputTokens: null, outputTokens: 5 }, at)).toBeNull();
});

test('what a listing shows', async () => {
  const prices = createPrices();
  const shown = { id: 'genai-prices:openai/gpt-4o', input: 250_000_000_000n, output: 1_000_000_000_000n, cacheRead: 125_000_000_000n };
  expect(await prices.price(model('openai', 'gpt-4o'))).toEqual(shown);
  expect(await prices.price(model('openai', 'gpt-4o'))).toEqual(shown);
  expect(await prices.cost(model('openai', 'gpt-4o'), million, at)).toEqual({
    nanocents: 1_250_000_000_000n,
    priceId: 'genai-prices:openai/gpt-4o',
  });
});

test('a price that is none is unknown', () => {
  expect(configuredPrice('m', { input: 'cheap', output: '1', cacheRead: undefined, cacheWrite: undefined })).toBeUndefined();
});
