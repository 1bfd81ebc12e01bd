import { describe, expect, test } from 'vitest';
import { chargesFor, type Spender } from '../../src/policy/budgetCharges.ts';
import type { Budget } from '../../src/policy/moneyRules.ts';
import { createWindows } from '../../src/policy/window.ts';

const at = new Date('2026-03-10T12:00:00.000Z');
const budget = (name: string, rest: Partial<Budget> = {}): Budget => ({
  name,
  match: {},
  each: [],
  limitNanocents: 5n,
  per: 'total',
  timeZone: 'UTC',
  windowAt: createWindows(rest.per ?? 'total', rest.timeZone ?? 'UTC'),
  ...rest,
});
const spender = (purpose?: string, actor?: string, model: string | null = 'echo'): Spender => ({ purpose, actor, model });

describe('the budgets that count a call', () => {
  const budgets = [
    budget('all'),
    budget('chat', { match: { purpose: ['chat', 'extract'] } }),
    budget('ann', { match: { actor: ['ann'] } }),
    budget('big', { match: { model: ['big', 'bigger'] } }),
    budget('ann chats', { match: { actor: ['ann'], purpose: ['chat'] } }),
    budget('each actor', { each: ['actor'] }),
    budget('none', { match: { purpose: [] } }),
  ];

  test.each<[string, Spender, string[]]>([
    ['of nobody', spender(), ['all', 'each actor']],
    ['for a purpose', spender('extract'), ['all', 'chat', 'each actor']],
    ['for an actor', spender(undefined, 'ann'), ['all', 'ann', 'each actor']],
    ['for both', spender('chat', 'ann'), ['all', 'ann', 'ann chats', 'chat', 'each actor']],
    ['of a model', spender(undefined, undefined, 'bigger'), ['all', 'big', 'each actor']],
    ['without a model yet', spender('chat', 'bob', null), ['all', 'chat', 'each actor']],
    ['of an empty name', spender('', ''), ['all', 'each actor']],
  ])('%s', (_, who, names) => {
    expect(
      chargesFor(budgets, who, at)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(names);
  });

  test('are in the order of their keys, whatever the order of the configuration', () => {
    const keys = chargesFor(budgets, spender('chat', 'ann'), at).map(({ key }) => key);
    expect(keys).toEqual(keys.toSorted());
    expect(chargesFor(budgets.toReversed(), spender('chat', 'ann'), at).map(({ key }) => key)).toEqual(keys);
  });

  test('say what they count, in which window, and until when', () => {
    const month = budget('team', {
      match: { purpose: ['b', 'a'], model: ['echo'] },
      each: ['actor', 'model'],
      per: 'month',
      timeZone: 'Europe/Berlin',
    });
    expect(chargesFor([month], spender('a', undefined), at)).toEqual([
      {
        key: '["team","month","Europe/Berlin",{"purpose":["a","b"],"actor":[null],"model":["echo"]}]',
        name: 'team',
        per: 'month',
        limitNanocents: 5n,
        windowStart: '2026-02-28T23:00:00.000Z',
        windowEnd: '2026-03-31T22:00:00.000Z',
        counts: { purpose: ['a', 'b'], actor: [null], model: ['echo'] },
      },
    ]);
  });

  const keyOf = (one: Budget, who = spender('chat', 'ann')): string => chargesFor([one], who, at)[0]!.key;
  test.each<[string, Budget, Budget, boolean]>([
    ['another limit', budget('x'), budget('x', { limitNanocents: 9n }), true],
    [
      'another order of names',
      budget('x', { match: { purpose: ['chat', 'a'] } }),
      budget('x', { match: { purpose: ['a', 'chat'] } }),
      true,
    ],
    ['another name', budget('x'), budget('y'), false],
    ['another period', budget('x'), budget('x', { per: 'day' }), false],
    ['another time zone', budget('x', { per: 'day' }), budget('x', { per: 'day', timeZone: 'Asia/Tokyo' }), false],
    ['more names', budget('x', { match: { purpose: ['chat'] } }), budget('x', { match: { purpose: ['chat', 'a'] } }), false],
    ['each of a kind', budget('x'), budget('x', { each: ['actor'] }), false],
  ])('%s: counted together is %s', (_, one, other, together) => {
    expect(keyOf(one) === keyOf(other)).toBe(together);
  });

  test('`each` counts every value for itself, and nobody for itself', () => {
    const each = budget('x', { each: ['actor'] });
    const keys = [spender('a', 'ann'), spender('b', 'ann'), spender('a', 'bob'), spender('a')].map((who) => keyOf(each, who));
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
  });
});
