import { describe, expect, test } from 'vitest';
import type { ModelInfo } from '../../protocol/index.ts';
import type { GroupExit, Hook, HookScope, PromptEnd, PromptScope, StepStart } from '../../src/engine/ports.ts';
import { composeHooks } from '../../src/hooks/composeHooks.ts';
import { Failure } from '../../src/lib/failure.ts';

const info = (id: string): ModelInfo => ({
  id,
  provider: 'test',
  aliases: [],
  isDefault: false,
  available: true,
  needsKey: null,
  features: {},
});
const scope: HookScope = { purpose: 'p', actor: { id: 'ann' }, metadata: undefined, depth: 0, signal: new AbortController().signal };
const prompt: PromptScope = { ...scope, promptId: 'p1', groupId: undefined, model: 'a' };
const start: StepStart = { step: 0, system: undefined, options: {}, messages: [] };
const end: PromptEnd = {
  outcome: 'ok',
  error: undefined,
  usage: { inputTokens: 1, outputTokens: 1 },
  cost: { usd: null, source: 'unknown' },
  content: [],
  durationMs: 1,
};
const exit: GroupExit = {
  purpose: 'p',
  actor: null,
  metadata: undefined,
  depth: 0,
  groupId: 'g',
  reason: 'closed',
  prompts: 2,
  usage: end.usage,
  cost: end.cost,
};

function composed(...hooks: (Partial<Hook> & { id: string })[]) {
  const logged: string[] = [];
  return {
    hooks: composeHooks(
      hooks.map((hook) => ({ registeredBy: 'plugin', ...hook })),
      (line) => logged.push(line),
    ),
    logged,
  };
}

const broken = async (): Promise<never> => Promise.reject(new Error('no'));

