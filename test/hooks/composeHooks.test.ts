import { describe, expect, test } from 'vitest';
import type { ModelInfo } from '../../protocol/index.ts';
import type { Hook, HookScope, PromptEnd, PromptStart } from '../../src/engine/ports.ts';
import { composeHooks } from '../../src/hooks/composeHooks.ts';

const info = (id: string): ModelInfo => ({ id, provider: 'test', aliases: [], isDefault: false, available: true, needsKey: null, features: {} });
const scope: HookScope = { purpose: 'p', actor: { id: 'ann' }, metadata: undefined, signal: new AbortController().signal };
const start: PromptStart = { ...scope, promptId: 'p1', groupId: undefined, step: 0, model: 'a', system: undefined, options: {}, messages: [] };
const end: PromptEnd = { outcome: 'ok', error: undefined, usage: { inputTokens: 1, outputTokens: 1 }, content: [], durationMs: 1 };

function composed(...hooks: (Partial<Hook> & { id: string })[]) {
  const logged: string[] = [];
  return { hooks: composeHooks(hooks.map((hook) => ({ order: 0, ...hook })), (line) => logged.push(line)), logged };
}

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
    expect(seen).toEqual([['a', 'b', 'c'], ['a', 'b'], ['a', 'b']]);
  });

  test('a failure is the failure of the call', async () => {
    const { hooks } = composed({ id: 'bad', filterModels: async () => Promise.reject(new Error('no')) });
    await expect(hooks.filterModels([info('a')], scope)).rejects.toThrow('no');
  });
});

describe('defaultModel', () => {
  test('2 (1) by order, then registration; the first answer that is not null', async () => {
    const asked: string[] = [];
    const answer = (id: string, model: string | null, order: number) => ({
      id,
      order,
      defaultModel: async () => {
        asked.push(id);
        return model;
      },
    });
    const { hooks } = composed(answer('third', 'c', 5), answer('first', null, 0), answer('second', 'b', 0));
    expect(await hooks.defaultModel(['a', 'b', 'c'], scope)).toBe('b');
    expect(asked).toEqual(['first', 'second']);
  });

  test('no hooks at all works', async () => {
    const { hooks } = composed();
    expect(await hooks.defaultModel([], scope)).toBeNull();
    expect(await hooks.filterModels([info('a')], scope)).toEqual([info('a')]);
    await (await hooks.promptStart(start))(end);
    expect(await hooks.groupExit({ groupId: 'g', reason: 'closed', prompts: 0, usage: end.usage })).toEqual({ ran: 0, failed: [] });
    expect(hooks.has('filterModels', 'p')).toBe(false);
  });
});

describe('promptStart and its end', () => {
  const watcher = (id: string, events: string[], order = 0): Partial<Hook> & { id: string } => ({
    id,
    order,
    promptStart: async () => {
      events.push(`start ${id}`);
      return async ({ outcome }) => void events.push(`end ${id} ${outcome}`);
    },
  });

  test('enters in order and leaves in reverse', async () => {
    const events: string[] = [];
    const { hooks } = composed(watcher('b', events, 1), watcher('a', events, 0), watcher('c', events, 1));
    await (await hooks.promptStart(start))(end);
    expect(events).toEqual(['start a', 'start b', 'start c', 'end c ok', 'end b ok', 'end a ok']);
  });

  test('G5 a refusal reaches the caller unchanged, and those that had entered leave', async () => {
    const events: string[] = [];
    const refusal = new Error('not today');
    const { hooks } = composed(watcher('a', events), { id: 'b', promptStart: async () => Promise.reject(refusal) }, watcher('c', events));
    await expect(hooks.promptStart(start)).rejects.toBe(refusal);
    expect(events).toEqual(['start a', 'end a error']);
  });

  test('an end that fails is logged, and the others still run', async () => {
    const events: string[] = [];
    const { hooks, logged } = composed(watcher('a', events), { id: 'b', promptStart: async () => async () => Promise.reject(new Error('oh')) }, watcher('c', events));
    await (await hooks.promptStart(start))(end);
    expect(events).toEqual(['start a', 'start c', 'end c ok', 'end a ok']);
    expect(logged).toEqual(['hook b failed after prompt p1: oh']);
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
    const { hooks } = composed({ ...watcher('a', events), match });
    await hooks.promptStart(start);
    expect(events).toEqual(asked ? ['start a'] : []);
  });
});

test('6.2 groupExit runs all, also when one fails, and tells which failed', async () => {
  const ran: string[] = [];
  const exit = (id: string, fails = false) => ({
    id,
    groupExit: async () => {
      ran.push(id);
      if (fails) throw new Error(`${id} is broken`);
    },
  });
  const { hooks } = composed(exit('a'), exit('b', true), exit('c'));
  expect(await hooks.groupExit({ groupId: 'g', reason: 'closed', prompts: 2, usage: end.usage })).toEqual({ ran: 3, failed: [{ registrationId: 'b', message: 'b is broken' }] });
  expect(ran).toEqual(['a', 'b', 'c']);
});
