import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/index.ts';
import { applyDelta, createFold, foldedText } from '../../protocol/foldDeltas.ts';
import type { Answer } from '../providers/support/upstream.ts';
import type { RawHost } from '../support/rawHost.ts';
import { startSidecar, type Sidecar } from '../support/sidecar.ts';
import { begins, calls, deltasOf, refuses, says, saysAtOnce, servers, startScripted } from './support/chat.ts';

const noRetries = 'limits: {retries: 0, rest_after_failures: 0}\n';
const chain = 'fallbacks: {one-model: [two-model, three-model]}\n';

let prompts = 0;

async function prompt(host: RawHost, params: object = {}) {
  return host.request('llm/prompt', { model: 'one-model', prompt: 'Hi', promptId: `p${prompts++}`, stream: {}, ...params });
}

/** One process for all tests with the same configuration and hooks. */
const running = new Map<string, Promise<Awaited<ReturnType<typeof start>>>>();
afterAll(async () => {
  for (const { sidecar, upstreams } of await Promise.all(running.values())) {
    await sidecar.stop();
    for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
  }
});

async function start(config: string, hooks: readonly object[]) {
  const [one, two, three] = await Promise.all([startScripted(), startScripted(), startScripted()]);
  const urls = { one: one.url, two: two.url, three: three.url };
  const sidecar = await startSidecar({ config: servers(urls) + config });
  await sidecar.initialize({ capabilities: { hooks: {} }, hooks });
  return { sidecar, upstreams: [one, two, three] as const };
}

/** A sidecar with three providers that give these answers. */
async function setUp(
  answers: Readonly<Record<'one' | 'two' | 'three', readonly Answer[]>>,
  config: string = noRetries + chain,
  hooks: readonly object[] = [],
) {
  const key = JSON.stringify([config, hooks]);
  const started = running.get(key) ?? start(config, hooks);
  running.set(key, started);
  const { sidecar, upstreams } = await started;
  const [one, two, three] = upstreams;
  one.script(...answers.one);
  two.script(...answers.two);
  three.script(...answers.three);
  return { host: sidecar.host, asked: () => upstreams.map(({ received }) => received.length), sent: { one, two, three } };
}

const never = [refuses(500)];

