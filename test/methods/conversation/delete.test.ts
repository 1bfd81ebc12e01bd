import { describe, expect, test } from 'vitest';
import { startReady } from '../../support/sidecar.ts';

const config = 'default_model: echo\ntest_models: true\n';

describe('conversation/delete', () => {
  test('forgets it; the same id begins another one', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/prompt', { conversationId: 'c', prompt: 'first' });
    expect((await host.request('conversation/delete', { id: 'c' })).result).toBeNull();
    expect((await host.request('conversation/delete', { id: 'c' })).error).toMatchObject({
      code: -31032,
      data: { kind: 'conversationNotFound' },
    });
    expect((await host.request('conversation/list', {})).result.conversations).toEqual([]);
    const next = (await host.request('llm/prompt', { conversationId: 'c', prompt: 'second' })).result;
    expect(JSON.parse(next.text).previous).toEqual([]);
  });

  test('waits for the turn that runs, which does not bring it back', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    host.send({
      jsonrpc: '2.0',
      id: 'turn',
      method: 'llm/prompt',
      params: { promptId: 'p', conversationId: 'c', model: 'test-slow', options: { chunks: 5 }, prompt: 'x', stream: {} },
    });
    await host.next(({ method }) => method === 'llm/delta');
    expect((await host.request('conversation/delete', { id: 'c' }, 'delete')).result).toBeNull();
    expect((await host.next(({ id }) => id === 'turn')).result).toMatchObject({ stopReason: 'end', usage: { outputTokens: 5 } });
    expect((await host.request('conversation/read', { id: 'c' })).error.data.kind).toBe('conversationNotFound');
  });

  test('is cancelled while it waits', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/prompt', { conversationId: 'c', prompt: 'x' });
    host.send({
      jsonrpc: '2.0',
      id: 'turn',
      method: 'llm/prompt',
      params: { promptId: 'p', conversationId: 'c', model: 'test-endless', prompt: 'x', stream: {} },
    });
    await host.next(({ method }) => method === 'llm/delta');
    host.send({ jsonrpc: '2.0', id: 'delete', method: 'conversation/delete', params: { id: 'c' } });
    host.notify('$/cancelRequest', { id: 'delete' });
    expect((await host.next(({ id }) => id === 'delete')).error).toMatchObject({ code: -32800 });
    host.notify('$/cancelRequest', { id: 'turn' });
    expect((await host.next(({ id }) => id === 'turn')).result.stopReason).toBe('cancelled');
    expect((await host.request('conversation/read', { id: 'c' })).result.messages).toHaveLength(2);
  });
});
