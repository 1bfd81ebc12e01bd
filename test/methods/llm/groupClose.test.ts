import { describe, expect, test } from 'vitest';
import { startReady } from '../../support/sidecar.ts';

const config = 'test_models: true\ndefault_model: echo\n';
const slow = { model: 'test-slow', prompt: 'x', groupId: 'g', options: { chunks: 10, delay_ms: 40 } };

describe('llm/groupClose', () => {
  test('6.2 waits for all responses and reports each; nothing after; a second close gets the same', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g' });
    const order: string[] = [];
    const prompts = ['a', 'b', 'c'].map(async (promptId) => {
      const answer = await host.request('llm/prompt', { ...slow, promptId });
      order.push(promptId);
      return answer;
    });
    const failing = host.request('llm/prompt', { model: 'test-fails', prompt: 'x', groupId: 'g', promptId: 'd' });
    await host.request('llm/prompt', { prompt: 'x y', groupId: 'g', promptId: 'e' });
    const closing = host.request('llm/groupClose', { groupId: 'g' });
    expect((await host.request('llm/prompt', { prompt: 'x', groupId: 'g' })).error).toMatchObject({
      code: -31031,
      data: { kind: 'groupClosed' },
    });
    const { result } = await closing;
    expect(order.toSorted()).toEqual(['a', 'b', 'c']);
    const answers = Object.fromEntries(
      await Promise.all(prompts.map(async (prompt) => [(await prompt).result.promptId, (await prompt).result])),
    );
    const reported = Object.fromEntries(result.responses.map((response: { promptId: string }) => [response.promptId, response]));
    for (const id of ['a', 'b', 'c'])
      expect(reported[id]).toEqual({ promptId: id, status: 'ok', usage: answers[id].usage, cost: { usd: null, source: 'unknown' } });
    expect(reported['d']).toMatchObject({ status: 'error', error: { code: -31020, data: { kind: 'providerError' } } });
    expect((await failing).error.data.kind).toBe('providerError');
    expect(reported['e']).toMatchObject({ status: 'ok', usage: { inputTokens: 2 } });
    expect(result).toMatchObject({ groupId: 'g', cost: { usd: null, source: 'unknown' }, exitHooks: { ran: 0, failed: [] } });
    expect((await host.request('llm/groupClose', { groupId: 'g' })).result).toEqual(result);
    expect((await host.request('llm/prompt', { prompt: 'x', groupId: 'g' })).error.data.kind).toBe('groupClosed');
  });

  test('6.2 in parallel: the prompts of a group do not wait for each other', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g' });
    const ids = ['a', 'b', 'c', 'd'];
    const endless = { model: 'test-endless', prompt: 'x', groupId: 'g', stream: {} };
    const started = ids.map(async (promptId) => host.request('llm/prompt', { ...endless, promptId }));
    for (const id of ids) await host.next(({ method, params }) => method === 'llm/delta' && params.promptId === id);
    await host.request('llm/groupClose', { groupId: 'g', mode: 'cancel' });
    expect((await Promise.all(started)).map(({ result }) => result.stopReason)).toEqual(ids.map(() => 'cancelled'));
  });

  test('6.3 cancel stops what runs; the prompts are answered as cancelled', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g' });
    const running = host.request('llm/prompt', { model: 'test-endless', prompt: 'x', groupId: 'g', promptId: 'p', stream: {} });
    await host.next(({ method }) => method === 'llm/delta');
    const { result } = await host.request('llm/groupClose', { groupId: 'g', mode: 'cancel' });
    expect(result.responses).toMatchObject([{ promptId: 'p', status: 'cancelled' }]);
    expect((await running).result.stopReason).toBe('cancelled');
  });

  test('a wait that takes longer than timeoutMs becomes a cancel', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g' });
    const running = host.request('llm/prompt', { model: 'test-endless', prompt: 'x', groupId: 'g', promptId: 'p' });
    const { result } = await host.request('llm/groupClose', { groupId: 'g', timeoutMs: 200 });
    expect(result.responses).toMatchObject([{ promptId: 'p', status: 'cancelled' }]);
    expect((await running).result.stopReason).toBe('cancelled');
  });

  test('a second close may turn the waiting of the first into a cancel', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g' });
    const running = host.request('llm/prompt', { model: 'test-endless', prompt: 'x', groupId: 'g', promptId: 'p' });
    const first = host.request('llm/groupClose', { groupId: 'g' });
    const second = await host.request('llm/groupClose', { groupId: 'g', mode: 'cancel' });
    expect((await first).result).toEqual(second.result);
    expect(second.result.responses[0].status).toBe('cancelled');
    expect((await running).result.stopReason).toBe('cancelled');
  });

  test('a group without prompts costs nothing', async () => {
    await using sidecar = await startReady({ config });
    await sidecar.host.request('llm/groupOpen', { groupId: 'g' });
    expect((await sidecar.host.request('llm/groupClose', { groupId: 'g' })).result).toEqual({
      groupId: 'g',
      responses: [],
      usage: { inputTokens: 0, outputTokens: 0 },
      cost: { usd: '0', source: 'computed' },
      exitHooks: { ran: 0, failed: [] },
    });
  });

  test('a group that nobody opened', async () => {
    await using sidecar = await startReady({ config });
    expect((await sidecar.host.request('llm/groupClose', { groupId: 'g' })).error).toMatchObject({
      code: -31030,
      data: { kind: 'groupNotFound' },
    });
  });
});
