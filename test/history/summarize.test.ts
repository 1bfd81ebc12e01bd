import { expect, onTestFinished, test, vi } from 'vitest';
import { fc } from '../support/fc.ts';
import type { SummaryDimension, SummaryRequest } from '../../src/engine/history.ts';
import { parseUsd } from '../../src/pricing/price.ts';
import { describeEngines } from '../support/engines.ts';
import { historyWith, insertRows, running, type Row } from './support/rows.ts';

const ask = (by: readonly SummaryDimension[], more: Partial<SummaryRequest> = {}): SummaryRequest => ({
  from: undefined,
  to: undefined,
  by,
  filter: {},
  ...more,
});
const cents = (count: number): bigint => BigInt(count) * 1_000_000_000n;

describeEngines('a summary of usage', (engine) => {
  test('without `by` is one row, exact to the nanocent', async () => {
    const { history } = await historyWith(engine, [
      { id: 'a', cost_nanocents: 9_007_199_254_740_993n, input_tokens: 5, output_tokens: 7, cache_read_tokens: 3, reasoning_tokens: 2 },
      { id: 'b', cost_nanocents: 1n, input_tokens: 1, output_tokens: 1, cache_read_tokens: 1, cache_write_tokens: 4 },
    ]);
    expect(await history.summary(ask([]))).toEqual([
      {
        key: {},
        responses: 2,
        usage: { inputTokens: 6, outputTokens: 8, reasoningTokens: 2, cacheReadTokens: 4, cacheWriteTokens: 4 },
        cost: { usd: '90071.99254740994', source: 'computed' },
      },
    ]);
  });

  test('of nothing is nothing, which cost nothing', async () => {
    const { history } = await historyWith(engine, []);
    const nothing = { responses: 0, usage: { inputTokens: 0, outputTokens: 0 }, cost: { usd: '0', source: 'computed' } };
    expect(await history.summary(ask([]))).toEqual([{ key: {}, ...nothing }]);
    expect(await history.summary(ask(['day']))).toEqual([]);
    expect(await history.summary(ask(['model', 'actor']))).toEqual([]);
  });

  test('says how many have no known cost, and null only where none has', async () => {
    const { history } = await historyWith(engine, [
      { id: 'a', model: 'some', cost_nanocents: cents(2) },
      { id: 'b', model: 'some', cost_nanocents: null },
      { id: 'c', model: 'none', cost_nanocents: null, input_tokens: null, output_tokens: null },
      { id: 'd', model: 'none', cost_nanocents: null, input_tokens: 4, output_tokens: null },
    ]);
    expect(await history.summary(ask(['model']))).toEqual([
      {
        key: { model: 'some' },
        responses: 2,
        usage: { inputTokens: 20, outputTokens: 2 },
        cost: { usd: '0.02', source: 'computed' },
        unpriced: 1,
      },
      {
        key: { model: 'none' },
        responses: 2,
        usage: { inputTokens: 4, outputTokens: null },
        cost: { usd: null, source: 'unknown' },
        unpriced: 2,
      },
    ]);
  });

  test('counts what still runs, and its cost neither as known nor as unknown', async () => {
    const { history } = await historyWith(engine, [
      { id: 'a', purpose: 'p', cost_nanocents: cents(2) },
      { id: 'b', purpose: 'p', ...running },
      { id: 'c', purpose: 'q', ...running },
    ]);
    expect(await history.summary(ask(['purpose']))).toEqual([
      { key: { purpose: 'p' }, responses: 2, usage: { inputTokens: 10, outputTokens: 1 }, cost: { usd: '0.02', source: 'computed' } },
      { key: { purpose: 'q' }, responses: 1, usage: { inputTokens: null, outputTokens: null }, cost: { usd: null, source: 'unknown' } },
    ]);
  });

  test('counts attempts that failed and what was lost', async () => {
    const { history } = await historyWith(engine, [
      { id: 'a', outcome: 'error', error_kind: 'rateLimited', cost_nanocents: 0n, input_tokens: null, output_tokens: null },
      { id: 'b', attempt: 1 },
      { id: 'c', state: 'expired', outcome: 'lost', cost_nanocents: cents(3), cost_source: 'estimated' },
    ]);
    expect(await history.summary(ask([]))).toEqual([
      { key: {}, responses: 3, usage: { inputTokens: 20, outputTokens: 2 }, cost: { usd: '0.04', source: 'estimated' } },
    ]);
  });

  test.each([
    ['provider', ['provider', 'provider'], 'provider'],
    ['both', ['provider', 'computed'], 'computed'],
    ['an estimate', ['provider', 'estimated'], 'estimated'],
  ] as const)('says where the cost is from: %s', async (_, sources, source) => {
    const rows = sources.map((cost_source, index) => ({ id: String(index), cost_source }));
    const { history } = await historyWith(engine, [...rows, { id: 'failed', attempt: 1, cost_nanocents: 0n, outcome: 'error' }]);
    expect((await history.summary(ask([])))[0]!.cost).toEqual({ usd: '0.02', source });
  });

  test('has a row for each combination, by day and then by cost', async () => {
    const { history } = await historyWith(engine, [
      { id: 'a', model: 'm', actor_id: 'ann', started_at: '2026-01-02T00:00:00.000Z', cost_nanocents: cents(1) },
      { id: 'b', model: 'm', actor_id: 'bob', started_at: '2026-01-01T23:59:59.999Z', cost_nanocents: cents(2) },
      { id: 'c', model: 'n', actor_id: 'ann', started_at: '2026-01-01T00:00:00.000Z', cost_nanocents: cents(3) },
      { id: 'd', model: 'n', actor_id: null, started_at: '2026-01-01T00:00:00.000Z', cost_nanocents: null },
      { id: 'e', model: 'n', actor_id: 'ann', started_at: '2026-01-01T10:00:00.000Z', cost_nanocents: cents(3) },
    ]);
    const rows = await history.summary(ask(['actor', 'day', 'model', 'day']));
    expect(rows.map(({ key, responses, cost }) => [key, responses, cost.usd])).toEqual([
      [{ actor: 'ann', day: '2026-01-01', model: 'n' }, 2, '0.06'],
      [{ actor: 'bob', day: '2026-01-01', model: 'm' }, 1, '0.02'],
      [{ actor: '', day: '2026-01-01', model: 'n' }, 1, null],
      [{ actor: 'ann', day: '2026-01-02', model: 'm' }, 1, '0.01'],
    ]);
  });

  test.each([
    [
      'the hour that is skipped',
      'Europe/Berlin',
      ['2026-03-28T22:59:59.999Z', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z', '2026-03-29T22:00:00.000Z'],
      ['2026-03-28', '2026-03-29', '2026-03-29', '2026-03-30'],
    ],
    [
      'the hour that comes twice',
      'Europe/Berlin',
      ['2026-10-24T21:59:59.999Z', '2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z', '2026-10-25T23:00:00.000Z'],
      ['2026-10-24', '2026-10-25', '2026-10-25', '2026-10-26'],
    ],
    ['a quarter of an hour', 'Asia/Kathmandu', ['2026-01-01T18:14:59.999Z', '2026-01-01T18:15:00.000Z'], ['2026-01-01', '2026-01-02']],
    ['no midnight', 'Africa/Cairo', ['2026-04-23T21:59:59.999Z', '2026-04-23T22:00:00.000Z'], ['2026-04-23', '2026-04-24']],
    ['a day that was left out', 'Pacific/Apia', ['2011-12-30T09:59:59.999Z', '2011-12-30T10:00:00.000Z'], ['2011-12-29', '2011-12-31']],
  ])('counts days as the clocks of a time zone do: %s', async (_, timeZone, moments, days) => {
    const rows = moments.map((started_at, index) => ({ id: String(index), started_at, model: `m${index}` }));
    const { history } = await historyWith(engine, rows, { timeZone: () => timeZone });
    const found = await history.summary(ask(['day', 'model']));
    expect(found.map(({ key }) => [key['model'], key['day']])).toEqual(days.map((day, index) => [`m${index}`, day]));
  });

  test('goes over many years', async () => {
    const { history } = await historyWith(engine, [
      { id: 'a', started_at: '2019-06-01T00:00:00.000Z' },
      { id: 'b', started_at: '2026-06-01T00:00:00.000Z' },
    ]);
    expect((await history.summary(ask(['day']))).map(({ key, responses }) => [key['day'], responses])).toEqual([
      ['2019-06-01', 1],
      ['2026-06-01', 1],
    ]);
  });

  const moments = ['2026-01-30T23:00:00.000Z', '2026-01-31T22:59:59.999Z', '2026-01-31T23:00:00.000Z', '2026-02-01T23:00:00.000Z'];
  test.each([
    ['a day', { from: '2026-01-31', to: '2026-01-31' }, [0, 1]],
    ['from a day', { from: '2026-02-01' }, [2, 3]],
    ['to a day', { to: '2026-01-31' }, [0, 1]],
    ['moments, the last not included', { from: '2026-01-30T23:00:00.001Z', to: '2026-01-31T23:00:00Z' }, [1]],
    ['moments of another zone', { from: '2026-02-01T00:00:00+01:00' }, [2, 3]],
    ['a day and a moment', { from: '2026-01-31', to: '2026-01-31T00:00Z' }, [0]],
    ['all', {}, [0, 1, 2, 3]],
  ])('is of a period: %s', async (_, period, expected) => {
    const rows = moments.map((started_at, index) => ({ id: String(index), started_at, model: String(index) }));
    const { history } = await historyWith(engine, rows, { timeZone: () => 'Europe/Berlin' });
    const found = await history.summary(ask(['model'], period));
    expect(found.map(({ key }) => Number(key['model'])).toSorted()).toEqual(expected);
  });

  test('of the last days begins with a whole one', async () => {
    // Today stays today.
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T12:00:00.000Z') });
    onTestFinished(() => void vi.useRealTimers());
    const day = (ago: number, time: string): string => `${new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)}T${time}Z`;
    const { history } = await historyWith(engine, [
      { id: 'a', started_at: day(2, '23:59:59.999') },
      { id: 'b', started_at: day(1, '00:00:00.000') },
      { id: 'c', started_at: day(0, '00:00:00.000') },
    ]);
    expect((await history.summary(ask([], { lastDays: 2 })))[0]!.responses).toBe(2);
    expect((await history.summary(ask([], { lastDays: 1 })))[0]!.responses).toBe(1);
  });

  test.each([
    ['from', '2026-02-30'],
    ['from', 'yesterday'],
    ['from', ''],
    ['from', '2026-01-01T00:00:00'],
    ['from', '1969-12-31'],
    ['to', '9999-12-31'],
    ['to', '9999-12-31T23:00:00-05:00'],
    ['to', '2026-13-01T00:00:00Z'],
    ['to', '2025-12-31'],
  ])('refuses a wrong %s: %j', async (member, text) => {
    const { history } = await historyWith(engine, []);
    await expect(history.summary(ask([], { from: '2026-01-01', [member]: text }))).rejects.toMatchObject({
      kind: 'invalidParams',
      detail: { issues: [{ path: member }] },
    });
  });

  test.each([
    [{ model: 'm' }, ['a', 'b']],
    [{ purpose: 'chat' }, ['a']],
    [{ purpose: '' }, ['b', 'c']],
    [{ actor: "o'brien" }, ['b']],
    [{ group: 'g', model: 'n' }, ['c']],
    [{ promptId: 'p' }, ['a', 'c']],
    [{ conversationId: 'k' }, ['b']],
    [{ outcome: 'error' }, ['b']],
    [{ outcome: 'running' }, ['c']],
    [{ outcome: 'other' }, []],
    [{ model: 'm', purpose: 'none' }, []],
    [{ model: 'a\u0000b' }, []],
  ])('and a list obey the filter %j', async (filter, expected) => {
    const { history } = await historyWith(engine, [
      { id: 'a', prompt_id: 'p', model: 'm', purpose: 'chat' },
      { id: 'b', model: 'm', actor_id: "o'brien", conversation_id: 'k', outcome: 'error' },
      { id: 'c', prompt_id: 'p', model: 'n', group_id: 'g', ...running },
    ]);
    expect((await history.summary(ask([], { filter })))[0]!.responses).toBe(expected.length);
    const listed = await history.list({ filter, query: undefined, limit: 10, before: undefined });
    expect(listed.map(({ responseId }) => responseId).toSorted()).toEqual(expected);
  });

  test('adds up to the same, however it is divided', async () => {
    const row = fc.record({
      model: fc.constantFrom('m', 'n'),
      purpose: fc.constantFrom('p', null),
      actor_id: fc.constantFrom('ann', 'bob', null),
      started_at: fc.date({ min: new Date('2026-03-01'), max: new Date('2026-04-30'), noInvalidDate: true }).map((at) => at.toISOString()),
      cost_nanocents: fc.option(fc.bigInt({ min: 0n, max: 10n ** 14n })),
      input_tokens: fc.nat(),
    });
    const { history, store } = await historyWith(engine, [], { timeZone: () => 'America/New_York' });
    let inserted: Row[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 15 }),
        fc.subarray(['day', 'model', 'purpose', 'actor', 'group'] as const),
        async (rows, by) => {
          const more = rows.map((one, index) => ({ ...one, id: `${inserted.length + index}` }));
          await insertRows(store, more);
          inserted = [...inserted, ...more];
          const parts = await history.summary(ask(by));
          const sum = (of: (part: (typeof parts)[number]) => number): number => parts.reduce((total, part) => total + of(part), 0);
          const [whole] = await history.summary(ask([]));
          expect(sum(({ responses }) => responses)).toBe(inserted.length);
          expect(sum(({ unpriced = 0 }) => unpriced)).toBe(inserted.filter(({ cost_nanocents: cost }) => cost === null).length);
          expect(sum(({ usage }) => usage.inputTokens ?? 0)).toBe(whole!.usage.inputTokens);
          const total = inserted.reduce((so, { cost_nanocents: cost }) => so + (cost ?? 0n), 0n);
          expect(parts.reduce((so, { cost }) => so + parseUsd(cost.usd ?? '0'), 0n)).toBe(total);
        },
      ),
      { numRuns: 20 },
    );
  });
});
