import { waitForUpdate } from '@pydantic/genai-prices';
import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { Model } from '../../src/catalogue/model.ts';
import { createPrices, loadPrices } from '../../src/pricing/genaiPrices.ts';
import { embeds, model } from './support.ts';

const prices = createPrices();
const find = await loadPrices();
const hour = 3_600_000;
/** Days with and without a change of prices, and the hours around those of DeepSeek. */
const days = ['2025-06-09', '2026-03-12', '2026-08-16', '2026-08-20', '2026-11-20', '2026-12-31'];
const moments = days.flatMap((day) => ['00:20', '03:10', '05:30', '22:30'].map((time) => new Date(`${day}T${time}:00Z`)));

/** Every model of the price list, wherever it has a price. */
const listed: Model[] = ((await waitForUpdate()) ?? []).flatMap((provider) =>
  provider.models.flatMap(({ id }) =>
    [model(provider.id, id), model(provider.id, id, embeds)].filter(
      (candidate) => find(provider.id, id, moments[0]!, candidate.features.embed) !== null,
    ),
  ),
);
const own: Model = model('lan', 'own', {
  tariffs: [
    {
      from: null,
      tariff: { id: 'a', input: { base: 300_000_001n, tiers: [{ above: 100, price: 100_000_001n }] }, output: { base: 5n, tiers: [] } },
    },
    {
      from: new Date('2026-11-20T06:00:00Z'),
      tariff: { id: 'b', input: { base: 499_999n, tiers: [] }, output: { base: 1n, tiers: [{ above: 10, price: 999_999n }] } },
    },
  ],
});

test('the price list has many models', () => {
  expect(listed.length).toBeGreaterThan(1000);
});

const tokens = fc.record({ inputTokens: fc.nat(2_000_000), outputTokens: fc.nat(200_000) });
/** Of the bound; 1 is all of it, and so are the ends of the lengths that have prices of their own. */
const share = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
const length = fc.oneof(share, fc.constantFrom(200_000, 200_001, 271_999, 272_000, 272_001, 128_001, 32_001));

const call = fc.record({
  model: fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...listed) }, { weight: 1, arbitrary: fc.constant(own) }),
  at: fc.constantFrom(...moments),
  later: fc.nat(2 * hour),
  tokens,
  length,
  output: share,
  read: share,
  written: share,
  forHours: share,
});

test('the cost of every usage within a bound is within what was bound', async () => {
  const law = fc.asyncProperty(call, async ({ model, at, later, tokens, length, output, read, written, forHours }) => {
    const inputTokens = length <= 1 ? Math.floor(tokens.inputTokens * length) : Math.min(tokens.inputTokens, length);
    const writes = Math.floor(inputTokens * written);
    const usage = {
      inputTokens,
      outputTokens: Math.floor(tokens.outputTokens * output),
      cacheReadTokens: Math.floor(inputTokens * read),
      cacheWriteTokens: writes,
      raw: { cache_creation: { ephemeral_1h_input_tokens: Math.floor(writes * forHours) } },
    };
    const bound = await prices.bound(model, tokens, at);
    const cost = await prices.cost(model, usage, new Date(at.getTime() + later));
    expect(bound).not.toBeNull();
    expect(cost).not.toBeNull();
    expect(cost!.nanocents <= bound!.nanocents, `${cost!.nanocents} of ${model.provider}/${model.id} is within ${bound!.nanocents}`).toBe(
      true,
    );
  });
  await fc.assert(law, { numRuns: 3000 });
}, 60_000);

test('every model of the list: the dearest call of its length', async () => {
  for (const model of listed) {
    for (const inputTokens of [1, 200_001, 1_000_000]) {
      const at = new Date('2026-11-20T12:00:00Z');
      const dearest = [
        { cacheWriteTokens: inputTokens, raw: { cache_creation: { ephemeral_1h_input_tokens: inputTokens } } },
        { cacheWriteTokens: inputTokens },
        { cacheReadTokens: inputTokens },
        {},
      ];
      const bound = await prices.bound(model, { inputTokens, outputTokens: 7 }, at);
      const costs = await Promise.all(dearest.map(async (cached) => prices.cost(model, { inputTokens, outputTokens: 7, ...cached }, at)));
      const highest = costs.reduce((most, cost) => (cost!.nanocents > most ? cost!.nanocents : most), 0n);
      expect(bound!.nanocents >= highest, `${model.provider}/${model.id}, ${inputTokens} tokens`).toBe(true);
    }
  }
}, 60_000);