describe('a fallback answers', () => {
  test.each<[string, Answer]>([
    ['a server error', refuses(500)],
    ['a limit of requests', refuses(429)],
    ['a limit of requests that asks for a long wait', refuses(429, { 'retry-after': '3600' })],
    ['a key that is refused', refuses(401)],
    ['a quota that is used up', refuses(429, {}, { message: 'Pay.', code: 'insufficient_quota' })],
    ['a model that is not there', refuses(404, {}, { message: 'The model does not exist', code: 'model_not_found' })],
  ])('after %s', async (_what, first) => {
    const set = await setUp({ one: [first], two: [says('Hello')], three: never });
    const { result } = await prompt(set.host);
    expect(result).toMatchObject({ model: 'two-model', text: 'Hello', stopReason: 'end', cost: { usd: '0.000025' } });
    expect(result.steps.map(({ model, stopReason }: any) => [model, stopReason])).toEqual([
      ['one-model', 'interrupted'],
      ['two-model', 'end'],
    ]);
    expect(result.steps[0].failure.message).toMatch(/^one \(\d+\)/);
    expect(result._meta.warnings).toMatchObject([{ code: 'fallback' }]);
    expect(deltasOf(set.host.messages, result.promptId).map(({ type }) => type)).not.toContain('reset');
    expect(set.asked()).toEqual([1, 1, 0]);
  });

  test('after the retries', async () => {
    const fails = refuses(503, { 'retry-after-ms': '1' });
    const set = await setUp({ one: [fails], two: [says('Hello')], three: never }, `limits: {retries: 2}\n${chain}`);
    expect((await prompt(set.host)).result._meta.warnings.map(({ code }: any) => code)).toEqual(['retry', 'retry', 'fallback']);
    expect(set.asked()).toEqual([3, 1, 0]);
  });

  test('the next one when that fails too', async () => {
    const set = await setUp({ one: never, two: never, three: [says('Hello')] });
    const { result } = await prompt(set.host);
    expect(result).toMatchObject({ model: 'three-model', text: 'Hello' });
    expect(result._meta.warnings.map(({ message }: any) => message)).toEqual([
      'one-model did not answer (providerError): two-model answers in its place.',
      'two-model did not answer (providerError): three-model answers in its place.',
    ]);
  });

  test('a prompt that is not streamed', async () => {
    const set = await setUp({ one: never, two: [saysAtOnce('Hello')], three: never });
    const { result } = await set.host.request('llm/prompt', { model: 'one-model', prompt: 'Hi' });
    expect(result).toMatchObject({ model: 'two-model', text: 'Hello', _meta: { warnings: [{ code: 'fallback' }] } });
  });

  test('after text, with a reset: what is told and what is given are the same', async () => {
    const set = await setUp({ one: [begins('cut', 'Wrong ', 'way')], two: [says('The ', 'right way')], three: never });
    const { result } = await prompt(set.host);
    expect(result).toMatchObject({ model: 'two-model', text: 'The right way', stream: { textBytes: 13 } });
    expect(result.messages.at(-1)).toMatchObject({ role: 'assistant', content: [{ type: 'text', text: 'The right way' }] });
    const deltas = deltasOf(set.host.messages, result.promptId);
    expect(deltas.filter(({ type }) => type === 'reset')).toEqual([{ type: 'reset', step: 0, fromPart: 0, reason: 'fallback' }]);
    expect(deltas.filter(({ type }) => type === 'step')).toEqual([
      { type: 'step', step: 0, model: 'one-model' },
      { type: 'step', step: 1, model: 'two-model' },
    ]);
    const fold = createFold();
    for (const delta of deltas) applyDelta(fold, delta as never);
    expect([foldedText(fold), fold.textBytes]).toEqual(['The right way', 13]);
  });

  test('in a chain: the calls of tools and their results stay, and it goes on with the other model', async () => {
    const set = await setUp({ one: [calls('look', { at: 'it' }), begins('cut', 'I s')], two: [says('I saw')], three: never });
    const { host } = set;
    const tools = [{ name: 'look', inputSchema: { type: 'object' } }];
    const first = await prompt(host, { tools });
    expect(first.result.stopReason).toBe('toolCalls');
    const { result } = await prompt(host, {
      prompt: undefined,
      tools,
      messages: [
        ...first.result.messages,
        { role: 'tool', content: [{ type: 'toolResult', toolCallId: 'call_1', content: [{ type: 'text', text: 'a cat' }] }] },
      ],
    });
    expect(result).toMatchObject({ model: 'two-model', text: 'I saw' });
    expect(JSON.stringify(set.sent.two.received[0]?.json['messages'])).toContain('a cat');
  });

  test('what each model used is counted, and is a row of its own', async () => {
    const set = await setUp(
      { one: [begins('cut', 'Wrong ', 'way')], two: [says('Right')], three: never },
      `${noRetries}${chain}storage: ./sidecar.db\nbudgets: [{name: all, limit_usd: 1, per: total}]\n`,
    );
    const { result } = await prompt(set.host, { options: { max_tokens: 10 } });
    const [failed, answered] = result.steps;
    expect(answered.cost).toMatchObject({ usd: '0.000025', source: 'computed' });
    expect(Number(failed.cost.usd)).toBeGreaterThan(0);
    expect(Number(result.cost.usd)).toBeCloseTo(Number(failed.cost.usd) + 0.000025, 9);
    const { responses } = (await set.host.request('history/list', {})).result;
    expect(responses.map((row: any) => [row.step, row.model, row.outcome, row.cost.usd]).toSorted()).toEqual([
      [0, 'one-model', 'error', failed.cost.usd],
      [1, 'two-model', 'ok', '0.000025'],
    ]);
  });

  test('at once while the model rests', async () => {
    const set = await setUp({ one: never, two: [says('Hello')], three: never }, `limits: {retries: 0, rest_after_failures: 2}\n${chain}`);
    for (let count = 0; count < 4; count++) expect((await prompt(set.host)).result.model).toBe('two-model');
    expect(set.asked()).toEqual([2, 4, 0]);
  });

  test('of a purpose, in place of those of the model', async () => {
    const purposes = 'purposes: {fast: {model: one-model, fallbacks: [three-model]}, strict: {fallbacks: []}}\n';
    const set = await setUp({ one: never, two: [says('Two')], three: [says('Three')] }, noRetries + chain + purposes);
    expect((await prompt(set.host, { model: undefined, purpose: 'fast' })).result.text).toBe('Three');
    expect((await prompt(set.host, { purpose: 'strict' })).error.data.provider.name).toBe('one');
    expect((await prompt(set.host, { purpose: 'other' })).result.text).toBe('Two');
  });

  test('and the next turn of a conversation asks the model that was chosen', async () => {
    const set = await setUp({ one: [refuses(500), says('Again')], two: [says('Hello')], three: never });
    const turn = async () => prompt(set.host, { model: undefined, conversationId: 'c' });
    expect((await prompt(set.host, { conversationId: 'c' })).result.model).toBe('two-model');
    expect((await turn()).result).toMatchObject({ model: 'one-model', text: 'Again' });
  });
});

