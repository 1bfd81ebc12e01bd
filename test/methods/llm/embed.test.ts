import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../protocol/index.ts';
import { json, startUpstream, type Received } from '../../providers/support/upstream.ts';
import { startReady, startSidecar } from '../../support/sidecar.ts';

const tests = 'test_models: true\n';
const key = { OPENAI_API_KEY: 'sk-canary-0a1b2c3d' };
const openai = (url: string, more = '') => `providers: {openai: {base_url: '${url}'}}\n${more}`;

/** As OpenAI does: vectors that tell which text they are of; a token a text. */
function vectorsOf({ json: { input } }: Received) {
  const texts = input as string[];
  const data = texts.map((text, index) => ({ index, embedding: [Number(text.replace(/\D/g, '')), 0.5] }));
  return json(200, { data, usage: { prompt_tokens: texts.length, total_tokens: texts.length } });
}

describe('llm/embed', () => {
  test('one vector for each text, in order, also where it takes several requests', async () => {
    await using sidecar = await startReady({ config: tests });
    const input = Array.from({ length: 25 }, (_, index) => 'x'.repeat(index + 1));
    const { result } = await sidecar.host.request('llm/embed', { model: 'echo-embed', input, options: { dimensions: 2 } });
    expect(result).toEqual({
      model: 'echo-embed',
      embeddings: input.map((_, index) => [index + 1, 0]),
      usage: { inputTokens: 25, outputTokens: 0 },
      cost: { usd: null, source: 'unknown' },
    });
  });

  test('OpenAI: requests of 2048 texts at most, usage of all, the price of the list, the source of the key', async () => {
    await using upstream = await startUpstream(vectorsOf);
    await using sidecar = await startReady({ config: openai(upstream.url), env: key });
    const input = Array.from({ length: 3000 }, (_, index) => `${index}`);
    const { result } = await sidecar.host.request('llm/embed', { model: '3-small', input });
    expect(result).toMatchObject({
      model: 'text-embedding-3-small',
      keySource: 'environment',
      usage: { inputTokens: 3000, outputTokens: 0 },
      cost: { usd: '0.00006', source: 'computed', priceId: 'genai-prices:openai/text-embedding-3-small' },
    });
    expect(result.embeddings.map(([first]: number[]) => first)).toEqual(input.map(Number));
    expect(upstream.received.map(({ json: { input: texts } }) => (texts as string[]).length).toSorted()).toEqual([2048, 952]);
  });

  test('a configured model of a server of your own, with defaults of the model and the purpose', async () => {
    await using upstream = await startUpstream(vectorsOf);
    const config = `providers:
  local:
    type: openai-compatible
    base_url: '${upstream.url}'
    discover: false
    models: [{id: nomic, features: {embed: true}, price: {input: 1, output: 0}}]
model_options: {nomic: {dimensions: 64}}
purposes:
  search: {model: nomic}
  small: {model: nomic, options: {dimensions: 32}}
`;
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    const ask = async (params: object) => (await host.request('llm/embed', { input: ['7'], ...params })).result;
    expect(await ask({ purpose: 'search' })).toMatchObject({ model: 'nomic', embeddings: [[7, 0.5]], cost: { usd: '0.000001' } });
    await ask({ purpose: 'small' });
    await ask({ purpose: 'small', options: { dimensions: 16 } });
    expect(upstream.received.map(({ json: { dimensions } }) => dimensions)).toEqual([64, 32, 16]);
  });

  test('llm/models marks the models; a prompt and a default never have one', async () => {
    await using sidecar = await startReady({ config: tests });
    const { models } = (await sidecar.host.request('llm/models', {})).result;
    expect(models.find(({ id }: JsonObject) => id === 'echo-embed')).toMatchObject({ features: { embed: {} }, isDefault: false });
    const { error } = await sidecar.host.request('llm/prompt', { model: 'echo-embed', prompt: 'Hi' });
    expect(error).toMatchObject({
      data: { kind: 'unsupportedFeature' },
      message: expect.stringContaining('makes embeddings and answers no prompts'),
    });
  });

  const refused: [what: string, params: object, config: string, kind: string, says: string][] = [
    ['a model that answers prompts', { model: 'echo' }, tests, 'unsupportedFeature', 'echo does not make embeddings'],
    ['no model and no default', {}, tests, 'noDefaultModel', 'No model was named'],
    ['a model that is not allowed', { model: 'echo-embed' }, `${tests}models: [echo]\n`, 'modelNotAllowed', 'may not be used'],
    ['an unknown model', { model: 'echo-embedd' }, tests, 'modelNotFound', 'echo-embed'],
    ['an unknown option', { model: 'echo-embed', options: { temperature: 1 } }, tests, 'invalidParams', 'echo-embed knows dimensions'],
    ['a missing key', { model: 'mistral-embed' }, tests, 'keyMissing', 'MISTRAL_API_KEY'],
    ['an unknown group', { model: 'echo-embed', groupId: 'g' }, tests, 'groupNotFound', 'g'],
    ['no texts', { model: 'echo-embed', input: [] }, tests, 'invalidParams', 'input'],
    ['no list', { model: 'echo-embed', input: 'text' }, tests, 'invalidParams', 'input'],
  ];
  test.each(refused)('refuses %s', async (_, params, config, kind, says) => {
    await using sidecar = await startReady({ config });
    const { error } = await sidecar.host.request('llm/embed', { input: ['a'], ...params });
    expect(error.data.kind).toBe(kind);
    expect(error.message).toContain(says);
  });

  test('belongs to its group: purpose, report, and no new one after the close', async () => {
    await using sidecar = await startReady({ config: `${tests}purposes: {search: {model: echo-embed}}\n` });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g', purpose: 'search' });
    expect((await host.request('llm/embed', { groupId: 'g', input: ['one two'] })).result.model).toBe('echo-embed');
    const { result } = await host.request('llm/groupClose', { groupId: 'g' });
    expect(result.responses).toMatchObject([{ status: 'ok', usage: { inputTokens: 2, outputTokens: 0 } }]);
    expect((await host.request('llm/embed', { groupId: 'g', input: ['x'] })).error.data.kind).toBe('groupClosed');
  });

  test('a failure that may pass is tried again; one that stays says what was spent', async () => {
    const busy = json(429, { error: { message: 'slow down' } }, { 'retry-after': '0' });
    await using upstream = await startUpstream(busy, vectorsOf, json(400, { error: { message: 'no' } }));
    await using sidecar = await startReady({ config: openai(upstream.url, 'limits: {retries: 1}\n'), env: key });
    const ask = async () => sidecar.host.request('llm/embed', { model: '3-small', input: ['1'] });
    expect((await ask()).result.embeddings).toEqual([[1, 0.5]]);
    expect((await ask()).error.data).toMatchObject({ kind: 'providerError', partial: { usage: { inputTokens: 0 }, cost: { usd: '0' } } });
    expect(upstream.received).toHaveLength(3);
    expect(JSON.stringify(sidecar.host.messages) + (await sidecar.stop()).stderr).not.toContain('sk-canary');
  });

  test('5.2 the hooks of the host see the texts, and may refuse them', async () => {
    await using sidecar = await startSidecar({ config: tests });
    const hooks = [
      { id: 'start', point: 'promptStart', include: ['content', 'actor'] },
      { id: 'end', point: 'promptEnd' },
    ];
    await sidecar.initialize({ capabilities: { hooks: {} }, hooks });
    const { host } = sidecar;
    const ask = (id: string) =>
      host.request('llm/embed', { model: 'echo-embed', purpose: 'search', actor: { id: 'ann' }, input: ['one', 'two'] }, id);
    const called = (method: string) => host.next((message) => message.method === method);

    const allowed = ask('a');
    const start = await called('hook/promptStart');
    expect(start.params).toMatchObject({
      model: 'echo-embed',
      purpose: 'search',
      actor: { id: 'ann' },
      messages: [
        { role: 'user', content: 'one' },
        { role: 'user', content: 'two' },
      ],
    });
    host.answer(start.id, { action: 'continue', state: 7 });
    const end = await called('hook/promptEnd');
    expect(end.params).toMatchObject({ promptId: start.params.promptId, outcome: 'ok', state: 7, usage: { inputTokens: 2 } });
    host.answer(end.id, null);
    expect((await allowed).result.embeddings).toHaveLength(2);

    const refused = ask('b');
    host.answer((await called('hook/promptStart')).id, { action: 'reject', reason: 'not these' });
    expect((await refused).error).toMatchObject({ message: expect.stringContaining('not these'), data: { kind: 'hookRejected' } });
  });

  test('cancelled by the host, by its group, and by its time', async () => {
    await using upstream = await startUpstream({ headers: { 'content-type': 'application/json' }, body: '{', ends: 'stalled' });
    await using sidecar = await startReady({ config: openai(upstream.url), env: key });
    const { host } = sidecar;
    const params = { model: '3-small', input: ['1'] };
    const first = host.request('llm/embed', params, 'a');
    await expect.poll(() => upstream.received.length).toBe(1);
    host.notify('$/cancelRequest', { id: 'a' });
    expect((await first).error).toMatchObject({ code: -32800, data: { kind: 'cancelled' } });

    await host.request('llm/groupOpen', { groupId: 'g', model: '3-small' });
    const second = host.request('llm/embed', { groupId: 'g', input: ['1'] }, 'b');
    await expect.poll(() => upstream.received.length).toBe(2);
    const { result } = await host.request('llm/groupClose', { groupId: 'g', mode: 'cancel' }, 'c');
    expect((await second).error.data.kind).toBe('cancelled');
    expect(result.responses).toMatchObject([{ status: 'cancelled' }]);

    // Long enough for the request to be sent: of one that never was, nothing is unknown.
    const third = await host.request('llm/embed', { ...params, timeoutMs: 2000 }, 'd');
    expect(upstream.received).toHaveLength(3);
    expect(third.error.data).toMatchObject({ kind: 'providerTimeout', partial: { usage: { inputTokens: null } } });
  });
});
