import { expect, test } from 'vitest';
import type { Model } from '../../src/catalogue/model.ts';
import { createPrices } from '../../src/pricing/genaiPrices.ts';
import { formatUsd } from '../../src/pricing/price.ts';
import { embeds, model } from './support.ts';

const prices = createPrices();

type Row = [what: string, model: Model, inputTokens: number, outputTokens: number, usd: string, priceId: string, at?: string];

const rows: Row[] = [
  ['input and output', model('openai', 'gpt-4o'), 1000, 100, '0.0035', 'genai-prices:openai/gpt-4o'],
  ['input as dear as a cache that is written', model('openai', 'gpt-5.6-terra'), 1000, 0, '0.0025', 'genai-prices:openai/gpt-5.6-terra'],
  ['and kept for an hour', model('anthropic', 'claude-sonnet-4-6'), 1000, 100, '0.0075', 'genai-prices:anthropic/claude-sonnet-4-6'],
  ['a prompt that cannot be long', model('google', 'gemini-2.5-pro'), 200_000, 1000, '0.26', 'genai-prices:google/gemini-2.5-pro'],
  ['one that can be', model('google', 'gemini-2.5-pro'), 200_001, 1000, '0.5150025', 'genai-prices:google/gemini-2.5-pro'],
  ['nothing', model('openai', 'gpt-4o'), 0, 0, '0', 'genai-prices:openai/gpt-4o'],
  ['vectors', model('openai', 'text-embedding-3-small', embeds), 1_000_000, 0, '0.02', 'genai-prices:openai/text-embedding-3-small'],
  ['rounded up', model('lan', 'a', { price: { id: 'config:a', input: 1n, output: 1n } }), 1, 0, '0.00000000001', 'config:a'],
  [
    'a long prompt that is cheaper counts as a short one',
    model('lan', 'a', {
      tariffs: [
        {
          from: null,
          tariff: {
            id: 'config:a',
            input: { base: 200_000_000_000n, tiers: [{ above: 100, price: 100_000_000_000n }] },
            output: { base: 0n, tiers: [] },
          },
        },
      ],
    }),
    1_000_000,
    0,
    '2',
    'config:a',
  ],
  [
    'dearer hours that begin while it runs',
    model('deepseek', 'deepseek-v4-flash'),
    1_000_000,
    0,
    '0.44',
    'genai-prices:deepseek/deepseek-v4-flash',
    '2026-11-20T00:10:00Z',
  ],
  [
    'dearer hours that are over',
    model('deepseek', 'deepseek-v4-flash'),
    1_000_000,
    0,
    '0.22',
    'genai-prices:deepseek/deepseek-v4-flash',
    '2026-11-20T12:00:00Z',
  ],
];

test.each(rows)('the most it costs: %s', async (_, priced, inputTokens, outputTokens, usd, priceId, at = '2026-11-20T12:00:00Z') => {
  const bound = await prices.bound(priced, { inputTokens, outputTokens }, new Date(at));
  expect(bound && { usd: formatUsd(bound.nanocents), priceId: bound.priceId }).toEqual({ usd, priceId });
});

test('a bound without a known price is unknown', async () => {
  expect(await prices.bound(model('echo', 'echo'), { inputTokens: 1, outputTokens: 1 }, new Date())).toBeNull();
});
