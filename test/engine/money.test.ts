import { beforeEach, describe, expect, test } from 'vitest';
import type { Delta } from '../../protocol/index.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Prices } from '../../src/engine/moneyPorts.ts';
import type { AnswerTool, Hook } from '../../src/engine/ports.ts';
import type { PromptRequest } from '../../src/engine/promptRequest.ts';
import { runPrompt } from '../../src/engine/runPrompt.ts';
import { composeHooks } from '../../src/hooks/composeHooks.ts';
import { Failure, nothingSent } from '../../src/lib/failure.ts';
import { openMoneyRules, type MoneyRules } from '../../src/policy/moneyRules.ts';
import { formatUsd } from '../../src/pricing/price.ts';
import { budget, recordingLedger, tenAndHundred, unknownPrices, withMoney, type RecordingOptions } from './support/recordingLedger.ts';
import { requestOf, scriptedEngine, type ScriptedStep } from './support/scriptedEngine.ts';

const refused = (status: number) => new Failure('providerAuth', 'No.', { retryable: false, provider: { name: 'scripted', status } });
const broken = (retryable = false) =>
  new Failure('providerError', 'The connection was cut.', { retryable, provider: { name: 'scripted' } });
const silent = { inputTokens: null, outputTokens: null };
const tenAndOne = { inputTokens: 10, outputTokens: 1 };
const call = [{ id: 'a', name: 'tool-a' }];
const tools = [{ name: 'tool-a', inputSchema: { type: 'object' } }];
const answers: AnswerTool = async () => ({ content: 'seen' });

interface Run {
  readonly script: readonly ScriptedStep[];
  readonly request?: Partial<PromptRequest>;
  readonly money?: Partial<MoneyRules>;
  readonly ledger?: RecordingOptions;
  readonly prices?: Prices;
  readonly hooks?: readonly Hook[];
  readonly keepContent?: boolean;
  readonly retries?: number;
  readonly change?: (engine: Engine) => Engine;
}

async function run({ script, request, money, ledger: options, prices, hooks, keepContent, retries = 0, change = (engine) => engine }: Run) {
  const { engine, asked } = scriptedEngine(script, { retries });
  const ledger = recordingLedger(options);
  const composed = composeHooks(hooks ?? [], () => {});
  const made = withMoney(engine, { ledger, prices, keepContent }, money);
  const deltas: Delta[] = [];
  const running = runPrompt(
    change({ ...made, hooks: () => composed }),
    requestOf({ prompt: 'four', ...request }),
    (delta) => void deltas.push(delta),
    { cancels: [abort.signal] },
  );
  const [outcome] = await Promise.allSettled([running]);
  return {
    ledger,
    asked,
    deltas,
    value: outcome.status === 'fulfilled' ? outcome.value : undefined,
    error: outcome.status === 'rejected' ? outcome.reason : undefined,
  };
}
let abort = new AbortController();
const cancels = () => abort.abort();
beforeEach(() => {
  abort = new AbortController();
});

