import { describe, expect, test } from 'vitest';
import { startReady, startSidecar } from '../support/sidecar.ts';

describe('initialize', () => {
  test('says what the sidecar is and can do', async () => {
    await using sidecar = await startSidecar({ config: 'default_model: echo\n' });
    const { result } = await sidecar.initialize();
    expect(result).toEqual({
      protocolVersion: 1,
      serverInfo: { name: 'llm-sidecar', version: '0.1.0' },
      instanceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      capabilities: {
        prompt: { stream: {}, ack: {}, chain: {} },
        groups: {},
        conversations: {},
        secrets: {},
        usage: {},
        hooks: { points: ['filterModels', 'defaultModel', 'promptStart', 'promptEnd', 'groupExit'], dynamicRegistration: {} },
      },
      limits: { maxMessageBytes: 67108864, maxConcurrentPrompts: 1000 },
      hooks: [],
      schema: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      config: { path: sidecar.configPath, diagnostics: [] },
    });
  });

  test('a bad configuration at the start is told, and is not a failure', async () => {
    await using sidecar = await startSidecar({ config: 'default_modle: echo\nmodels: 3\n' });
    const { result } = await sidecar.initialize();
    expect(
      result.config.diagnostics.map(({ code, path, range }: { code: string; path: string; range: object }) => ({ code, path, range })),
    ).toEqual([
      { code: 'unknownKey', path: 'default_modle', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 13 } } },
      { code: 'wrongType', path: 'models', range: { start: { line: 1, character: 8 }, end: { line: 1, character: 9 } } },
    ]);
    const told = await sidecar.host.next(({ method }) => method === 'config/diagnostics');
    expect(told.params.diagnostics).toEqual(result.config.diagnostics);
    expect((await sidecar.host.request('llm/models', {})).result.models[0].id).toBe('echo');
  });

  test.each([
    ['a newer host', { min: 2, max: 3 }],
    ['an older host', { min: 0, max: 0 }],
  ])('%s is told which version is spoken', async (_, protocolVersion) => {
    await using sidecar = await startSidecar();
    const { error } = await sidecar.initialize({ protocolVersion });
    expect(error).toMatchObject({
      code: -31002,
      data: { kind: 'unsupportedProtocolVersion', retryable: false, required: { min: 1, max: 1 } },
    });
    expect((await sidecar.initialize()).result.protocolVersion).toBe(1);
  });

  test('comes first: anything else is refused, but ping and rpc.discover', async () => {
    await using sidecar = await startSidecar();
    const { host } = sidecar;
    for (const method of ['llm/models', 'llm/prompt', 'shutdown', 'config/read']) {
      expect((await host.request(method, {})).error).toMatchObject({ code: -32002, data: { kind: 'notInitialized' } });
    }
    expect((await host.request('ping', {})).result).toEqual({});
    expect((await host.request('rpc.discover', {})).result.openrpc).toMatch(/^1\./);
    expect((await sidecar.initialize()).result.protocolVersion).toBe(1);
  });

  test('comes once', async () => {
    await using sidecar = await startReady();
    expect(
      (await sidecar.host.request('initialize', { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 't', version: '0' } })).error,
    ).toMatchObject({
      code: -32600,
      data: { kind: 'invalidRequest' },
    });
  });

  test('limits.maxMessageBytes: an answer larger than the host takes becomes an error, and streamed without content it fits', async () => {
    await using sidecar = await startSidecar({ config: 'test_models: true\n' });
    await sidecar.initialize({ limits: { maxMessageBytes: 4096 } });
    const { host } = sidecar;
    const prompt = { model: 'test-fast', prompt: 'x', options: { chunks: 1000 } };
    expect((await host.request('llm/prompt', prompt)).error).toMatchObject({
      code: -31006,
      data: { kind: 'messageTooLarge', limit: 4096 },
    });
    const { result } = await host.request('llm/prompt', { ...prompt, promptId: 'p', stream: {}, omitContent: true });
    expect(result.stopReason).toBe('end');
    expect(result.stream.textBytes).toBeGreaterThan(4096);
  });

  test('`initialized`, as language servers have it, is tolerated', async () => {
    await using sidecar = await startReady();
    sidecar.host.notify('initialized', {});
    expect((await sidecar.host.request('ping', {})).result).toEqual({});
  });
});
