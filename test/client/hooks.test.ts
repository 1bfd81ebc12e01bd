import { describe, expect, test } from 'vitest';
import type { Hooks, LLM } from '../../client/index.ts';
import { failure } from './consume.ts';
import { realSidecar } from './sidecars/real.ts';

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
