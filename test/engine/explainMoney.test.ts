import { describe, expect, test } from 'vitest';
import { explainPrompt } from '../../src/engine/explainPrompt.ts';
import type { Prices } from '../../src/engine/moneyPorts.ts';
import { openGroup } from '../../src/engine/openGroup.ts';
import { Failure } from '../../src/lib/failure.ts';
import { openMoneyRules, type MoneyRules } from '../../src/policy/moneyRules.ts';
import { budget, recordingLedger, tenAndHundred, unknownPrices, withMoney, type RecordingLedger } from './support/recordingLedger.ts';
import { requestOf, scriptedEngine } from './support/scriptedEngine.ts';

const { signal } = new AbortController();
const reservations = { ...openMoneyRules.reservations, single: 100n };
const budgets = [budget()];

/** 40 nanocents are spent of each budget, and 2 held. */
async function explain(
  money: Partial<MoneyRules>,
  { prices = tenAndHundred, change = {}, inGroup = false }: { prices?: Prices; change?: Partial<RecordingLedger>; inGroup?: boolean } = {},
) {
  const ledger = recordingLedger();
  const engine = withMoney(scriptedEngine([]).engine, { ledger: { ...ledger, ...change }, prices }, money);
  if (inGroup) {
    const group = { id: 'g', model: 'scripted', purpose: undefined, actor: null, reserveUsd: undefined, metadata: undefined, depth: 0 };
    await openGroup(engine, group, signal);
  }
  const told = await explainPrompt(engine, requestOf({ prompt: 'x', groupId: inGroup ? 'g' : undefined }), signal);
  return { told, intents: ledger.intents };
}

const row = {
  name: 'all',
  limitUsd: '0.00000001',
  spentUsd: '0.0000000004',
  reservedUsd: '0.00000000002',
  leftUsd: '0.00000000958',
  per: 'total',
  windowStart: '1970-01-01T00:00:00.000Z',
  windowEnd: null,
};

describe('llm/explain says what a prompt would hold', () => {
  test('and how its budgets stand; nothing is held', async () => {
    const { told, intents } = await explain({
      budgets: [...budgets, budget({ name: 'other', match: { purpose: ['other'] } })],
      reservations,
    });
    expect(told).toMatchObject({
      model: 'scripted',
      reservation: { usd: '0.000000001', source: 'auto' },
      budgets: [{ ...row, hasRoom: true }],
    });
    expect([told.failure, intents]).toEqual([undefined, []]);
  });

  test('no budget counts it: nothing is said of money but the price', async () => {
    const { told } = await explain({ budgets: [] }, { prices: { ...tenAndHundred, bound: () => Promise.reject(new Error('estimated')) } });
    expect([told.model, told.reservation, told.budgets]).toEqual(['scripted', undefined, undefined]);
  });

  test('there is no room', async () => {
    const { told } = await explain({ budgets });
    expect(told).toMatchObject({
      model: null,
      wanted: 'scripted',
      failure: { kind: 'budgetExceeded', message: expect.stringContaining('"all" has 0.00000000958 USD left') },
      reservation: { source: 'bound' },
      budgets: [{ ...row, hasRoom: false }],
    });
  });

  test('there is no room beside the group', async () => {
    const { told } = await explain({ budgets }, { inGroup: true });
    expect(told).toMatchObject({ model: 'scripted', budgets: [{ name: 'all', hasRoom: false }] });
    expect(told.considered).toContainEqual({ by: 'all', verdict: 'allowed', detail: 'as far as the reservation of the group goes' });
  });

  test.each<[MoneyRules['unpriced'], object]>([
    ['deny', { model: null, failure: { kind: 'budgetExceeded', message: expect.stringContaining('price of scripted is unknown') } }],
    ['allow', { model: 'scripted', reservation: { usd: null, source: 'unpriced' }, budgets: [{ hasRoom: true }] }],
    ['estimate', { model: 'scripted', reservation: { usd: '0.00000000005', source: 'unpriced' }, budgets: [{ hasRoom: true }] }],
  ])('an unknown price: %s', async (unpriced, expected) => {
    expect((await explain({ budgets, unpriced, unpricedNanocents: 5n }, { prices: unknownPrices })).told).toMatchObject(expected);
  });

  test('a storage that is away leaves the budgets out', async () => {
    const away = async () => Promise.reject(new Failure('storageUnavailable', 'The storage is away.'));
    const { told } = await explain({ budgets, reservations }, { change: { standings: away } });
    expect(told).toMatchObject({ model: 'scripted', reservation: { source: 'auto' } });
    expect(told.budgets).toBeUndefined();
    expect(told.considered).toContainEqual({ by: 'budgets', verdict: 'notAsked', detail: 'The storage is away.' });
  });
});
