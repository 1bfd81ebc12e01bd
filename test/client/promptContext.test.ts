import { describe, expect, test } from 'vitest';
import { Refusal, type Hooks, type PromptResponse } from '../../client/index.ts';
import { failure } from './consume.ts';
import { realSidecar } from './sidecars/real.ts';

/** Makes the echo model call a tool, which makes a second response. */
const twoResponses = JSON.stringify({ prompt: 'add', tool_calls: [{ name: 'add', arguments: { a: 2, b: 3 } }] });
const add = {
  parameters: { type: 'object' },
  execute: (args: unknown) => Object.values(args as object).reduce((sum, one) => sum + one, 0),
};

describe('promptContext', () => {
  const asGenerator = (log: unknown[]): Hooks => ({
    promptContext: async function* ({ promptId, modelId, purpose, actor, metadata, prompt, system, options, depth, group }) {
      log.push({ promptId, modelId, purpose, actor, metadata, prompt, system, options, depth, group });
      const response = yield;
      log.push(shown(response));
    },
  });
  const asFunction = (log: unknown[]): Hooks => ({
    promptContext: async ({ promptId, modelId, purpose, actor, metadata, prompt, system, options, depth, group }, next) => {
      log.push({ promptId, modelId, purpose, actor, metadata, prompt, system, options, depth, group });
      log.push(shown(await next()));
    },
  });

  test.each([
    { form: 'a generator', hooks: asGenerator },
    { form: 'a function', hooks: asFunction },
    { form: 'with settings', hooks: (log: unknown[]) => ({ promptContext: { order: 1, run: asGenerator(log).promptContext as never } }) },
  ])('$form: sees the prompt before and the answer after, before the caller has it', async ({ hooks }) => {
    const log: unknown[] = [];
    await using llm = realSidecar({ hooks: hooks(log) });
    const response = llm
      .model('echo', { purpose: 'chat', actor: { id: 'ann' } })
      .prompt('{"raw": "Hi there"}', { system: 'Be kind.', metadata: { job: 7 } });
    expect(await response.text()).toBe('Hi there');
    expect(log).toEqual([
      {
        promptId: response.promptId,
        modelId: 'echo',
        purpose: 'chat',
        actor: { id: 'ann' },
        metadata: { job: 7 },
        prompt: '{"raw": "Hi there"}',
        system: 'Be kind.',
        options: {},
        depth: 0,
        group: undefined,
      },
      { text: 'Hi there', status: 'ok', kind: undefined, usage: { inputTokens: 3, outputTokens: 2 }, texts: ['Hi there'], purpose: 'chat' },
    ]);
  });

  test('one context spans a chain, with a callback for each response', async () => {
    const log: unknown[] = [];
    await using llm = realSidecar({
      hooks: {
        promptContext: async function* ({ onResponseDone }) {
          log.push('before');
          await onResponseDone(({ step, status, content }) => log.push([step, status, content.map(({ type }) => type)]));
          const response = yield;
          log.push(`after ${response.responses.length}`);
          await response.onResponseDone(({ step }) => log.push(`late ${step}`));
        },
      },
    });
    await llm.model('echo').chain(twoResponses, { tools: { add } }).text();
    expect(log).toEqual(['before', [0, 'ok', ['text', 'toolCall']], [1, 'ok', ['text']], 'after 2', 'late 0', 'late 1']);
  });

  test('several enter in order and leave in reverse; order goes before registration', async () => {
    const log: string[] = [];
    const named = (name: string, order?: number): Hooks => ({
      promptContext: {
        order,
        run: async function* () {
          log.push(`${name} before`);
          yield;
          log.push(`${name} after`);
        },
      },
    });
    await using llm = realSidecar({ hooks: [named('b'), named('c'), named('a', -1)] });
    await llm.model('echo').prompt('x').text();
    expect(log).toEqual(['a before', 'b before', 'c before', 'c after', 'b after', 'a after']);
  });

  test('patch() changes the system prompt and options of every response', async () => {
    await using llm = realSidecar({
      hooks: {
        promptContext: async function* ({ patch }) {
          patch({ system: 'Patched.' });
          patch({ options: { example_bool: true } });
          yield;
          expect(() => patch({})).toThrow('patch() comes before the response.');
        },
      },
    });
    const chain = llm.model('echo').chain(twoResponses, { tools: { add }, system: 'Mine.' });
    const texts: string[] = [];
    for await (const response of chain.responses()) texts.push(await response.text());
    expect(texts.map((text) => JSON.parse(text) as object)).toMatchObject([
      { system: 'Patched.', options: { example_bool: true } },
      { system: 'Patched.', options: { example_bool: true } },
    ]);
  });

  const thrown: { name: string; throws: () => unknown; skip?: true; kind: string; message: string; data?: unknown }[] = [
    { name: 'an Error', throws: () => new Error('Not that.'), kind: 'hookRejected', message: 'Not that.' },
    {
      name: 'an Error with data',
      throws: () => Object.assign(new Error('No.'), { data: { left: 3 } }),
      kind: 'hookRejected',
      message: 'No.',
      data: { left: 3 },
    },
    { name: 'a Refusal', throws: () => new Refusal('No.', ['rule 1']), kind: 'hookRejected', message: 'No.', data: ['rule 1'] },
    { name: 'a Refusal where failures are skipped', throws: () => new Refusal('No.'), skip: true, kind: 'hookRejected', message: 'No.' },
    { name: 'a text', throws: () => 'just text', kind: 'hookRejected', message: 'just text' },
    { name: 'null', throws: () => null, kind: 'hookRejected', message: 'null' },
    {
      name: 'something without a text',
      throws: () => Object.create(null),
      kind: 'hookRejected',
      message: 'something without a text was thrown',
    },
    { name: 'data that is no JSON', throws: () => Object.assign(new Error('No.'), { data: 1n }), kind: 'hookRejected', message: 'No.' },
    {
      name: 'a defect',
      throws: () => new TypeError('x is not a function'),
      kind: 'hookFailed',
      message: 'The hook policy (host) failed: x is not a function',
    },
  ];
  test.each(thrown)('thrown before: $name is $kind', async ({ throws, skip, kind, message, data }) => {
    await using llm = realSidecar({
      hooks: {
        promptContext: {
          id: 'policy',
          onFailure: skip && 'skip',
          // eslint-disable-next-line require-yield
          run: async function* () {
            throw throws();
          },
        },
      },
    });
    const error = await failure(llm.model('echo').prompt('x').text());
    expect(error).toMatchObject({ name: 'LLMError', kind, message, data: { registrationId: 'policy' } });
    expect((error as { data: { data?: unknown } }).data.data).toEqual(data);
    expect(await llm.models()).toBeInstanceOf(Array);
  });

  test.each([
    { name: 'a failure that may be skipped', run: async () => Promise.reject(new Error('down')), onFailure: 'skip' as const },
    { name: 'a generator that ends before', run: async function* () {}, onFailure: 'fail' as const },
  ])('$name lets the prompt go on', async ({ run, onFailure }) => {
    await using llm = realSidecar({ hooks: { promptContext: { run, onFailure } } });
    expect(await llm.model('echo').prompt('{"raw": "yes"}').text()).toBe('yes');
  });

  test('a function that never calls next() has failed', async () => {
    await using llm = realSidecar({ hooks: { promptContext: { id: 'mine', run: async () => {} } } });
    expect(await failure(llm.model('echo').prompt('x').text())).toMatchObject({
      kind: 'hookFailed',
      message: /It returned without next\(\)/,
    });
  });

  test('what fails after the response is told and fails nothing', async () => {
    await using llm = realSidecar({
      hooks: {
        promptContext: {
          id: 'books',
          run: async function* ({ onResponseDone }) {
            await onResponseDone(() => Promise.reject(new Error('of a callback')));
            yield;
            yield;
          },
        },
      },
    });
    const { text, _meta } = await llm.model('echo').prompt('{"raw": "fine"}').result();
    expect(text).toBe('fine');
    expect(_meta).toEqual({
      hookErrors: [
        { registrationId: 'books', message: 'The hook books (host) failed: of a callback' },
        { registrationId: 'books', message: 'It yielded a second time: a context around a prompt yields once.' },
      ],
    });
  });

  test('an end that takes too long costs its deadline and no more', async () => {
    await using llm = realSidecar({
      // The deadline is that of the beginning too, which has to be met.
      hooks: { promptContext: { id: 'slow', timeoutMs: 2000, run: async (_, next) => void (await next(), await new Promise(() => {})) } },
    });
    const { _meta } = await llm.model('echo').prompt('x').result();
    expect(_meta).toEqual({ hookErrors: [{ registrationId: 'slow', message: 'The hook slow was not done 2000 ms after the prompt.' }] });
  });

  test('a hook that never lets a prompt go on costs its deadline; its signal tells it', async () => {
    const aborted = Promise.withResolvers<void>();
    await using llm = realSidecar({
      hooks: {
        promptContext: {
          timeoutMs: 200,
          run: async ({ signal }) => {
            signal.addEventListener('abort', () => aborted.resolve());
            await new Promise(() => {});
          },
        },
      },
    });
    expect(await failure(llm.model('echo').prompt('x').text())).toMatchObject({ kind: 'hookTimeout' });
    await aborted.promise;
  });

  test('sees failures and cancels', async () => {
    const seen: unknown[] = [];
    const started = Promise.withResolvers<void>();
    await using llm = realSidecar({
      hooks: {
        promptContext: async function* () {
          started.resolve();
          seen.push(shown(yield));
        },
      },
    });
    await failure(
      llm
        .model('echo')
        .prompt('x', { schema: { type: 'object' } })
        .text(),
    );
    const stop = new AbortController();
    const tools = { add: { ...add, execute: () => stop.abort() } };
    const chain = llm.model('echo').chain(twoResponses, { tools, signal: stop.signal });
    expect(await failure(chain.text())).toMatchObject({ kind: 'cancelled' });
    expect(seen).toMatchObject([{ status: 'cancelled', kind: undefined, texts: [expect.stringContaining('"prompt": "add"')] }]);
    await started.promise;
  });

  test('no content unless it is asked for', async () => {
    const seen: unknown[] = [];
    const run: Hooks['promptContext'] = async function* ({ prompt, messages, system, actor }) {
      seen.push(prompt, messages, system, actor);
      const { text, content, usage } = yield;
      seen.push(text, content, usage.outputTokens);
    };
    await using llm = realSidecar({ hooks: { promptContext: { include: ['actor'], run } } });
    await llm
      .model('echo', { actor: { id: 'ann' } })
      .prompt('{"raw": "a b"}', { system: 's' })
      .text();
    expect(seen).toEqual([undefined, undefined, undefined, { id: 'ann' }, '', [], 2]);
  });

  test('match: asked only where it applies', async () => {
    const seen: unknown[] = [];
    const run: Hooks['promptContext'] = async function* ({ purpose, modelId }) {
      seen.push([purpose, modelId]);
      yield;
    };
    await using llm = realSidecar({ hooks: { promptContext: { match: { purposes: ['chat'], models: ['echo'] }, run } } });
    await llm.model('echo', { purpose: 'chat' }).prompt('x').text();
    await llm.model('echo').prompt('x').text();
    await llm.model('echo-needs-key', { purpose: 'chat' }).prompt('x').text();
    expect(seen).toEqual([['chat', 'echo']]);
  });

  test('every way to prompt goes through it: conversations, groups, raw requests', async () => {
    const seen: unknown[] = [];
    await using llm = realSidecar({
      hooks: {
        promptContext: async function* ({ group, purpose }) {
          const { text, group: same } = yield;
          seen.push([text, group === same, group !== undefined, purpose]);
        },
      },
    });
    await llm.model('echo').conversation().prompt('{"raw": "turn"}').text();
    await llm.group({ model: 'echo', purpose: 'g' }, async (group) => group.prompt('{"raw": "grouped"}').text());
    await llm.request('llm/prompt', { model: 'echo', prompt: '{"raw": "raw"}' });
    expect(seen).toEqual([
      ['turn', true, false, undefined],
      ['grouped', true, true, 'g'],
      ['raw', true, false, undefined],
    ]);
  });
});

function shown({ text, status, error, usage, responses, purpose }: PromptResponse): object {
  return {
    text,
    status,
    kind: error?.kind,
    usage: { inputTokens: usage.inputTokens, outputTokens: usage.outputTokens },
    texts: responses.map((one) => one.text),
    purpose,
  };
}
