import { describe, expect, test } from 'vitest';
import { closeGroup } from '../../src/engine/closeGroup.ts';
import { embed } from '../../src/engine/embed.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openGroup, type OpenGroupRequest } from '../../src/engine/openGroup.ts';
import { runPrompt } from '../../src/engine/runPrompt.ts';
import { openMoneyRules, type MoneyRules } from '../../src/policy/moneyRules.ts';
import { budget, recordingLedger, withMoney, type RecordingOptions } from './support/recordingLedger.ts';
import { requestOf, scriptedEngine } from './support/scriptedEngine.ts';

const budgets = [budget()];
const signal = new AbortController().signal;
const opening = (more: Partial<OpenGroupRequest> = {}): OpenGroupRequest => ({
  id: 'g',
  model: 'scripted',
  purpose: undefined,
  actor: null,
  reserveUsd: undefined,
  metadata: undefined,
  depth: 0,
  ...more,
});

function world(money: Partial<MoneyRules> = { budgets }, options: RecordingOptions = {}) {
  const { engine } = scriptedEngine([{ text: 'one' }, { text: 'two' }]);
  const ledger = recordingLedger(options);
  return { engine: withMoney(engine, { ledger }, money), ledger };
}

const prompt = async (engine: Engine, cancels: AbortSignal[] = []) =>
  runPrompt(engine, requestOf({ model: undefined, prompt: 'go', groupId: 'g' }), () => {}, { cancels });

const close = async (engine: Engine, mode: 'wait' | 'cancel' = 'wait', reason: 'closed' | 'disconnected' = 'closed') =>
  closeGroup(engine, 'g', { mode, timeoutMs: undefined, reason });

describe('6.5 a group holds one reservation', () => {
  const { reservations } = openMoneyRules;
  const purposes = new Map([['bulk', 11n]]);
  const models = new Map([['scripted', 22n]]);

  test.each<[string, Partial<OpenGroupRequest>, Partial<MoneyRules>, bigint]>([
    ['what it asks for', { reserveUsd: '0.00000000033', purpose: 'bulk' }, { reservations: { ...reservations, purposes } }, 33n],
    ['of its purpose', { purpose: 'bulk' }, { reservations: { ...reservations, purposes, models } }, 11n],
    ['of its model', { purpose: 'other' }, { reservations: { ...reservations, purposes, models } }, 22n],
    ['of every group: 50 cents', {}, {}, 50_000_000_000n],
    ['without a model', { model: undefined }, { reservations: { ...reservations, models, group: 44n } }, 44n],
  ])('%s', async (_, asked, money, expected) => {
    const { engine, ledger } = world({ budgets, ...money });
    await openGroup(engine, opening(asked), signal);
    expect(ledger.groups).toMatchObject([{ groupId: 'g', nanocents: expected, charges: [{ name: 'all' }] }]);
  });

  test('its prompts and embeddings draw on it; it is closed once, after they are settled', async () => {
    const { engine, ledger } = world();
    await openGroup(engine, opening(), signal);
    const running = [prompt(engine), prompt(engine)];
    const closing = [close(engine), close(engine)];
    await Promise.all([...running, ...closing]);
    await close(engine);
    expect(ledger.intents.map(({ group, groupId }) => [group?.id, groupId])).toEqual([
      [ledger.groups[0]!.id, 'g'],
      [ledger.groups[0]!.id, 'g'],
    ]);
    expect(ledger.events).toEqual(['open g', 'reserve 0', 'reserve 0', 'settle 0', 'settle 0', 'close g']);
  });

  test.each(['closed', 'disconnected'] as const)('it is closed when what runs is cancelled: %s', async (reason) => {
    const { engine, ledger } = world();
    await openGroup(engine, opening(), signal);
    const running = prompt(engine);
    await Promise.all([running, close(engine, 'cancel', reason)]);
    expect(ledger.events.at(-1)).toBe('close g');
    expect(ledger.events.filter((event) => event === 'close g')).toHaveLength(1);
  });

  test('without a budget that counts it nothing is held', async () => {
    const { engine, ledger } = world({ budgets: [budget({ match: { purpose: ['other'] } })] });
    await openGroup(engine, opening({ reserveUsd: '1' }), signal);
    await prompt(engine);
    await close(engine);
    expect(ledger.events).toEqual(['reserve 0', 'settle 0']);
    expect(ledger.intents[0]!.group).toBeUndefined();
  });

  test('refused, there is no group', async () => {
    const { engine } = world(undefined, { refusesGroups: true });
    await expect(openGroup(engine, opening(), signal)).rejects.toMatchObject({ kind: 'budgetExceeded' });
    await expect(prompt(engine)).rejects.toMatchObject({ kind: 'groupNotFound' });
  });

  test('an id that is in use, and a host that is gone, leave nothing held', async () => {
    const { engine, ledger } = world();
    await openGroup(engine, opening(), signal);
    await expect(openGroup(engine, opening(), signal)).rejects.toMatchObject({ kind: 'invalidParams' });
    const gone = new AbortController();
    const slow = {
      ...engine,
      ledger: { ...ledger, openGroup: async (...all: Parameters<typeof ledger.openGroup>) => (gone.abort(), ledger.openGroup(...all)) },
    };
    await expect(openGroup(slow, opening({ id: 'late' }), gone.signal)).rejects.toThrow(/abort/i);
    expect(ledger.events).toEqual(['open g', 'open g', 'close g', 'open late', 'close late']);
  });

  test.each(['-1', '0.000000000001', '50000001'])('an amount that is none: %s', async (reserveUsd) => {
    const { engine, ledger } = world();
    await expect(openGroup(engine, opening({ reserveUsd }), signal)).rejects.toMatchObject({
      kind: 'invalidParams',
      detail: { issues: [{ path: 'reserveUsd' }] },
    });
    expect(ledger.events).toEqual([]);
  });
});

