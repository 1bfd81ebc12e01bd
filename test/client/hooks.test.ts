import { describe, expect, test } from 'vitest';
import { Refusal, type Hooks, type LLM, type PromptResponse } from '../../client/index.ts';
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
      hooks: { promptContext: { id: 'slow', timeoutMs: 200, run: async (_, next) => void (await next(), await new Promise(() => {})) } },
    });
    const { _meta } = await llm.model('echo').prompt('x').result();
    expect(_meta).toEqual({ hookErrors: [{ registrationId: 'slow', message: 'The hook slow was not done 200 ms after the prompt.' }] });
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

describe('models', () => {
  test('filterModels takes away, by model or name; null has no opinion', async () => {
    const seen: unknown[] = [];
    await using llm = realSidecar({
      hooks: [
        { filterModels: (models, { actor }) => (actor?.id === 'guest' ? models.filter(({ id }) => id === 'echo') : null) },
        { filterModels: async (models, { purpose }) => void seen.push([purpose, models.length > 1]) },
        { filterModels: (models) => models.map(({ id }) => id) },
      ],
    });
    expect((await llm.models({ actor: { id: 'guest' }, purpose: 'p' })).map(({ id }) => id)).toEqual(['echo']);
    expect((await llm.models({ actor: { id: 'ann' } })).length).toBeGreaterThan(1);
    expect(
      await failure(
        llm
          .model('echo-needs-key', { actor: { id: 'guest' } })
          .prompt('x')
          .text(),
      ),
    ).toMatchObject({ kind: 'modelNotAllowed' });
    expect(seen.slice(0, 2)).toEqual([
      ['p', false],
      [undefined, true],
    ]);
  });

  test('defaultModel names one; a failure is the caller’s', async () => {
    await using llm = realSidecar({
      hooks: {
        defaultModel: ({ purpose, actor, models }) => {
          if (purpose === 'broken') throw new Error('no idea');
          return purpose === 'chat' && actor?.id === 'ann' ? models.find((id) => id === 'echo') : null;
        },
      },
    });
    expect(
      await llm
        .model(undefined, { purpose: 'chat', actor: { id: 'ann' } })
        .prompt('{"raw": "yes"}')
        .text(),
    ).toBe('yes');
    expect(await failure(llm.model(undefined, { purpose: 'chat' }).prompt('x').text())).toMatchObject({ kind: 'noDefaultModel' });
    expect(await failure(llm.model(undefined, { purpose: 'broken' }).prompt('x').text())).toMatchObject({
      kind: 'hookFailed',
      message: 'The hook defaultModel-1 (host) failed: no idea',
    });
  });
});

test('groupExit hears of every group; its failure is in the report', async () => {
  const exits: unknown[] = [];
  await using llm = realSidecar({
    hooks: [
      {
        groupExit: ({ group, reason, prompts, usage, purpose, actor }) =>
          exits.push([group, reason, prompts, usage.inputTokens, purpose, actor]),
      },
      { groupExit: { id: 'failing', run: () => Promise.reject(new Error('no')) } },
    ],
  });
  const group = await llm.openGroup({ model: 'echo', purpose: 'p', actor: { id: 'ann' } });
  group.prompt('one two');
  const { exitHooks } = await group.close();
  expect(exits).toEqual([[group.id, 'closed', 1, 2, 'p', { id: 'ann' }]]);
  expect(exitHooks).toEqual({ ran: 2, failed: [{ registrationId: 'failing', message: 'The hook failing (host) failed: no' }] });
});

describe('a hook that prompts', () => {
  test('is one deeper, in every part of it', async () => {
    const depths: [string | undefined, number][] = [];
    await using llm: LLM = realSidecar({
      hooks: {
        promptContext: async function* ({ prompt, depth, onResponseDone }) {
          depths.push([prompt, depth]);
          if (depth > 0) {
            yield;
            return;
          }
          const ask = async (what: string) => llm.model('echo').prompt(what).text();
          await ask('before');
          await onResponseDone(async () => void (await ask('done')));
          yield;
          await ask('after');
        },
      },
    });
    await llm.model('echo').prompt('outer').text();
    expect(depths).toEqual([
      ['outer', 0],
      ['before', 1],
      ['done', 1],
      ['after', 1],
    ]);
  });

  test('and asks itself without end is stopped, and says so', async () => {
    const state = { deepest: 0 };
    await using llm: LLM = realSidecar({
      hooks: {
        promptContext: async function* ({ depth }) {
          state.deepest = Math.max(state.deepest, depth);
          await llm.model('echo').prompt('again').text();
          yield;
        },
      },
    });
    expect(await failure(llm.model('echo').prompt('x').text())).toMatchObject({
      kind: 'hookFailed',
      message: expect.stringContaining('nested'),
    });
    expect(state.deepest).toBe(8);
  });
});

