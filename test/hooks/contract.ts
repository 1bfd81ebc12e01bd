import { describe, expect, test } from 'vitest';
import type { Home } from './support/homes.ts';
import type { Script } from './support/script.ts';

const around = (id: string, more: Partial<Script> = {}): Script => ({ id, start: 'go', end: 'go', ...more });
/** Of one that never answers. One that fails at once may take longer than this on a busy machine. */
const patience = (trouble: 'throw' | 'hang'): Pick<Script, 'timeoutMs'> => (trouble === 'hang' ? { timeoutMs: 200 } : {});
const failed = (code: number, kind: string, message: RegExp, registrationId: string) => ({
  code,
  message: expect.stringMatching(message),
  data: expect.objectContaining({ kind, registrationId }),
});

/** What hooks are promised wherever they live. behaviour 7, protocol 5. */
export function hookContract(home: Home): void {
  describe('around a prompt', () => {
    test('enters by order, then as registered, and leaves in reverse', async () => {
      await using hooked = await home.open([around('c', { order: 1 }), around('b'), around('a', { order: -1 }), around('d', { order: 1 })]);
      expect((await hooked.host.request('llm/prompt', { prompt: 'x' })).result.stopReason).toBe('end');
      expect(hooked.told).toEqual(['start a', 'start b', 'start c', 'start d', 'end d ok', 'end c ok', 'end b ok', 'end a ok']);
    });

    test.each([
      ['its purpose', { purposes: ['p'] }, true],
      ['another purpose', { purposes: ['q'] }, false],
      ['its model', { models: ['echo'] }, true],
      ['its model by another name', { models: ['echo/echo'] }, true],
      ['another model', { models: ['test-fast'] }, false],
      ['its purpose and another model', { purposes: ['p'], models: ['test-fast'] }, false],
    ])('match: %s', async (_, match, asked) => {
      await using hooked = await home.open([around('a', { match })]);
      await hooked.host.request('llm/prompt', { prompt: 'x', purpose: 'p' });
      expect(hooked.told).toEqual(asked ? ['start a', 'end a ok'] : []);
    });

    test('a refusal reaches the caller unchanged; what had started has its end, what comes after is not asked', async () => {
      await using hooked = await home.open([
        around('a'),
        around('b', { start: { refuse: 'Not "this" today.', data: { rule: 7 } }, onFailure: 'skip' }),
        around('c'),
      ]);
      expect((await hooked.host.request('llm/prompt', { prompt: 'x' })).error).toEqual({
        code: -31040,
        message: 'Not "this" today.',
        data: { kind: 'hookRejected', retryable: false, registrationId: 'b', data: { rule: 7 } },
      });
      expect(hooked.told).toEqual(['start a', 'start b', 'end a error']);
    });

    test('patches are seen by the model; the later one wins, options are merged', async () => {
      await using hooked = await home.open([
        around('a', { start: { patch: { system: 'first', options: { example_bool: true } } } }),
        around('b', { start: { patch: { system: 'second' } } }),
      ]);
      const { result } = await hooked.host.request('llm/prompt', { prompt: 'x', system: 'mine' });
      expect(JSON.parse(result.text)).toMatchObject({ system: 'second', options: { example_bool: true } });
    });

    test('an option that the model does not have is refused before it is sent; each start has its end', async () => {
      await using hooked = await home.open([around('a', { start: { patch: { options: { temprature: 1 } } } })]);
      expect((await hooked.host.request('llm/prompt', { prompt: 'x' })).error).toMatchObject({
        message: 'A hook changed the options. Unknown option temprature: echo knows example_bool, thinking.',
        data: { kind: 'hookFailed' },
      });
      expect(hooked.told).toEqual(['start a', 'end a error']);
    });

    test.each([
      ['throws', 'throw', -31041, 'hookFailed', /bad .*no$/],
      ['never answers', 'hang', -31042, 'hookTimeout', /did not answer within 200 ms/],
    ] as const)('a start that %s fails the prompt, or is skipped and told', async (_, trouble, code, kind, message) => {
      const bad = (onFailure?: 'skip'): Script => around('bad', { start: trouble, ...patience(trouble), ...(onFailure && { onFailure }) });
      await using hooked = await home.open([
        around('a', { match: { purposes: ['fail'] } }),
        { ...bad(), match: { purposes: ['fail'] } },
        { ...bad('skip'), id: 'worse', match: { purposes: ['skip'] } },
      ]);
      expect((await hooked.host.request('llm/prompt', { prompt: 'x', purpose: 'fail' })).error).toEqual(failed(code, kind, message, 'bad'));
      expect(hooked.told).toEqual(['start a', 'start bad', 'end a error']);
      const { result } = await hooked.host.request('llm/prompt', { prompt: 'x', purpose: 'skip' });
      expect(result).toMatchObject({
        stopReason: 'end',
        _meta: { hookErrors: [{ registrationId: 'worse', message: expect.any(String) }] },
      });
      expect(hooked.told.slice(3)).toEqual(['start worse']);
    });

    test.each(['throw', 'hang'] as const)('an end that does %s is told and fails nothing; the others still run', async (trouble) => {
      await using hooked = await home.open([
        around('a'),
        around('bad', { end: trouble, ...(trouble === 'hang' ? { timeoutMs: 3000 } : {}) }),
        around('c'),
      ]);
      const { result } = await hooked.host.request('llm/prompt', { prompt: 'x' });
      expect(result).toMatchObject({ stopReason: 'end', _meta: { hookErrors: [{ registrationId: 'bad' }] } });
      expect(result._meta.hookErrors).toHaveLength(1);
      expect(hooked.told.slice(3)).toEqual(['end c ok', 'end bad ok', 'end a ok']);
    });

    test('an end that says so fails the prompt, which keeps what was paid for', async () => {
      await using hooked = await home.open([around('a'), around('bad', { end: 'throw', onFailure: 'fail' })]);
      const { error } = await hooked.host.request('llm/prompt', { prompt: '{"raw": "paid"}' });
      expect(error).toMatchObject({
        code: -31041,
        data: { registrationId: 'bad', partial: { content: [{ type: 'text', text: 'paid' }], usage: { inputTokens: expect.any(Number) } } },
      });
      expect(hooked.told.slice(2)).toEqual(['end bad ok', 'end a ok']);
    });

    test('G5 each start has its end when the model fails', async () => {
      await using hooked = await home.open([around('a'), around('b')]);
      expect((await hooked.host.request('llm/prompt', { model: 'test-fails', prompt: 'x' })).error.data.kind).toBe('providerError');
      expect(hooked.told).toEqual(['start a', 'start b', 'end b error', 'end a error']);
    });

    test('G5 each start has its end when the prompt is cancelled', async () => {
      await using hooked = await home.open([around('a'), around('b')]);
      const running = hooked.host.request('llm/prompt', { model: 'test-endless', prompt: 'x', promptId: 'p', stream: {} }, 'mine');
      await hooked.host.next(({ method }) => method === 'llm/delta');
      hooked.host.notify('$/cancelRequest', { id: 'mine' });
      expect((await running).result.stopReason).toBe('cancelled');
      expect(hooked.told).toEqual(['start a', 'start b', 'end b cancelled', 'end a cancelled']);
    });

    test('G5 a cancel does not wait for a start that never answers; those before it have their end', async () => {
      await using hooked = await home.open([around('a'), around('asleep', { start: 'hang' })]);
      const running = hooked.host.request('llm/prompt', { prompt: 'x' }, 'mine');
      while (!hooked.told.includes('start asleep')) await new Promise(setImmediate);
      hooked.host.notify('$/cancelRequest', { id: 'mine' });
      expect((await running).result.stopReason).toBe('cancelled');
      expect(hooked.told).toEqual(['start a', 'start asleep', 'end a cancelled']);
    });

    test('G5 a start that answers after a cancel has its end', async () => {
      await using hooked = await home.open([around('a', { start: { afterCancel: true } }), around('b')]);
      const running = hooked.host.request('llm/prompt', { prompt: 'x' }, 'mine');
      while (!hooked.told.includes('start a')) await new Promise(setImmediate);
      hooked.host.notify('$/cancelRequest', { id: 'mine' });
      expect((await running).result.stopReason).toBe('cancelled');
      expect(hooked.told).toEqual(['start a', 'end a cancelled']);
    });

    test('every response of two chains at once is inside of its start and its end', async () => {
      await using hooked = await home.open([around('a'), around('b')]);
      const chain = (promptId: string) =>
        hooked.host.request('llm/prompt', {
          promptId,
          prompt: '{"tool_calls": [{"name": "t"}]}',
          tools: [{ name: 't', inputSchema: { type: 'object' } }],
          maxSteps: 3,
        });
      const answers = await Promise.all([chain('one'), chain('two')]);
      expect(answers.map(({ result }) => result.steps.length)).toEqual([2, 2]);
      // A plugin has one context for the whole chain, the host a start and an end for each response.
      const steps = home.name === 'plugin' ? [0] : [0, 1];
      for (const prompt of ['one', 'two']) {
        const own = hooked.events.filter((event) => event.prompt === prompt).map(({ at, id, step }) => `${at} ${id} ${step}`);
        expect(own).toEqual(steps.flatMap((step) => [`start a ${step}`, `start b ${step}`, `end b ${step}`, `end a ${step}`]));
      }
    });
  });

  describe('models', () => {
    test('3.6 each filter gets what the one before has left; none can add; null is no opinion', async () => {
      await using hooked = await home.open(
        [
          { id: 'b', order: 1, filter: ['echo', 'test-slow', 'gpt-5.4'] },
          { id: 'a', filter: ['echo', 'test-fast'] },
          { id: 'none', filter: null },
        ],
        'models: [echo, test-fast, test-slow]\n',
      );
      const { result } = await hooked.host.request('llm/models', {});
      expect(result.models.map(({ id }: { id: string }) => id)).toEqual(['echo']);
      expect(hooked.told).toEqual(['filter a echo test-slow test-fast', 'filter none echo test-fast', 'filter b echo test-fast']);
    });

    test.each([
      ['throws', 'throw', 'hookFailed'],
      ['never answers', 'hang', 'hookTimeout'],
    ] as const)('a filter that %s fails the call, or is skipped', async (_, filter, kind) => {
      await using hooked = await home.open([
        { id: 'bad', filter, ...patience(filter), match: { purposes: ['fail'] } },
        { id: 'skipped', filter, ...patience(filter), onFailure: 'skip' },
      ]);
      expect((await hooked.host.request('llm/models', { purpose: 'fail' })).error.data).toMatchObject({ kind, registrationId: 'bad' });
      expect((await hooked.host.request('llm/models', {})).result.models.length).toBeGreaterThan(1);
    });

    test('2 the first default that is one; an id that is named asks nobody', async () => {
      await using hooked = await home.open(
        [
          { id: 'late', order: 1, default: { model: 'test-slow' } },
          { id: 'none', default: { model: null } },
          { id: 'first', default: { model: 'test-fast' } },
        ],
        'models: [echo, test-fast, test-slow]\n',
      );
      expect((await hooked.host.request('llm/prompt', { prompt: 'x', options: { chunks: 1 } })).result.model).toBe('test-fast');
      expect(hooked.told).toEqual(['default none echo test-slow test-fast', 'default first echo test-slow test-fast']);
      expect((await hooked.host.request('llm/prompt', { prompt: 'x', model: 'echo' })).result.model).toBe('echo');
      expect(hooked.told).toHaveLength(2);
      expect((await hooked.host.request('llm/models', {})).result.default).toBe('test-fast');
    });

    test.each([
      ['a blocked model as the default', [{ id: 'a', default: { model: 'test-fast' } }], {}, 'modelNotAllowed'],
      ['an unknown model as the default', [{ id: 'a', default: { model: 'nowhere' } }], {}, 'modelNotFound'],
      ['a default that throws', [{ id: 'a', default: 'throw' }], {}, 'hookFailed'],
      ['a default that throws and an id', [{ id: 'a', default: 'throw' }], { model: 'echo' }, undefined],
      ['a filter that wants a blocked model', [{ id: 'a', filter: ['echo', 'test-fast'] }], { model: 'test-fast' }, 'modelNotAllowed'],
      ['a filter that removes the named model', [{ id: 'a', filter: ['test-slow'] }], { model: 'echo' }, 'modelNotAllowed'],
      ['a filter that removes the default', [{ id: 'a', filter: ['test-slow'] }], {}, 'modelNotAllowed'],
      ['a filter that removes an alias', [{ id: 'a', filter: ['test-slow'] }], { model: 'echo/echo' }, 'modelNotAllowed'],
      ['a filter that keeps the model by another name', [{ id: 'a', filter: ['echo/echo'] }], { model: 'echo' }, undefined],
      [
        'a filter that removes what another hook gives as the default',
        [{ id: 'a', filter: ['echo'], default: { model: 'test-slow' } }],
        {},
        'modelNotAllowed',
      ],
    ] as [string, Script[], object, string | undefined][])('2.4 enforced: %s', async (_, scripts, params, kind) => {
      await using hooked = await home.open(scripts, 'blocked_models: [test-fast]\n');
      expect((await hooked.host.request('llm/prompt', { prompt: 'x', ...params })).error?.data.kind).toBe(kind);
      expect((await hooked.host.request('llm/groupOpen', { groupId: 'g', ...params })).error?.data.kind).toBe(kind);
      if (kind === undefined) return;
      await hooked.host.request('llm/groupOpen', { groupId: 'h', model: 'echo' });
      expect((await hooked.host.request('llm/prompt', { prompt: 'x', groupId: 'g', ...params })).error?.data.kind).toBe('groupNotFound');
    });
  });

  describe('groups', () => {
    test('6.2 every exit runs, also when one fails or never answers, and the report tells which', async () => {
      await using hooked = await home.open([
        { id: 'a', exit: 'go' },
        { id: 'bad', exit: 'throw' },
        { id: 'asleep', exit: 'hang', timeoutMs: 200 },
        { id: 'd', exit: 'go' },
        { id: 'elsewhere', exit: 'go', match: { purposes: ['q'] } },
      ]);
      await hooked.host.request('llm/groupOpen', { groupId: 'g', purpose: 'p' });
      await hooked.host.request('llm/prompt', { prompt: 'x', groupId: 'g' });
      const { result } = await hooked.host.request('llm/groupClose', { groupId: 'g' });
      expect(result.exitHooks).toEqual({
        ran: 4,
        failed: [
          { registrationId: 'bad', message: expect.stringMatching(/no$/) },
          { registrationId: 'asleep', message: 'The hook asleep did not answer within 200 ms.' },
        ],
      });
      expect(hooked.told).toEqual(['exit a closed', 'exit bad closed', 'exit asleep closed', 'exit d closed']);
    });

    test('6.3 a group that is cancelled: prompts end first, then the exits', async () => {
      await using hooked = await home.open([around('a', { exit: 'go' })]);
      await hooked.host.request('llm/groupOpen', { groupId: 'g' });
      const running = hooked.host.request('llm/prompt', { model: 'test-endless', prompt: 'x', groupId: 'g', promptId: 'p', stream: {} });
      await hooked.host.next(({ method }) => method === 'llm/delta');
      await hooked.host.request('llm/groupClose', { groupId: 'g', mode: 'cancel' });
      expect((await running).result.stopReason).toBe('cancelled');
      expect(hooked.told).toEqual(['start a', 'end a cancelled', 'exit a cancelled']);
    });

    test('a group that shutdown finds open exits as well', async () => {
      await using hooked = await home.open([{ id: 'a', exit: 'go' }]);
      await hooked.host.request('llm/groupOpen', { groupId: 'g' });
      await hooked.host.request('shutdown');
      expect(hooked.told).toEqual(['exit a shutdown']);
    });
  });

  describe('a hook that prompts', () => {
    test('waits for no place, so nothing waits for itself; the depth is told', async () => {
      await using hooked = await home.open(
        [around('a', { start: { ask: 'nested' }, match: { purposes: ['outer'] } }), around('b')],
        'limits: { max_concurrent_prompts: 1 }\n',
      );
      expect((await hooked.host.request('llm/prompt', { prompt: 'x', purpose: 'outer' })).result.stopReason).toBe('end');
      expect(hooked.events.map(({ at, id, depth }) => `${at} ${id} ${depth}`)).toEqual([
        'start a 0',
        'start b 1',
        'end b 1',
        'start b 0',
        'end b 0',
        'end a 0',
      ]);
    });

    test('for ever ends at depth 8', async () => {
      await using hooked = await home.open([around('a', { start: { ask: 'again' } })]);
      expect((await hooked.host.request('llm/prompt', { prompt: 'x' })).error.data).toMatchObject({
        kind: 'hookFailed',
        registrationId: 'a',
      });
      expect(hooked.events.filter(({ at }) => at === 'start').map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      expect(hooked.events.filter(({ at }) => at === 'end')).toEqual([]);
    });
  });

  test(
    '200 prompts at once with three hooks, one slow, one failing: every start has its end, in the promised order',
    { timeout: 60_000 },
    async () => {
      await using hooked = await home.open([
        around('fast'),
        around('slow', { start: { afterMs: 50 } }),
        around('failing', { end: 'throw' }),
      ]);
      const prompts = Array.from({ length: 200 }, async (_, index) =>
        hooked.host.request('llm/prompt', { promptId: `p${index}`, prompt: 'x' }),
      );
      const answers = await Promise.all(prompts);
      const byPrompt = Map.groupBy(hooked.events, (event) => event.prompt);
      expect(byPrompt.size).toBe(200);
      const order = ['start fast', 'start slow', 'start failing', 'end failing', 'end slow', 'end fast'];
      for (const events of byPrompt.values()) expect(events.map(({ at, id }) => `${at} ${id}`)).toEqual(order);
      for (const { result } of answers)
        expect(result).toMatchObject({ stopReason: 'end', _meta: { hookErrors: [{ registrationId: 'failing' }] } });
    },
  );
}