describe('no fallback is asked', () => {
  const two = [says('Hello')];

  test.each([
    ['providerError', refuses(400)],
    ['contentFiltered', refuses(400, {}, { message: 'Flagged', code: 'content_filter' })],
    ['contextLength', refuses(400, {}, { message: 'Too long', code: 'context_length_exceeded' })],
  ])('after %s, which would come again', async (kind, answer) => {
    const set = await setUp({ one: [answer], two, three: two });
    const { error } = await prompt(set.host);
    expect(error.data.kind).toBe(kind);
    expect(set.asked()).toEqual([1, 0, 0]);
  });

  test.each<[string, JsonObject, string]>([
    ['for wrong params', { options: { temperature: 'hot' } }, 'invalidParams'],
    ['for a model that has none', { model: 'two-model' }, 'providerError'],
  ])('%s', async (_what, params, kind) => {
    const set = await setUp({ one: two, two: never, three: two });
    expect((await prompt(set.host, params)).error.data.kind).toBe(kind);
    expect(set.asked()[2]).toBe(0);
  });
});

test('when the time of the prompt is over, none is asked', async () => {
  const set = await setUp({ one: [begins('stalled', 'Hel')], two: [says('Hello')], three: never });
  const { error } = await prompt(set.host, { timeoutMs: 3000 });
  expect(error.data).toMatchObject({ kind: 'providerTimeout', partial: { content: [{ type: 'text', text: 'Hel' }] } });
  expect(set.asked()).toEqual([1, 0, 0]);
});

test('when the prompt is cancelled, none is asked', async () => {
  const set = await setUp({ one: [begins('stalled', 'Hel')], two: [says('Hello')], three: never });
  const answer = set.host.request('llm/prompt', { model: 'one-model', prompt: 'Hi', promptId: 'c', stream: {} }, 'r');
  await set.host.next(
    ({ method, params }) => method === 'llm/delta' && params.promptId === 'c' && params.deltas.some(({ type }: any) => type === 'text'),
  );
  set.host.notify('$/cancelRequest', { id: 'r' });
  expect((await answer).result).toMatchObject({ stopReason: 'cancelled', model: 'one-model', text: 'Hel' });
  expect(set.asked()).toEqual([1, 0, 0]);
});