describe('filterModels', () => {
  test('3.6 each gets what the one before left over; null is no opinion; none can add', async () => {
    const seen: string[][] = [];
    const filter = (id: string, answer: string[] | null, order: number) => ({
      id,
      order,
      filterModels: async (models: readonly ModelInfo[]) => {
        seen.push(models.map((model) => model.id));
        return answer;
      },
    });
    const { hooks } = composed(filter('last', ['a', 'new'], 2), filter('first', ['a', 'b'], 1), filter('none', null, 1));
    expect((await hooks.filterModels([info('a'), info('b'), info('c')], scope)).map(({ id }) => id)).toEqual(['a']);
    expect(seen).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('a failure is the failure of the call, named', async () => {
    const { hooks } = composed({ id: 'bad', filterModels: broken });
    await expect(hooks.filterModels([info('a')], scope)).rejects.toMatchObject({
      kind: 'hookFailed',
      message: 'The hook bad (plugin) failed: no',
      detail: { registrationId: 'bad' },
    });
  });

  test('onFailure: skip goes on without it, and logs', async () => {
    const { hooks, logged } = composed(
      { id: 'bad', onFailure: 'skip', filterModels: broken },
      { id: 'good', filterModels: async () => ['a'] },
    );
    expect((await hooks.filterModels([info('a'), info('b')], scope)).map(({ id }) => id)).toEqual(['a']);
    expect(logged).toEqual(['hook bad (plugin) failed to filter models: no']);
  });
});

describe('defaultModel', () => {
  test('2 (1) by order, plugins before the host, then registration; the first answer that is not null', async () => {
    const asked: string[] = [];
    const answer = (id: string, model: string | null, order: number, registeredBy = 'plugin') => ({
      id,
      order,
      registeredBy,
      defaultModel: async () => {
        asked.push(id);
        return model;
      },
    });
    const { hooks } = composed(
      answer('fourth', 'c', 5),
      answer('third', 'd', 0, 'host'),
      answer('first', null, 0),
      answer('second', 'b', 0),
    );
    expect(await hooks.defaultModel(['a', 'b', 'c'], scope)).toBe('b');
    expect(asked).toEqual(['first', 'second']);
  });

  test('no hooks at all works', async () => {
    const { hooks } = composed();
    expect(await hooks.defaultModel([], scope)).toBeNull();
    expect(await hooks.filterModels([info('a')], scope)).toEqual([info('a')]);
    const entered = await hooks.enter(prompt);
    expect(await entered.stepStart(start)).toEqual(start);
    await entered.stepEnd(0, end);
    await entered.leave(end);
    expect(await hooks.groupExit(exit)).toEqual({ ran: 0, failed: [] });
    expect(hooks.list('filterModels', scope)).toEqual([]);
  });
});

describe('a prompt', () => {
  const watcher = (id: string, events: string[], more: Partial<Hook> = {}): Partial<Hook> & { id: string } => ({
    id,
    prompt: async () => {
      events.push(`enter ${id}`);
      return {
        stepStart: async () => void events.push(`start ${id}`),
        stepEnd: async (_, { outcome }) => void events.push(`end ${id} ${outcome}`),
        leave: async ({ outcome }) => void events.push(`leave ${id} ${outcome}`),
      };
    },
    ...more,
  });

  test('enters in order and leaves in reverse, once for a chain, with a start and an end for each response', async () => {
    const events: string[] = [];
    const { hooks } = composed(watcher('b', events, { order: 1 }), watcher('a', events));
    const entered = await hooks.enter(prompt);
    for (const step of [0, 1]) {
      await entered.stepStart({ ...start, step });
      await entered.stepEnd(step, end);
    }
    await entered.leave(end);
    expect(events).toEqual([
      'enter a',
      'enter b',
      'start a',
      'start b',
      'end b ok',
      'end a ok',
      'start a',
      'start b',
      'end b ok',
      'end a ok',
      'leave b ok',
      'leave a ok',
    ]);
  });

  test('G5 a refusal before the prompt reaches the caller unchanged, and those that had entered leave', async () => {
    const events: string[] = [];
    const refusal = new Failure('hookRejected', 'not today');
    const { hooks } = composed(
      watcher('a', events),
      { id: 'b', onFailure: 'skip', prompt: async () => Promise.reject(refusal) },
      watcher('c', events),
    );
    await expect(hooks.enter(prompt)).rejects.toBe(refusal);
    expect(events).toEqual(['enter a', 'leave a error']);
  });

  test('G5 a refusal before a response: those that had started get their end, and no other', async () => {
    const events: string[] = [];
    const refusal = new Failure('hookRejected', 'not today');
    const { hooks } = composed(
      watcher('a', events),
      { id: 'b', prompt: async () => ({ stepStart: async () => Promise.reject(refusal) }) },
      watcher('c', events),
    );
    const entered = await hooks.enter(prompt);
    await expect(entered.stepStart(start)).rejects.toBe(refusal);
    await entered.leave({ ...end, outcome: 'error' });
    expect(events).toEqual(['enter a', 'enter c', 'start a', 'end a error', 'leave c error', 'leave a error']);
  });

  test('a start that fails and is skipped has no end', async () => {
    const events: string[] = [];
    const { hooks } = composed(watcher('a', events), {
      id: 'b',
      onFailure: 'skip',
      prompt: async () => ({ stepStart: broken, stepEnd: async () => void events.push('end b') }),
    });
    const entered = await hooks.enter(prompt);
    await entered.stepStart(start);
    await entered.stepEnd(0, end);
    expect(events).toEqual(['enter a', 'start a', 'end a ok']);
    expect(entered.errors).toEqual([{ registrationId: 'b', message: 'no' }]);
  });

  test('an end that fails is logged and told, and the others still run', async () => {
    const events: string[] = [];
    const { hooks, logged } = composed(watcher('a', events), { id: 'b', prompt: async () => ({ stepEnd: broken }) }, watcher('c', events));
    const entered = await hooks.enter(prompt);
    await entered.stepStart(start);
    await entered.stepEnd(0, end);
    expect(events.slice(-2)).toEqual(['end c ok', 'end a ok']);
    expect(logged).toEqual(['hook b (plugin) failed after the prompt p1: no']);
    expect(entered.errors).toEqual([{ registrationId: 'b', message: 'no' }]);
  });

  test('patches are seen by the hooks after, and by the model', async () => {
    const seen: unknown[] = [];
    const patcher = (id: string, patch: object) => ({
      id,
      prompt: async () => ({
        stepStart: async ({ system, options }: StepStart) => {
          seen.push({ system, options });
          return patch;
        },
      }),
    });
    const { hooks } = composed(patcher('a', { system: 'be kind', options: { x: 1 } }), patcher('b', { options: { y: 2 } }));
    const entered = await hooks.enter(prompt);
    expect(await entered.stepStart({ ...start, options: { x: 0 } })).toMatchObject({ system: 'be kind', options: { x: 1, y: 2 } });
    expect(seen).toEqual([
      { system: undefined, options: { x: 0 } },
      { system: 'be kind', options: { x: 1 } },
    ]);
  });

  test.each([
    ['its purpose', { purposes: ['p'] }, true],
    ['another purpose', { purposes: ['q'] }, false],
    ['its model', { models: ['a'] }, true],
    ['another model', { models: ['b'] }, false],
    ['its purpose and another model', { purposes: ['p'], models: ['b'] }, false],
    ['everything', undefined, true],
  ])('match: %s', async (_, match, asked) => {
    const events: string[] = [];
    const { hooks } = composed(watcher('a', events, { match }));
    await hooks.enter(prompt);
    expect(events).toEqual(asked ? ['enter a'] : []);
  });

  test('a hook that never answers costs its deadline and no more', async () => {
    const { hooks } = composed({ id: 'asleep', timeoutMs: 20, prompt: async () => new Promise(() => {}) });
    await expect(hooks.enter(prompt)).rejects.toMatchObject({ kind: 'hookTimeout', detail: { registrationId: 'asleep', limit: 20 } });
  });

  test('a cancel does not wait for a hook', async () => {
    const cancel = new AbortController();
    const { hooks } = composed({ id: 'asleep', prompt: async () => new Promise(() => {}) });
    const entering = hooks.enter({ ...prompt, signal: cancel.signal });
    cancel.abort();
    await expect(entering).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('6.2 groupExit runs all, also when one fails or never answers, and tells which', async () => {
  const ran: string[] = [];
  const leaving = (id: string, run: () => Promise<void> = async () => {}) => ({
    id,
    timeoutMs: 20,
    groupExit: async () => {
      ran.push(id);
      await run();
    },
  });
  const { hooks } = composed(
    leaving('a'),
    leaving('b', broken),
    leaving('c', async () => new Promise(() => {})),
    leaving('d'),
  );
  expect(await hooks.groupExit(exit)).toEqual({
    ran: 4,
    failed: [
      { registrationId: 'b', message: 'no' },
      { registrationId: 'c', message: 'The hook c did not answer within 20 ms.' },
    ],
  });
  expect(ran).toEqual(['a', 'b', 'c', 'd']);
});