describe('9.5 embeddings', () => {
  const vectors = (
    engine: Engine,
    answer: () => Promise<{ embeddings: number[][]; usage: { inputTokens: number | null; outputTokens: number } }>,
  ) => {
    const snapshot = engine.snapshot();
    const [model] = snapshot.catalogue.models;
    const found = { ...model!, features: { ...model!.features, embed: true } };
    const provider = { ...snapshot.providers.get('scripted')!, embed: answer, embedLimits: { inputs: 1, parallel: 1 } };
    const changed = {
      ...snapshot,
      keepContent: true,
      catalogue: { ...snapshot.catalogue, find: () => found },
      providers: new Map([['scripted', provider]]),
    };
    return { ...engine, snapshot: () => changed };
  };
  const asked = {
    embedId: 'e',
    model: 'scripted',
    purpose: undefined,
    actor: { id: 'ann' },
    groupId: undefined,
    input: ['four', 'more'],
    options: {},
    timeoutMs: undefined,
    metadata: undefined,
    depth: 0,
  };

  test('a call is one response, however many requests', async () => {
    const { engine, ledger } = world();
    await embed(
      vectors(engine, async () => ({ embeddings: [[1]], usage: { inputTokens: 3, outputTokens: 0 } })),
      asked,
      { cancels: [] },
    );
    // Each text is 16 + 4 tokens at most, and 1 + 4 by estimate.
    expect(ledger.intents).toMatchObject([
      { kind: 'embed', promptId: 'e', step: 0, actor: { id: 'ann' }, nanocents: 400n, atLeastNanocents: 100n },
    ]);
    expect(ledger.ends).toMatchObject([
      {
        outcome: 'ok',
        stopReason: 'end',
        charged: 60n,
        usage: { inputTokens: 6, outputTokens: 0 },
        content: { messages: [{ content: 'four' }, { content: 'more' }], answer: [] },
      },
    ]);
  });

  test('a request that was lost is estimated, what was not sent is not', async () => {
    const { engine, ledger } = world();
    const lost = () => Promise.reject(new Error('cut'));
    await expect(embed(vectors(engine, lost), asked, { cancels: [] })).rejects.toThrow('cut');
    expect(ledger.ends).toMatchObject([
      { outcome: 'error', errorKind: 'internalError', charged: 50n, cost: { source: 'estimated' }, usage: { inputTokens: null } },
    ]);
  });

  test('a warning of the ledger is one of the call', async () => {
    const { engine } = world(undefined, { warning: { code: 'historyUnavailable', message: 'Later.' } });
    const made = vectors(engine, async () => ({ embeddings: [[1]], usage: { inputTokens: 3, outputTokens: 0 } }));
    expect((await embed(made, asked, { cancels: [] })).warnings).toEqual([{ code: 'historyUnavailable', message: 'Later.' }]);
  });
});