describe('registerHooks', () => {
  test('from now on, until it is taken back', async () => {
    await using llm = realSidecar();
    const seen: string[] = [];
    const watch = async () =>
      llm.registerHooks({
        promptContext: async function* ({ prompt }) {
          seen.push(`${prompt}`);
          yield;
        },
      });
    await llm.model('echo').prompt('one').text();
    {
      await using hooks = await watch();
      expect(hooks.ids).toEqual(['promptContext-1']);
      await llm.model('echo').prompt('two').text();
    }
    await llm.model('echo').prompt('three').text();
    const again = await watch();
    await llm.model('echo').prompt('four').text();
    await again.unregister();
    expect(seen).toEqual(['two', 'four']);
  });

  test('what runs keeps the hooks it started with', async () => {
    await using llm = realSidecar();
    const seen: string[] = [];
    const hooks = await llm.registerHooks({
      promptContext: async function* () {
        await hooks.unregister();
        const { text } = yield;
        seen.push(text);
      },
    });
    await llm.model('echo').prompt('{"raw": "still told"}').text();
    expect(seen).toEqual(['still told']);
  });

  test.each([
    {
      name: 'that the sidecar refuses',
      hooks: { groupExit: { onFailure: 'fail', run: () => {} } } satisfies Hooks,
      error: { kind: 'invalidParams', message: /refused the hook "groupExit-1"/ },
    },
    {
      name: 'that does not exist',
      hooks: { promptEnd: () => {} } as Hooks,
      error: { name: 'TypeError', message: /There is no hook "promptEnd"/ },
    },
  ])('one $name is a failure', async ({ hooks, error }) => {
    await using llm = realSidecar();
    expect(await failure(llm.registerHooks(hooks))).toMatchObject({ ...error, message: expect.stringMatching(error.message) });
    expect(await failure((async () => realSidecar({ hooks }).models())())).toMatchObject({
      ...error,
      message: expect.stringMatching(error.message),
    });
  });
});

test('purposes, and what a prompt would do', async () => {
  await using llm = realSidecar({
    purposes: [{ name: 'chat', description: 'Talk.' }, { name: 'titles' }],
    hooks: { defaultModel: () => 'echo' },
  });
  expect(await llm.purposes()).toEqual([
    { name: 'chat', description: 'Talk.', registeredBy: 'host' },
    { name: 'titles', registeredBy: 'host' },
  ]);
  expect(await llm.explain({ purpose: 'chat' })).toMatchObject({ model: 'echo', reason: 'hook' });
  expect(await llm.explain({ model: 'ecco', prompt: 'x' })).toMatchObject({ model: null, failure: { kind: 'modelNotFound' } });
});

test('many prompts at once with three hooks, one slow, one failing: every start has its end', async () => {
  const counts = { before: 0, after: 0, done: 0 };
  const count: Hooks['promptContext'] = async function* ({ onResponseDone }) {
    counts.before += 1;
    await onResponseDone(() => (counts.done += 1));
    yield;
    counts.after += 1;
  };
  await using llm = realSidecar({
    hooks: [
      { promptContext: count },
      { promptContext: async (_, next) => void (await new Promise((go) => setTimeout(go, 20)), await next()) },
      { promptContext: { onFailure: 'skip', run: () => Promise.reject(new Error('always')) } },
    ],
  });
  const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => llm.model('echo').prompt(`{"raw": "${index}"}`).text()));
  expect(answers).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));
  expect(counts).toEqual({ before: 50, after: 50, done: 50 });
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
