import { describe, expect, test } from 'vitest';
import type { Accountant, ResponseEnd, ResponseIntent } from '../../src/engine/moneyPorts.ts';
import { composeLedgers } from '../../src/ledger/composeLedgers.ts';
import { Failure } from '../../src/lib/failure.ts';
import { recordingLedger, type RecordingOptions } from '../engine/support/recordingLedger.ts';

const intent: ResponseIntent = {
  id: 'r',
  kind: 'prompt',
  promptId: 'p',
  step: 0,
  groupId: 'g',
  group: undefined,
  conversationId: undefined,
  model: 'm',
  provider: 'm',
  purpose: 'bulk',
  actor: { id: 'ann' },
  keySource: undefined,
  startedAt: new Date(0),
  charges: [],
  nanocents: 29_000_000_000n,
  atLeastNanocents: 1n,
};
const end: ResponseEnd = {
  outcome: 'ok',
  stopReason: 'end',
  errorKind: undefined,
  usage: { inputTokens: 1, outputTokens: 2 },
  cost: { usd: '0.1', source: 'computed' },
  charged: 10_000_000_000n,
  firstDeltaMs: undefined,
  durationMs: 1,
  attempts: [],
  content: undefined,
};
const unspent: ResponseEnd = {
  ...end,
  outcome: 'error',
  usage: { inputTokens: 0, outputTokens: 0 },
  cost: { usd: '0', source: 'computed' },
  charged: 0n,
};

function world(change: Partial<Record<'a' | 'b', Partial<Accountant>>> = {}, options: RecordingOptions = {}) {
  const seen: unknown[] = [];
  const lines: string[] = [];
  const accountant = (id: 'a' | 'b'): Accountant => ({
    id,
    appliesTo: () => true,
    reserve: async (request) => (seen.push([`${id} reserve`, request]), { state: `state of ${id}` }),
    settle: async (state, told) => void seen.push([`${id} settle`, state, told]),
    release: async (state) => void seen.push([`${id} release`, state]),
    ...change[id],
  });
  const inner = recordingLedger(options);
  const ledger = composeLedgers(
    inner,
    () => [accountant('a'), accountant('b')],
    (line) => void lines.push(line),
  );
  return { ledger, inner, seen, lines, names: () => seen.map((one) => (one as string[])[0]) };
}

describe('9.5 several accountants in sequence, all or none', () => {
  test('each agrees, in order, and is told what it cost, in reverse', async () => {
    const { ledger, inner, seen } = world();
    const reservation = await ledger.reserve(intent);
    await reservation.settle(end);
    const request = {
      id: 'r',
      promptId: 'p',
      step: 0,
      model: 'm',
      purpose: 'bulk',
      actor: { id: 'ann' },
      groupId: 'g',
      reserveUsd: '0.29',
    };
    const told = { costUsd: '0.1', usage: { inputTokens: 1, outputTokens: 2 }, outcome: 'ok' };
    expect(seen).toEqual([
      ['a reserve', request],
      ['b reserve', request],
      ['b settle', 'state of b', told],
      ['a settle', 'state of a', told],
    ]);
    expect(inner.events).toEqual(['reserve 0', 'settle 0']);
    expect(reservation.failed).toEqual([]);
  });

  test.each<[string, Parameters<typeof world>, expected: string[]]>([
    ['the first refuses', [{ a: { reserve: () => Promise.reject(new Failure('hookRejected', 'No.')) } }], []],
    ['the second refuses', [{ b: { reserve: () => Promise.reject(new Failure('hookRejected', 'No.')) } }], ['a reserve', 'a release']],
    ['the budgets refuse', [{}, { refuses: () => true }], ['a reserve', 'b reserve', 'b release', 'a release']],
  ])('%s: those that had agreed are released', async (_, made, expected) => {
    const { ledger, inner, names } = world(...made);
    await expect(ledger.reserve(intent)).rejects.toBeInstanceOf(Failure);
    expect([names(), inner.events]).toEqual([expected, []]);
  });

  test('a release that fails hides neither the refusal nor the other releases', async () => {
    const { ledger, names, lines } = world({ b: { release: () => Promise.reject(new Error('away')) } }, { refuses: () => true });
    await expect(ledger.reserve(intent)).rejects.toMatchObject({ kind: 'budgetExceeded' });
    expect(names()).toEqual(['a reserve', 'b reserve', 'a release']);
    expect(lines).toEqual(['accountant b failed: away']);
  });

  test('nothing spent: released', async () => {
    const { ledger, inner, names } = world();
    await (await ledger.reserve(intent)).settle(unspent);
    expect(names()).toEqual(['a reserve', 'b reserve', 'b release', 'a release']);
    expect(inner.ends).toEqual([unspent]);
  });

  test('an attempt that cost something is told with its response, also where that cost nothing', async () => {
    const { ledger, inner, seen } = world();
    const broken = {
      startedAt: new Date(0),
      durationMs: 1,
      errorKind: 'providerError',
      usage: { inputTokens: null, outputTokens: null },
      cost: { usd: '0.02', source: 'estimated' },
    } as const;
    const settled = { ...unspent, charged: 2_000_000_000n, attempts: [broken] };
    await (await ledger.reserve(intent)).settle(settled);
    expect(seen.slice(2)).toMatchObject([
      ['b settle', 'state of b', { costUsd: '0.02', usage: { inputTokens: 0, outputTokens: 0 }, outcome: 'error' }],
      ['a settle', 'state of a', { costUsd: '0.02' }],
    ]);
    expect(inner.ends).toEqual([settled]);
  });

  test('an unknown price is null, never zero', async () => {
    const { ledger, seen } = world();
    await (
      await ledger.reserve({ ...intent, nanocents: 0n, unpriced: true })
    ).settle({ ...end, cost: { usd: null, source: 'unknown' }, charged: 0n });
    expect(seen[0]).toMatchObject(['a reserve', { reserveUsd: null }]);
    expect(seen[3]).toMatchObject(['a settle', 'state of a', { costUsd: null }]);
  });
});

describe('a failure after the answer', () => {
  test('is told and logged; the others are told all the same', async () => {
    const { ledger, names, lines } = world({ b: { settle: () => Promise.reject(new Error('away')) } });
    const reservation = await ledger.reserve(intent);
    await reservation.settle(end);
    expect(names()).toEqual(['a reserve', 'b reserve', 'a settle']);
    expect(reservation.failed).toEqual([{ registrationId: 'b', message: 'away' }]);
    expect(lines).toEqual(['accountant b failed: away']);
  });

  test('of the ledger: the accountants are told all the same', async () => {
    const { ledger, names } = world({}, { settles: () => Promise.reject(new Error('disk')) });
    const reservation = await ledger.reserve(intent);
    await expect(reservation.settle(end)).rejects.toThrow('disk');
    expect(names()).toEqual(['a reserve', 'b reserve', 'b settle', 'a settle']);
  });
});

test('one whose failure is skipped is not told the cost', async () => {
  const { ledger, names } = world({ a: { reserve: async () => ({ skipped: 'away' }) } });
  const reservation = await ledger.reserve(intent);
  await reservation.settle(end);
  expect(names()).toEqual(['b reserve', 'b settle']);
  expect(reservation.failed).toEqual([{ registrationId: 'a', message: 'away' }]);
});

test('amounts are wanted where one applies', async () => {
  const { ledger } = world({ a: { appliesTo: ({ purpose }) => purpose === 'bulk' }, b: { appliesTo: () => false } });
  expect(['bulk', 'other'].map((purpose) => ledger.wantsAmounts?.({ purpose, model: 'm' }))).toEqual([true, false]);
});
