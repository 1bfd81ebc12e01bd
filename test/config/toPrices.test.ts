import { expect, test } from 'vitest';
import { parseUsd } from '../../src/pricing/price.ts';
import { toPrices } from '../../src/config/toPrices.ts';
import { names, parsed, show } from './support.ts';

const usd = (text: string): { base: bigint; tiers: [] } => ({ base: parseUsd(text), tiers: [] });

test('a price that always holds', () => {
  const { tariffs, problems } = toPrices(parsed('prices: {gpt-5.4: {input: 0.29, output: "1.2"}}'), names);
  expect(problems).toEqual([]);
  expect(tariffs).toEqual(
    new Map([
      [
        'gpt-5.4',
        [
          {
            from: null,
            tariff: {
              id: 'config:gpt-5.4',
              input: { base: 29_000_000_000n, tiers: [] },
              output: { base: 120_000_000_000n, tiers: [] },
              cacheRead: undefined,
              cacheWrite: undefined,
            },
          },
        ],
      ],
    ]),
  );
});

test('prices by date, in the order of their dates, each with its own id', () => {
  const yaml = `prices:
  gpt-5.4:
    - { from: 2026-06-01, input: 3, output: 6 }
    - { input: 1, output: 2, cache_read: 1e-7 }
    - { from: 2026-01-01, input: 2, output: 4, cache_write: 2.5 }
`;
  expect(toPrices(parsed(yaml), names).tariffs.get('gpt-5.4')).toMatchObject([
    { from: null, tariff: { id: 'config:gpt-5.4', input: usd('1'), cacheRead: usd('0.0000001') } },
    { from: new Date('2026-01-01T00:00:00Z'), tariff: { id: 'config:gpt-5.4@2026-01-01', input: usd('2'), cacheWrite: usd('2.5') } },
    { from: new Date('2026-06-01T00:00:00Z'), tariff: { id: 'config:gpt-5.4@2026-06-01', input: usd('3') } },
  ]);
});

test('prices of long prompts, the shortest first; a cache without a price of its own has that of the input', () => {
  const yaml = `prices:
  gpt-5.4:
    input: 1
    output: 2
    long_context:
      - { above: 500000, input: 3, output: 6, cache_read: 0.5 }
      - { above: 200000, input: 2, output: 4 }
`;
  expect(toPrices(parsed(yaml), names).tariffs.get('gpt-5.4')?.[0]?.tariff).toEqual({
    id: 'config:gpt-5.4',
    input: {
      base: parseUsd('1'),
      tiers: [
        { above: 200_000, price: parseUsd('2') },
        { above: 500_000, price: parseUsd('3') },
      ],
    },
    output: {
      base: parseUsd('2'),
      tiers: [
        { above: 200_000, price: parseUsd('4') },
        { above: 500_000, price: parseUsd('6') },
      ],
    },
    cacheRead: {
      base: parseUsd('1'),
      tiers: [
        { above: 200_000, price: parseUsd('2') },
        { above: 500_000, price: parseUsd('0.5') },
      ],
    },
    cacheWrite: undefined,
  });
});

test('1.8 names become ids; an unknown one is a warning with its place', () => {
  const price = '{input: 1, output: 1}';
  const yaml = `prices:\n  claude-sonnet-4.6: ${price}\n  gpt-5.4-mni: ${price}\n  who: ${price}\n`;
  const { tariffs, problems } = toPrices(parsed(yaml), names);
  expect([...tariffs.keys()]).toEqual(['claude-sonnet-4-6', 'gpt-5.4-mni', 'who']);
  expect(problems.map((problem) => [show(problem), problem.message])).toEqual([
    ['warning unknownModel prices["gpt-5.4-mni"] 2:2-2:13', 'There is no model "gpt-5.4-mni". Did you mean "gpt-5.4-mini"?'],
    ['warning unknownModel prices.who 3:2-3:5', 'There is no model "who". The models are listed by llm/models.'],
  ]);
});

test('two names of one model', () => {
  const { tariffs, problems } = toPrices(
    parsed('prices:\n  claude-sonnet-4-6: {input: 1, output: 1}\n  claude-sonnet-4.6: {input: 2, output: 2}\n'),
    names,
  );
  expect(tariffs.get('claude-sonnet-4-6')?.[0]?.tariff.input).toEqual(usd('2'));
  expect(problems.map(show)).toEqual(['warning sameModel prices["claude-sonnet-4.6"] 2:2-2:19']);
});
