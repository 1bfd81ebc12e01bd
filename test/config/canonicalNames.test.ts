import { describe, expect, test } from 'vitest';
import { toMoneyRules } from '../../src/config/toMoney.ts';
import { toPrices } from '../../src/config/toPrices.ts';
import { toReliability } from '../../src/config/toReliability.ts';
import { toRules } from '../../src/config/toSnapshot.ts';
import { names, parsed, show } from './support.ts';

type Config = ReturnType<typeof parsed>;
const id = 'claude-sonnet-4-6';

describe('two names of one model: the last one counts, with a warning at its place', () => {
  test.each<[key: string, first: string, last: string, read: (config: Config) => unknown, expected: unknown]>([
    [
      'model_options',
      '{max_tokens: 1}',
      '{max_tokens: 2}',
      (config) => toRules(config, names).rules.modelOptions.get(id),
      { max_tokens: 2 },
    ],
    ['reservations', '1', '2', (config) => toMoneyRules(config, names).money.reservations.models.get(id), 2_000_000_000_00n],
    ['fallbacks', '[gpt-5.4]', '[]', (config) => toReliability(config, names).reliability.fallbacks.models.get(id), []],
    [
      'model_timeouts',
      '{idle_ms: 1}',
      '{idle_ms: 2}',
      (config) => toReliability(config, names).reliability.timeouts.models.get(id)?.idleMs,
      2,
    ],
    ['prices', '{input: 1, output: 1}', '{input: 2, output: 2}', (config) => toPrices(config, names).tariffs.get(id)?.length, 1],
  ])('%s', (key, first, last, read, expected) => {
    const config = parsed(`${key}:\n  claude-sonnet-4-6: ${first}\n  gpt-5.4-mini: ${first}\n  claude-sonnet-4.6: ${last}\n`);
    expect(read(config)).toEqual(expected);
    const problems = [toRules, toMoneyRules, toPrices, toReliability].flatMap((to) => to(config, names).problems);
    expect(problems.map((problem) => [show(problem), problem.message])).toEqual([
      [`warning sameModel ${key}["claude-sonnet-4.6"] 3:2-3:19`, 'This is the same model as "claude-sonnet-4-6" above; this one counts.'],
    ]);
  });
});

test('the name that is told is the last one before', () => {
  const config = parsed(`reservations: {claude-sonnet-4-6: 1, claude-sonnet-4.6: 2, Claude-Sonnet-4-6: 3}\n`);
  const resolve = (name: string): string => name.toLowerCase().replace('.', '-');
  const { money, problems } = toMoneyRules(config, { ...names, resolve });
  expect(problems.map(({ message }) => message)).toEqual([
    'This is the same model as "claude-sonnet-4-6" above; this one counts.',
    'This is the same model as "claude-sonnet-4.6" above; this one counts.',
  ]);
  expect([...money.reservations.models]).toEqual([[id, 300_000_000_000n]]);
});
