import { describe, expect, test } from 'vitest';
import { startSidecar, type Sidecar } from '../support/sidecar.ts';

const config = 'default_model: echo\ntest_models: true\n';
const full = { include: ['content', 'actor', 'metadata'] };

async function open(hooks: object[]): Promise<Sidecar> {
  const sidecar = await startSidecar({ config });
  await sidecar.initialize({ capabilities: { hooks: { dynamicRegistration: {} } }, hooks });
  return sidecar;
}

const asked = async ({ host }: Sidecar, method: string) => host.next((message) => message.method === `hook/${method}`);

describe('what the requests carry', () => {
  const prompt = {
    promptId: 'one',
    purpose: 'p',
    actor: { id: 'ann', role: 'admin' },
    metadata: { ticket: 7 },
    system: 'be kind',
    messages: [
      { role: 'user', content: 'before' },
      { role: 'assistant', content: 'so' },
    ],
    prompt: '{"raw": "two words"}',
    options: { example_bool: true },
  };

  test('with include: content, actor and metadata', async () => {
    const points = ['filterModels', 'promptStart', 'promptEnd'];
    await using sidecar = await open(points.map((point) => ({ id: 'a', point, ...full })));
    const { host } = sidecar;
    const answer = host.request('llm/prompt', prompt);
    const filter = await asked(sidecar, 'filterModels');
    const context = { registrationId: 'a', depth: 0, purpose: 'p', actor: { id: 'ann', role: 'admin' }, metadata: { ticket: 7 } };
    expect(filter.params).toEqual({
      ...context,
      models: expect.arrayContaining([expect.objectContaining({ id: 'echo', provider: 'echo' })]),
    });
    host.answer(filter.id, { models: null });
    const start = await asked(sidecar, 'promptStart');
    const step = { ...context, promptId: 'one', step: 0, model: 'echo' };
    expect(start.params).toEqual({
      ...step,
      options: { example_bool: true },
      prompt: '{"raw": "two words"}',
      system: 'be kind',
      messages: [
        { role: 'user', content: 'before' },
        { role: 'assistant', content: 'so' },
        { role: 'user', content: '{"raw": "two words"}' },
      ],
    });
    host.answer(start.id, { action: 'continue' });
    const end = await asked(sidecar, 'promptEnd');
    expect(end.params).toMatchObject({
      ...step,
      outcome: 'ok',
      content: [{ type: 'text', text: 'two words' }],
      usage: { inputTokens: 3, outputTokens: 2 },
    });
    expect(end.params).not.toHaveProperty('state');
    host.answer(end.id, null);
    expect((await answer).result.stopReason).toBe('end');
  });

  test('without it: names, and nothing of the prompt or of who asked', async () => {
    await using sidecar = await open(['defaultModel', 'promptStart', 'promptEnd'].map((point) => ({ id: 'a', point })));
    const { host } = sidecar;
    const answer = host.request('llm/prompt', prompt);
    const model = await asked(sidecar, 'defaultModel');
    expect(Object.keys(model.params).toSorted()).toEqual(['depth', 'models', 'purpose', 'registrationId']);
    host.answer(model.id, { model: null });
    const start = await asked(sidecar, 'promptStart');
    expect(Object.keys(start.params).toSorted()).toEqual(['depth', 'model', 'options', 'promptId', 'purpose', 'registrationId', 'step']);
    host.answer(start.id, { action: 'continue' });
    const end = await asked(sidecar, 'promptEnd');
    expect(Object.keys(end.params).toSorted()).toEqual([
      'cost',
      'depth',
      'durationMs',
      'model',
      'outcome',
      'promptId',
      'purpose',
      'registrationId',
      'step',
      'usage',
    ]);
    host.answer(end.id, null);
    await answer;
  });

  test('the error of a prompt that failed, without its content', async () => {
    await using sidecar = await open([{ id: 'a', point: 'promptEnd' }]);
    const answer = sidecar.host.request('llm/prompt', { prompt: 'x', model: 'test-fails' });
    const end = await asked(sidecar, 'promptEnd');
    expect(end.params).toMatchObject({
      outcome: 'error',
      error: { code: -31020, data: { kind: 'providerError', provider: { name: 'test' } } },
    });
    expect(JSON.stringify(end.params)).not.toContain('partial');
    sidecar.host.answer(end.id, null);
    await answer;
  });

  test('a group that has ended', async () => {
    await using sidecar = await open([{ id: 'a', point: 'groupExit', ...full }]);
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g', purpose: 'p', actor: { id: 'ann' }, metadata: { n: 1 } });
    await host.request('llm/prompt', { prompt: 'two words', groupId: 'g' });
    const closing = host.request('llm/groupClose', { groupId: 'g' });
    const exit = await asked(sidecar, 'groupExit');
    expect(exit.params).toMatchObject({
      registrationId: 'a',
      groupId: 'g',
      reason: 'closed',
      prompts: 1,
      purpose: 'p',
      actor: { id: 'ann' },
      metadata: { n: 1 },
      depth: 0,
      usage: { inputTokens: 2 },
    });
    host.answer(exit.id, null);
    expect((await closing).result.exitHooks).toEqual({ ran: 1, failed: [] });
  });
});