describe('9.5 every end is settled once, with what it cost', () => {
  // `four` is 1 token of text and 4 around it: 50 nanocents of input by estimate.
  test.each<[string, Run, expected: object]>([
    [
      'ok',
      { script: [{ text: 'yes' }] },
      { outcome: 'ok', stopReason: 'end', charged: 200n, cost: { usd: '0.000000002', source: 'computed', priceId: 'p' } },
    ],
    [
      'the provider says the price',
      { script: [{ text: 'yes', costUsd: '0.0000000029' }] },
      { charged: 290n, cost: { source: 'provider' } },
    ],
    ['the provider says it finer than we count', { script: [{ text: 'yes', costUsd: '0.000000002901' }] }, { charged: 291n }],
    [
      'it ends without a word about tokens',
      { script: [{ text: '8 bytes.', usage: null }] },
      { outcome: 'ok', charged: 250n, cost: { source: 'estimated' }, usage: { inputTokens: null, outputTokens: null } },
    ],
    [
      'cancelled, and nothing was said of tokens',
      { script: [{ text: '8 bytes.', usage: null, meanwhile: cancels }] },
      {
        outcome: 'cancelled',
        stopReason: 'cancelled',
        errorKind: undefined,
        charged: 250n,
        cost: { source: 'estimated' },
        usage: { inputTokens: null, outputTokens: null },
      },
    ],
    [
      'cancelled, and only the input was said',
      { script: [{ text: '8 bytes.', usage: { inputTokens: 7, outputTokens: null }, meanwhile: cancels }] },
      { outcome: 'cancelled', charged: 270n, usage: { inputTokens: 7, outputTokens: null } },
    ],
    [
      'cancelled, and less was said than had arrived',
      { script: [{ text: '8 bytes.', usage: { inputTokens: 7, outputTokens: 1 }, meanwhile: cancels }] },
      { outcome: 'cancelled', charged: 270n, cost: { source: 'estimated' } },
    ],
    [
      'cut after some text',
      { script: [{ text: '8 bytes.', usage: null, fails: broken() }] },
      { outcome: 'error', stopReason: 'interrupted', errorKind: 'providerError', charged: 250n, cost: { source: 'estimated' } },
    ],
    [
      'cut before anything came',
      { script: [{ usage: null, fails: broken() }] },
      { outcome: 'error', charged: 50n, cost: { source: 'estimated' } },
    ],
    [
      'closed without an end',
      { script: [{ text: 'yes', stopReason: 'interrupted' }] },
      { outcome: 'error', errorKind: 'providerError', charged: 200n },
    ],
    [
      'refused',
      { script: [{ usage: null, fails: refused(401) }] },
      { outcome: 'error', errorKind: 'providerAuth', charged: 0n, cost: { usd: '0' }, usage: { inputTokens: 0, outputTokens: 0 } },
    ],
    [
      'nobody listens',
      { script: [{ usage: null, fails: new Failure('providerError', 'Nobody.', { retryable: false }, { cause: nothingSent }) }] },
      { outcome: 'error', charged: 0n },
    ],
    [
      'an answer that is not what the schema wants',
      { script: [{ text: 'no JSON' }], request: { schema: { type: 'object' } } },
      { outcome: 'error', stopReason: 'end', errorKind: 'providerError', charged: 200n },
    ],
    ['a defect', { script: [{ usage: null, fails: new TypeError('oh') }] }, { outcome: 'error', errorKind: 'internalError', charged: 50n }],
    [
      'an answer that is too large',
      { script: [{ text: 'x'.repeat(1_000_001), usage: null }] },
      { outcome: 'error', errorKind: 'messageTooLarge', charged: 25_000_150n },
    ],
    [
      'an answer that is too large and came at once, with its tokens',
      { script: [{ text: 'x'.repeat(1_000_001), unstoppable: true }] },
      { outcome: 'error', stopReason: 'interrupted', errorKind: 'messageTooLarge', charged: 200n },
    ],
    ['a hook that fails after the answer', { script: [{ text: 'yes' }], hooks: [failsAfter()] }, { outcome: 'ok', charged: 200n }],
  ])('%s', async (_, asked, expected) => {
    const { ledger } = await run(asked);
    expect(ledger.events).toEqual(['reserve 0', 'settle 0']);
    expect(ledger.ends[0]).toMatchObject(expected);
  });

  test('cancelled while it waits for its reservation: nothing was sent', async () => {
    const { ledger, asked } = await run({ script: [{ text: 'yes' }], ledger: { refuses: () => (cancels(), false) } });
    expect(asked).toEqual([]);
    expect(ledger.ends).toMatchObject([{ outcome: 'cancelled', charged: 0n, cost: { usd: '0' } }]);
  });

  test('cut before anything came, though the provider had accepted it', async () => {
    const { ledger } = await run({ script: [{ usage: null, fails: broken() }] });
    expect(ledger.ends).toMatchObject([{ charged: 50n, cost: { source: 'estimated' } }]);
  });

  test('cancelled while it waits to try again: the attempt that failed cost nothing', async () => {
    const later = new Failure('rateLimited', 'Later.', {
      retryable: true,
      retryAfterMs: 9000,
      provider: { name: 'scripted', status: 429 },
    });
    const script = [{ usage: null, fails: later, meanwhile: () => void setTimeout(cancels) }];
    const { ledger, value } = await run({ script, retries: 1 });
    expect(value?.stopReason).toBe('cancelled');
    expect(ledger.ends).toMatchObject([{ outcome: 'cancelled', charged: 0n, attempts: [{ errorKind: 'rateLimited' }] }]);
  });

  test('a defect after the answer: what is known is charged', async () => {
    const cost: Prices['cost'] = async (model, usage, at) => {
      if (usage.outputTokens === 1) throw new TypeError('oh');
      return tenAndHundred.cost(model, usage, at);
    };
    const { ledger, error } = await run({ script: [{ text: 'yes' }], prices: { ...tenAndHundred, cost } });
    expect(error).toBeInstanceOf(TypeError);
    expect(ledger.events).toEqual(['reserve 0', 'settle 0']);
    expect(ledger.ends).toMatchObject([{ outcome: 'error', errorKind: 'internalError', charged: 50n, cost: { source: 'estimated' } }]);
  });

  test('the caller hears of the failure of the hook, with what was spent', async () => {
    const { error } = await run({ script: [{ text: 'yes' }], hooks: [failsAfter()] });
    expect(error).toMatchObject({ kind: 'hookFailed', detail: { partial: { cost: { usd: '0.000000002' } } } });
  });

  test('a ledger that fails after the answer fails nothing', async () => {
    const lines: string[] = [];
    const { value } = await run({
      script: [{ text: 'yes' }],
      ledger: { settles: () => Promise.reject(new Error('disk')) },
      change: (engine) => ({ ...engine, log: (line) => void lines.push(line) }),
    });
    expect(value).toMatchObject({ text: 'yes', stopReason: 'end' });
    expect(lines).toEqual([expect.stringContaining('disk')]);
  });

  test('times are of the response; ids sort by time', async () => {
    const { ledger } = await run({ script: [{ calls: call }, { text: 'done' }], request: { tools, answerTool: answers } });
    for (const { durationMs, firstDeltaMs } of ledger.ends) {
      expect(firstDeltaMs).toBeGreaterThanOrEqual(0);
      expect(durationMs).toBeGreaterThanOrEqual(firstDeltaMs!);
    }
    const ids = ledger.intents.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('chains', () => {
  test('each response of a chain is charged', async () => {
    const { ledger, value } = await run({ script: [{ calls: call }, { text: 'done' }], request: { tools, answerTool: answers } });
    expect(ledger.events).toEqual(['reserve 0', 'settle 0', 'reserve 1', 'settle 1']);
    expect(ledger.intents.map(({ promptId, kind }) => [promptId, kind])).toEqual([
      ['p', 'prompt'],
      ['p', 'prompt'],
    ]);
    expect(ledger.ends.map(({ charged, stopReason }) => [charged, stopReason])).toEqual([
      [200n, 'toolCalls'],
      [200n, 'end'],
    ]);
    expect(value?.cost).toEqual({ usd: '0.000000004', source: 'computed' });
  });

  test('a tool that fails is no failure of the response', async () => {
    const fails: AnswerTool = () => Promise.reject(new Error('tool'));
    const { ledger } = await run({ script: [{ calls: call }, { text: 'done' }], request: { tools, answerTool: fails } });
    expect(ledger.ends.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });

  test('a step that a budget has no room for is not sent; what came before is told', async () => {
    const { error, asked, ledger } = await run({
      script: [{ text: 'so far', calls: call }, { text: 'never' }],
      request: { tools, answerTool: answers },
      ledger: { refuses: ({ step }) => step === 1 },
    });
    expect(asked).toHaveLength(1);
    expect(error).toMatchObject({
      kind: 'budgetExceeded',
      detail: { partial: { cost: { usd: '0.000000002' }, content: [{ text: 'so far' }, {}] } },
    });
    expect(ledger.events).toEqual(['reserve 0', 'settle 0']);
  });

  test('a warning of the ledger is said once', async () => {
    const warning = { code: 'historyUnavailable', message: 'Later.' };
    const { value, deltas } = await run({
      script: [{ calls: call }, { text: 'done' }],
      request: { tools, answerTool: answers },
      ledger: { warning },
    });
    expect(value?.warnings).toEqual([warning]);
    expect(deltas.filter(({ type }) => type === 'warning')).toEqual([{ type: 'warning', ...warning }]);
  });
});

describe('9.5 what a response holds', () => {
  const reservations = { ...openMoneyRules.reservations };
  const purposes = new Map([['bulk', 11n]]);
  const models = new Map([['scripted', 22n]]);
  const budgets = [budget()];

  test.each<[string, Partial<MoneyRules>, purpose: string | undefined, prices: Prices, expected: object]>([
    ['of its purpose', { reservations: { ...reservations, purposes, models, single: 33n } }, 'bulk', tenAndHundred, { nanocents: 11n }],
    ['of its model', { reservations: { ...reservations, purposes, models, single: 33n } }, undefined, tenAndHundred, { nanocents: 22n }],
    [
      'of every prompt',
      { reservations: { ...reservations, purposes, single: 33n } },
      'other',
      tenAndHundred,
      { nanocents: 33n, atLeastNanocents: 50n },
    ],
    ['unknown price, allowed', { unpriced: 'allow' }, undefined, unknownPrices, { nanocents: 0n, unpriced: true }],
    [
      'unknown price, estimated',
      { unpriced: 'estimate', unpricedNanocents: 44n },
      undefined,
      unknownPrices,
      { nanocents: 44n, atLeastNanocents: 44n, unpriced: true },
    ],
    [
      'unknown price, estimated, whatever it is to hold',
      { unpriced: 'estimate', unpricedNanocents: 44n, reservations: { ...reservations, single: 33n } },
      undefined,
      unknownPrices,
      { nanocents: 44n },
    ],
  ])('%s', async (_, money, purpose, prices, expected) => {
    const { ledger } = await run({ script: [{ text: 'yes' }], request: { purpose }, money: { budgets, ...money }, prices });
    expect(ledger.intents).toMatchObject([expected]);
  });

  test('the most that it can cost, by what is really sent in each step', async () => {
    const changes: Hook = {
      id: 'h',
      registeredBy: 'test',
      prompt: async () => ({ stepStart: async () => ({ system: 'x'.repeat(1000) }) }),
    };
    const long: AnswerTool = async () => ({ content: 'y'.repeat(5000) });
    const script = [{ calls: call }, { text: 'done' }];
    const plain = await run({ script, request: { tools, answerTool: answers } });
    const more = await run({ script, request: { tools, answerTool: long }, hooks: [changes] });
    const [first, second] = more.ledger.intents.map(({ nanocents }, step) => nanocents - plain.ledger.intents[step]!.nanocents);
    // A byte is a token at most, of 10 nanocents.
    expect(first).toBeGreaterThanOrEqual(10_000n);
    expect(second).toBeGreaterThanOrEqual(10_000n + 49_960n);
    for (const [step, intent] of plain.ledger.intents.entries()) expect(intent.nanocents).toBeGreaterThan(plain.ledger.ends[step]!.charged);
  });

  test('an unknown price is refused before anything is sent, with what to do', async () => {
    const { error, asked, ledger } = await run({ script: [{ text: 'yes' }], prices: unknownPrices });
    expect(error).toMatchObject({
      kind: 'budgetExceeded',
      message: expect.stringMatching(/price of scripted is unknown.*"all".*prices:.*unpriced/),
      detail: { retryable: false },
    });
    expect([asked, ledger.events]).toEqual([[], []]);
  });

  test('an unknown price is charged what `estimate` says', async () => {
    const { ledger, value } = await run({
      script: [{ text: 'yes' }],
      prices: unknownPrices,
      money: { budgets, unpriced: 'estimate', unpricedNanocents: 44n },
    });
    expect(ledger.ends).toMatchObject([{ charged: 44n, cost: { usd: null, source: 'unknown' } }]);
    expect(value?.cost).toEqual({ usd: null, source: 'unknown' });
  });

  test('where no budget counts it nothing is estimated', async () => {
    const bound = () => Promise.reject(new Error('estimated'));
    const { ledger, error } = await run({
      script: [{ text: 'yes' }],
      money: { budgets: [budget({ match: { purpose: ['other'] } })] },
      prices: { ...tenAndHundred, bound },
    });
    expect(error).toBeUndefined();
    expect(ledger.intents).toMatchObject([{ charges: [], nanocents: 0n, atLeastNanocents: 0n }]);
    expect(ledger.ends).toMatchObject([{ charged: 200n }]);
  });

  test('the actor, the purpose and the model choose the budgets', async () => {
    const { ledger } = await run({
      script: [{ text: 'yes' }],
      request: { actor: { id: 'ann' }, purpose: 'bulk', conversationId: 'c' },
      money: {
        budgets: [
          budget({ each: ['actor'] }),
          budget({ name: 'bob', match: { actor: ['bob'] } }),
          budget({ name: 'm', match: { model: ['scripted'] } }),
        ],
      },
    });
    expect(ledger.intents).toMatchObject([
      {
        actor: { id: 'ann' },
        purpose: 'bulk',
        conversationId: 'c',
        provider: 'scripted',
        model: 'scripted',
        charges: [{ name: 'all', counts: { actor: ['ann'] } }, { name: 'm' }],
      },
    ]);
  });

  test('what was used by now is told while it runs', async () => {
    const { ledger } = await run({ script: [{ text: 'yes', usage: { inputTokens: 30, outputTokens: 2 }, fails: broken() }] });
    expect(ledger.seen).toEqual([500n]);
  });
});

describe('what is written down', () => {
  test('attempts that were refused, which cost nothing', async () => {
    const limited = new Failure('rateLimited', 'Later.', { retryable: true, retryAfterMs: 1, provider: { name: 'scripted', status: 429 } });
    const script = [{ usage: null, fails: limited }, { usage: null, fails: limited }, { text: 'yes' }];
    const { ledger } = await run({ script, retries: 2 });
    expect(ledger.events).toEqual(['reserve 0', 'settle 0']);
    expect(ledger.ends).toMatchObject([
      { outcome: 'ok', charged: 200n, attempts: [{ errorKind: 'rateLimited' }, { errorKind: 'rateLimited' }] },
    ]);
    expect(ledger.ends[0]!.attempts[0]!.startedAt).toBeInstanceOf(Date);
    expect(ledger.ends[0]!.attempts[0]).toMatchObject({ usage: silent, cost: { usd: '0' } });
  });

  const away = new Failure('providerError', 'Nobody is there.', { retryable: true }, { cause: nothingSent });
  const told = { inputTokens: 30, outputTokens: 2 };
  test.each<[what: string, first: ScriptedStep, attempt: object, charged: bigint, usage: object, source: string]>([
    ['nobody was there', { usage: null, fails: away }, { usage: silent, cost: { usd: '0' } }, 200n, tenAndOne, 'computed'],
    [
      'it broke off before anything came',
      { usage: null, fails: broken(true) },
      { usage: silent, cost: { usd: '0.0000000005', source: 'estimated' } },
      250n,
      tenAndOne,
      'estimated',
    ],
    [
      'it broke off when its tokens were told',
      { usage: told, fails: broken(true) },
      { usage: told, cost: { usd: '0.000000005', source: 'computed' } },
      700n,
      { inputTokens: 40, outputTokens: 3 },
      'computed',
    ],
  ])('made again since %s: the attempt and the whole', async (_, first, attempt, charged, usage, source) => {
    const { ledger, value } = await run({ script: [first, { text: 'yes' }], retries: 1 });
    expect(ledger.ends).toMatchObject([
      { outcome: 'ok', usage: tenAndOne, cost: { usd: '0.000000002', source: 'computed' }, charged, attempts: [attempt] },
    ]);
    const whole = { usage, cost: { usd: formatUsd(charged), source, priceId: 'p' } };
    expect(value).toMatchObject({ usage, cost: { usd: formatUsd(charged), source }, steps: [whole] });
  });

  test('the tokens of an attempt are not counted again with the next one', async () => {
    const script = [
      { usage: told, fails: broken(true) },
      { usage: null, fails: refused(401) },
    ];
    const { ledger, error } = await run({ script, retries: 1 });
    expect(ledger.ends).toMatchObject([
      {
        outcome: 'error',
        errorKind: 'providerAuth',
        usage: { inputTokens: 0 },
        cost: { usd: '0' },
        charged: 500n,
        attempts: [{ usage: told }],
      },
    ]);
    expect(error).toMatchObject({ detail: { partial: { usage: told, cost: { usd: '0.000000005' } } } });
  });

  test('what an attempt has cost is held beside the next one, and nothing for one that was refused', async () => {
    const fails = [
      { usage: told, fails: broken(true) },
      { usage: null, fails: away },
      { usage: null, fails: broken(true) },
    ];
    const { ledger } = await run({ script: [...fails, { text: 'yes' }], retries: 3 });
    expect(ledger.events).toEqual(['reserve 0', 'more 500', 'more 50', 'settle 0']);
  });

  test('an attempt is not made again where no budget has room for what it cost', async () => {
    const script = [{ usage: told, fails: broken(true) }, { text: 'yes' }];
    const { ledger, asked, error } = await run({ script, retries: 1, ledger: { hasMore: false } });
    expect(asked).toHaveLength(1);
    expect(error).toMatchObject({ kind: 'providerError', detail: { partial: { usage: told } } });
    expect(ledger.ends).toMatchObject([{ charged: 500n, usage: told, attempts: [] }]);
  });

  test('an attempt whose price is unknown is charged as any response without a price', async () => {
    const { ledger, value } = await run({
      script: [{ usage: null, fails: broken(true) }, { text: 'yes' }],
      retries: 1,
      prices: unknownPrices,
      money: { budgets: [budget()], unpriced: 'estimate', unpricedNanocents: 70n },
    });
    expect(ledger.ends).toMatchObject([{ charged: 140n, attempts: [{ cost: { usd: null, source: 'unknown' } }] }]);
    expect(value?.cost).toEqual({ usd: null, source: 'unknown' });
  });

  test('no content, unless it is to be kept', async () => {
    const { ledger } = await run({ script: [{ text: 'yes' }] });
    expect(ledger.ends[0]!.content).toBeUndefined();
  });

  test('of the first response what was sent, of the next only what came after', async () => {
    const { ledger } = await run({
      script: [{ text: 'let me see', calls: call }, { text: 'done' }],
      request: { tools, answerTool: answers, system: 'be brief' },
      keepContent: true,
    });
    expect(ledger.ends.map(({ content }) => content)).toEqual([
      {
        system: 'be brief',
        messages: [{ role: 'user', content: 'four' }],
        answer: [
          { type: 'text', text: 'let me see' },
          { type: 'toolCall', toolCallId: 'a', name: 'tool-a', args: {} },
        ],
      },
      {
        system: undefined,
        messages: [
          { role: 'tool', content: [{ type: 'toolResult', toolCallId: 'a', name: 'tool-a', content: [{ type: 'text', text: 'seen' }] }] },
        ],
        answer: [{ type: 'text', text: 'done' }],
      },
    ]);
  });
});

function failsAfter(): Hook {
  return { id: 'h', registeredBy: 'test', onFailure: 'fail', prompt: async () => ({ stepEnd: () => Promise.reject(new Error('hook')) }) };
}
