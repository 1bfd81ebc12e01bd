import { describe, expect, test } from 'vitest';
import { toMoneyRules } from '../../src/config/toMoney.ts';
import { names, parse, parsed, show } from './support.ts';

const cent = 1_000_000_000n;
const budgetsOf = (yaml: string) =>
  toMoneyRules(parsed(yaml), names).money.budgets.map(({ windowAt, ...budget }) => ({
    ...budget,
    window: windowAt(new Date('2026-07-14T23:30:00Z')),
  }));

describe('toMoneyRules: budgets', () => {
  test('a plain one counts everything, in UTC', () => {
    expect(budgetsOf('budgets: [{name: all, limit_usd: 0.29, per: day}]')).toEqual([
      {
        name: 'all',
        match: { purpose: undefined, actor: undefined, model: undefined },
        each: [],
        limitNanocents: 29n * cent,
        per: 'day',
        timeZone: 'UTC',
        window: { start: '2026-07-14T00:00:00.000Z', end: '2026-07-15T00:00:00.000Z' },
      },
    ]);
  });

  test('match and each take a name or a list; models become canonical; the time zone of the file is theirs unless they have one', () => {
    const yaml = `
time_zone: Europe/Berlin
budgets:
  - {name: a, limit_usd: "12.5", per: month, match: {purpose: chat, model: [claude-sonnet-4.6, gpt-5.4-mini]}, each: actor}
  - {name: b, limit_usd: 1, per: hour, each: [model, purpose], time_zone: Asia/Kolkata}
`;
    expect(budgetsOf(yaml)).toMatchObject([
      {
        match: { purpose: ['chat'], model: ['claude-sonnet-4-6', 'gpt-5.4-mini'] },
        each: ['actor'],
        limitNanocents: 1250n * cent,
        timeZone: 'Europe/Berlin',
        window: { start: '2026-06-30T22:00:00.000Z', end: '2026-07-31T22:00:00.000Z' },
      },
      {
        match: { purpose: undefined },
        each: ['model', 'purpose'],
        timeZone: 'Asia/Kolkata',
        window: { start: '2026-07-14T23:30:00.000Z', end: '2026-07-15T00:30:00.000Z' },
      },
    ]);
  });
});

describe('toMoneyRules: reservations', () => {
  test('behaviour 9.5: without any, a group holds 0.50 and a prompt the most that it can cost', () => {
    const { reservations, unpriced, unpricedNanocents } = toMoneyRules(parsed(''), names).money;
    expect(reservations).toEqual({ purposes: new Map(), models: new Map(), single: undefined, group: 50n * cent });
    expect([unpriced, unpricedNanocents]).toEqual(['deny', 10n * cent]);
  });

  test('by purpose, by model, of prompts and of groups', () => {
    const yaml = `
purposes: {chat: {reservation_usd: 0.07}, other: {}}
reservations: {claude-sonnet-4.6: 0.2}
default_reservation_usd: 2
auto_reservation_usd: "0.00000000001"
unpriced: estimate
`;
    const { reservations, unpriced, unpricedNanocents } = toMoneyRules(parsed(yaml), names).money;
    expect(reservations).toEqual({
      purposes: new Map([['chat', 7n * cent]]),
      models: new Map([['claude-sonnet-4-6', 20n * cent]]),
      single: 1n,
      group: 200n * cent,
    });
    expect([unpriced, unpricedNanocents]).toEqual(['estimate', 1n]);
  });

  test('an unknown model is a warning at its place', () => {
    const yaml = 'reservations: {nope: 1}\nbudgets:\n- {name: a, limit_usd: 1, per: day, match: {model: nope}}\n';
    expect(toMoneyRules(parsed(yaml), names).problems.map(show)).toEqual([
      'warning unknownModel budgets[0].match.model 2:51-2:55',
      'warning unknownModel reservations.nope 0:15-0:19',
    ]);
  });
});

describe('what is no budget is an error with its place', () => {
  test.each([
    ['budgets: [{name: a, limit_usd: -1, per: day}]', 'budgets[0].limit_usd'],
    ['budgets: [{name: a, limit_usd: 1, per: week}]', 'budgets[0].per'],
    ['budgets: [{name: a, per: day}]', 'budgets[0]'],
    ['budgets: [{limit_usd: 1, per: day}]', 'budgets[0]'],
    ['budgets: [{name: a, limit_usd: "1.000000000001", per: day}]', 'budgets[0].limit_usd'],
    ['budgets: [{name: a, limit_usd: 1, per: day, time_zone: Mars/Olympus}]', 'budgets[0].time_zone'],
    ['budgets: [{name: a, limit_usd: 1, per: day, each: everybody}]', 'budgets[0].each'],
    ['budgets: [{name: a, limit_usd: 99999999999, per: total}]', 'budgets[0].limit_usd'],
    ['unpriced: free', 'unpriced'],
    ['history: {retention_days: 0}', 'history.retention_days'],
  ])('%s', (yaml, path) => {
    const { config, problems } = parse(yaml);
    expect(config).toBeNull();
    expect(problems.filter(({ severity }) => severity === 'error').map((problem) => problem.path)).toEqual([expect.stringContaining(path)]);
  });
});