describe('a fallback that may not be used is passed over', () => {
  const spare = { one: never, two: [says('Two')], three: [says('Three')] };
  test.each<[string, string, JsonObject]>([
    ['not allowed', 'models: [one-model, three-model]\n', {}],
    ['blocked for the purpose', 'purposes: {p: {blocked_models: [two-model]}}\n', { purpose: 'p' }],
    ['unknown', 'fallbacks: {one-model: [nobody, three-model]}\n', {}],
    ['no room in its budget', 'budgets: [{name: b, match: {model: two-model}, limit_usd: 0, per: day}]\nstorage: ./s.db\n', {}],
  ])('%s', async (_what, more, params) => {
    const base = more.startsWith('fallbacks') ? noRetries : noRetries + chain;
    const set = await setUp(spare, base + more);
    const { result } = await prompt(set.host, params);
    expect(result).toMatchObject({ model: 'three-model', text: 'Three' });
    expect(set.asked()).toEqual([1, 0, 1]);
  });

  test('the error says why the others did not answer', async () => {
    const set = await setUp(spare, `${noRetries}${chain}models: [one-model]\n`);
    const { error } = await prompt(set.host);
    expect(error.data).toMatchObject({ kind: 'providerError', provider: { name: 'one', status: 500 } });
    expect(error.message).toMatch(
      /^one \(500\): no 500\. .* Fallbacks that could not be used: two-model: The model two-model may not be used.* three-model: The model three-model may not be used/,
    );
  });

  test('when all fail, the error is that of the last and names the others', async () => {
    const set = await setUp({ one: [refuses(429)], two: [refuses(401)], three: [begins('cut', 'Thr')] });
    const { error } = await prompt(set.host);
    expect(error.data).toMatchObject({ kind: 'providerError', partial: { content: [{ type: 'text', text: 'Thr' }] } });
    expect(error.message).toMatch(/It was asked in place of one-model \(rateLimited\) and two-model \(providerAuth\)\.$/);
  });
});

test('llm/explain lists them, and says which would be passed over', async () => {
  const set = await setUp({ one: never, two: never, three: never }, `${noRetries}${chain}blocked_models: [two-model]\n`);
  const { result } = await set.host.request('llm/explain', { model: 'one-model', prompt: 'Hi' });
  expect(result).toMatchObject({
    model: 'one-model',
    fallbacks: [{ model: 'two-model', failure: { kind: 'modelNotAllowed' } }, { model: 'three-model' }],
  });
  expect(set.asked()).toEqual([0, 0, 0]);
});

describe('hooks', () => {
  const register = [
    { id: 'all', point: 'promptStart' },
    { id: 'all-end', point: 'promptEnd' },
    { id: 'two-only', point: 'promptStart', match: { models: ['two-model'] } },
  ];

  /** Answers the hooks; gives what each was asked about. */
  async function heard({ host }: Pick<Sidecar, 'host'>, refuse: string | undefined): Promise<{ told: string[]; answer: any }> {
    const told: string[] = [];
    host.send({ jsonrpc: '2.0', id: 'r', method: 'llm/prompt', params: { model: 'one-model', prompt: 'Hi', promptId: 'h', stream: {} } });
    for (;;) {
      const message = await host.next(({ id, method }) => id === 'r' || String(method).startsWith('hook/'));
      if (message.method === undefined) return { told, answer: message };
      const { registrationId, model, step, outcome } = message.params;
      told.push([message.method.slice(5), registrationId, model, step, ...(outcome ? [outcome] : [])].join(' '));
      if (registrationId === refuse) host.answer(message.id, { action: 'reject', reason: 'Not this one.' });
      else host.answer(message.id, message.method === 'hook/promptStart' ? { action: 'continue' } : null);
    }
  }

  const withHooks = async (answers: Parameters<typeof setUp>[0]) => setUp(answers, noRetries + chain, register);

  test('hear the end of the one and the start of the other', async () => {
    const set = await withHooks({ one: never, two: [says('Two')], three: never });
    const { told, answer } = await heard(set, undefined);
    expect(answer.result.model).toBe('two-model');
    expect(told).toEqual([
      'promptStart all one-model 0',
      'promptEnd all-end one-model 0 error',
      'promptStart all two-model 1',
      'promptStart two-only two-model 1',
      'promptEnd all-end two-model 1 ok',
    ]);
  });

  test('may refuse the one that takes over: the next is asked', async () => {
    const set = await withHooks({ one: never, two: [says('Two')], three: [says('Three')] });
    const { told, answer } = await heard(set, 'two-only');
    expect(answer.result).toMatchObject({ model: 'three-model', text: 'Three' });
    expect(told.slice(2)).toEqual([
      'promptStart all two-model 1',
      'promptStart two-only two-model 1',
      'promptEnd all-end two-model 1 error',
      'promptStart all three-model 1',
      'promptEnd all-end three-model 1 ok',
    ]);
    expect(set.asked()).toEqual([1, 0, 1]);
  });
});
