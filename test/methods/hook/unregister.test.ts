import { describe, expect, test } from 'vitest';
import { startSidecar } from '../../support/sidecar.ts';

const config = 'default_model: echo\n';

describe('hook/unregister', () => {
  test('takes all registrations of an id back, and says which there were; the prompt that runs still has its end', async () => {
    await using sidecar = await startSidecar({ config });
    const { host } = sidecar;
    const hooks = ['promptStart', 'promptEnd'].map((point) => ({ id: 'a', point }));
    await sidecar.initialize({ capabilities: { hooks: { dynamicRegistration: {} } }, hooks });
    const running = host.request('llm/prompt', { prompt: 'x' });
    const start = await host.next(({ method }) => method === 'hook/promptStart');
    expect((await host.request('hook/unregister', { ids: ['a', 'b', 'a'] })).result).toEqual({ unregistered: ['a'] });
    host.answer(start.id, { action: 'continue' });
    host.answer((await host.next(({ method }) => method === 'hook/promptEnd')).id, null);
    expect((await running).result.stopReason).toBe('end');
    expect((await host.request('llm/prompt', { prompt: 'x' })).result.stopReason).toBe('end');
    expect(host.messages.filter(({ method }) => method?.startsWith('hook/'))).toHaveLength(2);
    expect((await host.request('hook/register', { hooks })).result.hooks.map(({ status }: { status: string }) => status)).toEqual([
      'registered',
      'registered',
    ]);
  });

  test('needs the capability', async () => {
    await using sidecar = await startSidecar({ config });
    await sidecar.initialize();
    expect((await sidecar.host.request('hook/unregister', { ids: ['a'] })).error.data.kind).toBe('capabilityRequired');
  });
});
