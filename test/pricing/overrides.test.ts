import { expect, test } from 'vitest';
import type { Usage } from '../../protocol/index.ts';
import { createCatalogue } from '../../src/catalogue/catalogue.ts';
import type { Model } from '../../src/catalogue/model.ts';
import { withTariffs } from '../../src/catalogue/withTariffs.ts';
import { toPrices } from '../../src/config/toPrices.ts';
import { computeCost, createPrices } from '../../src/pricing/genaiPrices.ts';
import { formatUsd } from '../../src/pricing/price.ts';
import { parsed } from '../config/support.ts';
import { model } from './support.ts';

const priced = model('openai', 'gpt-4o', { aliases: ['4o'] });
const unpriced = model('lan', 'local-llama', { providerType: 'openai-compatible' });
const flat: Model = { ...model('lan', 'flat'), price: { id: 'config:flat', input: 500_000_000_000n, output: 500_000_000_000n } };

function under(yaml: string): (name: string) => Model {
  const catalogue = createCatalogue([priced, unpriced, flat]);
  const { tariffs, problems } = toPrices(parsed(yaml), { resolve: (name) => catalogue.find(name)?.id ?? null, suggest: () => [] });
  expect(problems).toEqual([]);
  const own = withTariffs(catalogue, tariffs);
  expect(own.models.map(({ id }) => id)).toEqual(['gpt-4o', 'local-llama', 'flat']);
  return (name) => own.find(name)!;
}

const million: Usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };
const day = '2026-11-20';

test.each<[what: string, yaml: string, name: string, usage: Usage, at: string, usd: string, priceId: string]>([
  ['before the price list', 'prices: {gpt-4o: {input: 1, output: 2}}', 'gpt-4o', million, day, '3', 'config:gpt-4o'],
  ['by an alias', 'prices: {4o: {input: 1, output: 2}}', 'openai/gpt-4o', million, day, '3', 'config:gpt-4o'],
  ['by the provider and the id', 'prices: {openai/gpt-4o: {input: 1, output: 2}}', '4o', million, day, '3', 'config:gpt-4o'],
  [
    'of a model without a price',
    'prices: {local-llama: {input: 0, output: 0.29}}',
    'local-llama',
    million,
    day,
    '0.29',
    'config:local-llama',
  ],
  ['before the price of a model', 'prices: {flat: {input: 1, output: 2}}', 'flat', million, day, '3', 'config:flat'],
  ['no other model', 'prices: {flat: {input: 1, output: 2}}', 'gpt-4o', million, day, '12.5', 'genai-prices:openai/gpt-4o'],
  ['the price of a model stays', 'prices: {gpt-4o: {input: 1, output: 2}}', 'flat', million, day, '10', 'config:flat'],
  [
    'cached tokens',
    'prices: {gpt-4o: {input: 1, output: 2, cache_read: 0.1, cache_write: 1.25}}',
    'gpt-4o',
    { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 500_000, cacheWriteTokens: 400_000 },
    day,
    '0.65',
    'config:gpt-4o',
  ],
  [
    'cached tokens without a price of their own: that of the override, not of the list',
    'prices: {gpt-4o: {input: 1, output: 2}}',
    'gpt-4o',
    { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 1_000_000 },
    day,
    '1',
    'config:gpt-4o',
  ],
  [
    'a long prompt',
    'prices: {gpt-4o: {input: 1, output: 2, long_context: [{above: 1000, input: 10, output: 20}]}}',
    'gpt-4o',
    { inputTokens: 1001, outputTokens: 1 },
    day,
    '0.01003',
    'config:gpt-4o',
  ],
  [
    'not quite a long prompt',
    'prices: {gpt-4o: {input: 1, output: 2, long_context: [{above: 1000, input: 10, output: 20}]}}',
    'gpt-4o',
    { inputTokens: 1000, outputTokens: 1 },
    day,
    '0.001002',
    'config:gpt-4o',
  ],
  [
    'until its day the price list',
    'prices: {gpt-4o: {from: 2026-11-20, input: 1, output: 2}}',
    'gpt-4o',
    million,
    '2026-11-19T23:59:59.999Z',
    '12.5',
    'genai-prices:openai/gpt-4o',
  ],
  [
    'from its day on',
    'prices: {gpt-4o: {from: 2026-11-20, input: 1, output: 2}}',
    'gpt-4o',
    million,
    '2026-11-20T00:00:00Z',
    '3',
    'config:gpt-4o@2026-11-20',
  ],
  [
    'the last that has begun',
    'prices: {gpt-4o: [{input: 1, output: 2}, {from: 2026-12-01, input: 5, output: 5}, {from: 2026-01-01, input: 3, output: 4}]}',
    'gpt-4o',
    million,
    day,
    '7',
    'config:gpt-4o@2026-01-01',
  ],
])('prices: %s', async (_, yaml, name, usage, at, usd, priceId) => {
  const cost = await computeCost(under(yaml)(name), usage, new Date(at));
  expect(cost && { usd: formatUsd(cost.nanocents), priceId: cost.priceId }).toEqual({ usd, priceId });
});

test('a list shows the price of the configuration', async () => {
  const shown = await createPrices().price(under('prices: {gpt-4o: {input: 0.29, output: 2}}')('gpt-4o'));
  expect(shown).toMatchObject({ id: 'config:gpt-4o', input: 29_000_000_000n, output: 200_000_000_000n });
});

test.each([
  ['aws', 'anthropic.claude-3-5-haiku-20241022-v1:0', '4.8'],
  ['azure', 'gpt-4o', '12.5'],
  [undefined, 'gpt-4o', null],
])('a server of your own with the price list %s', async (priceList, upstreamId, usd) => {
  const served = model('here', upstreamId, { providerType: 'openai-compatible', priceList });
  const cost = await computeCost(served, million, new Date(day));
  expect(cost && formatUsd(cost.nanocents)).toBe(usd);
});