describe('a promptEnd with an id of its own', () => {
  const hooks = [
    { id: 's1', point: 'promptStart' },
    { id: 'both', point: 'promptStart' },
    { id: 's2', point: 'promptStart' },
    { id: 'e1', point: 'promptEnd' },
    { id: 'both', point: 'promptEnd' },
    { id: 'e2', point: 'promptEnd' },
    { id: 'e3', point: 'promptEnd' },
  ];

  test('gets the state of the n-th promptStart that is left over; one more is alone', async () => {
    await using sidecar = await open(hooks);
    const { host } = sidecar;
    const answer = host.request('llm/prompt', { prompt: 'x' });
    for (const id of ['s1', 'both', 's2']) {
      const start = await asked(sidecar, 'promptStart');
      expect(start.params.registrationId).toBe(id);
      host.answer(start.id, { action: 'continue', state: `of ${id}` });
    }
    const ends: unknown[] = [];
    while (ends.length < 4) {
      const { id, params } = await asked(sidecar, 'promptEnd');
      ends.push([params.registrationId, params.state]);
      host.answer(id, null);
    }
    expect(ends).toEqual([
      ['e3', undefined],
      ['e2', 'of s2'],
      ['both', 'of both'],
      ['e1', 'of s1'],
    ]);
    expect((await answer).result.stopReason).toBe('end');
  });

  test('also runs where its promptStart does not apply', async () => {
    await using sidecar = await open([
      { id: 'block', point: 'promptStart', match: { purposes: ['q'] } },
      { id: 'count', point: 'promptEnd' },
    ]);
    const answer = sidecar.host.request('llm/prompt', { prompt: 'x', purpose: 'p' });
    const end = await asked(sidecar, 'promptEnd');
    expect(end.params).toMatchObject({ registrationId: 'count', outcome: 'ok' });
    sidecar.host.answer(end.id, null);
    await answer;
    expect(sidecar.host.messages.some(({ method }) => method === 'hook/promptStart')).toBe(false);
  });
});

describe('answers that are none', () => {
  test.each([
    ['promptStart', { action: 'perhaps' }, /^The hook a \(host\) gave a wrong answer to hook\/promptStart/],
    ['promptStart', null, /wrong answer to hook\/promptStart/],
    ['filterModels', { models: 'echo' }, /wrong answer to hook\/filterModels: models: /],
    ['defaultModel', {}, /wrong answer to hook\/defaultModel: model: /],
  ])('%s: %j', async (point, wrong, message) => {
    await using sidecar = await open([{ id: 'a', point }]);
    const answer = sidecar.host.request('llm/prompt', { prompt: 'x' });
    sidecar.host.answer((await asked(sidecar, point)).id, wrong);
    expect((await answer).error).toMatchObject({
      code: -31041,
      message: expect.stringMatching(message),
      data: { kind: 'hookFailed', registrationId: 'a' },
    });
  });

  test('a cancel reaches the hook that is asked; its late go is ended', async () => {
    await using sidecar = await open(['promptStart', 'promptEnd'].map((point) => ({ id: 'a', point })));
    const { host } = sidecar;
    const answer = host.request('llm/prompt', { prompt: 'x' }, 'mine');
    const start = await asked(sidecar, 'promptStart');
    host.notify('$/cancelRequest', { id: 'mine' });
    const cancel = await host.next(({ method }) => method === '$/cancelRequest');
    expect(cancel.params).toEqual({ id: start.id });
    host.answer(start.id, { action: 'continue', state: 1 });
    const end = await asked(sidecar, 'promptEnd');
    expect(end.params).toMatchObject({ outcome: 'cancelled', state: 1 });
    host.answer(end.id, null);
    expect((await answer).result.stopReason).toBe('cancelled');
  });

  test('a start that goes on after its deadline has its end, and the prompt does not wait for that', async () => {
    const pair = ['promptStart', 'promptEnd'].map((point) => ({ id: 'a', point, timeoutMs: 100, onFailure: 'skip' }));
    await using sidecar = await open(pair);
    const { host } = sidecar;
    const answer = host.request('llm/prompt', { prompt: 'x' });
    const start = await asked(sidecar, 'promptStart');
    await host.next(({ method }) => method === '$/cancelRequest');
    host.answer(start.id, { action: 'continue', state: 5 });
    expect((await answer).result._meta.hookErrors).toEqual([{ registrationId: 'a', message: 'The hook a did not answer within 100 ms.' }]);
    expect((await asked(sidecar, 'promptEnd')).params).toMatchObject({
      outcome: 'error',
      state: 5,
      error: { data: { kind: 'hookTimeout' } },
    });
  });

  test('a host that dies while it is asked leaves nothing behind', async () => {
    const sidecar = await open(['promptStart', 'promptEnd', 'groupExit'].map((point) => ({ id: 'a', point })));
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g' });
    host.request('llm/prompt', { prompt: 'x', groupId: 'g' }).catch(() => {});
    await asked(sidecar, 'promptStart');
    const since = performance.now();
    host.endInput();
    expect((await host.closed).code).toBe(1);
    expect(performance.now() - since).toBeLessThan(16_000);
    await sidecar.stop();
  });
});
