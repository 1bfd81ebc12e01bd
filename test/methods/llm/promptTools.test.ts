import { describe, expect, test } from 'vitest';
import type { RawHost, RawMessage } from '../../support/rawHost.ts';
import { startSidecar, type Sidecar, type SidecarOptions } from '../../support/sidecar.ts';

const tools = ['add', 'slow', 'other'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const order = (...calls: [name: string, args?: object][]) =>
  JSON.stringify({ tool_calls: calls.map(([name, args = {}]) => ({ name, arguments: args })) });

async function start(options: SidecarOptions = {}, capabilities: object = { tools: {} }): Promise<Sidecar> {
  const sidecar = await startSidecar(options);
  await sidecar.initialize({ capabilities });
  return sidecar;
}

const isCall = ({ method }: RawMessage) => method === 'tool/call';
const ask = (host: RawHost, params: object) => host.request('llm/prompt', { model: 'echo', promptId: 'p', tools, ...params });
const toolResults = (result: { text: string }): unknown =>
  JSON.parse(result.text.slice(result.text.lastIndexOf('\n{\n') + 1 || result.text.lastIndexOf('}{') + 1)).tool_results;

describe('llm/prompt with tools', () => {
  test('without the capability the calls come back', async () => {
    await using sidecar = await start({}, {});
    const { result } = await ask(sidecar.host, { prompt: order(['add', { a: 1 }]) });
    expect(result).toMatchObject({
      stopReason: 'toolCalls',
      steps: [{ content: [{ type: 'text' }, { type: 'toolCall', name: 'add', args: { a: 1 } }] }],
    });
    expect(sidecar.host.messages.filter(isCall)).toEqual([]);
  });

  test('with it the sidecar asks, in parallel, each call after its partEnd, and goes on', async () => {
    await using sidecar = await start();
    const { host } = sidecar;
    const done = ask(host, { prompt: order(['add', { a: 1 }], ['slow'], ['missing']), actor: { id: 'ann' }, stream: {} });
    const first = await host.next(isCall);
    const second = await host.next(isCall);
    expect(first.params).toEqual({
      promptId: 'p',
      step: 0,
      toolCallId: expect.stringMatching(/^call_/),
      name: 'add',
      args: { a: 1 },
      actor: { id: 'ann' },
      _meta: { depth: 0 },
    });
    host.answer(second.id, { content: 'second' });
    host.answer(first.id, { content: [{ type: 'text', text: 'first' }], _meta: {} });
    const { result } = await done;
    expect(result.steps.map((step: { stopReason: string }) => step.stopReason)).toEqual(['toolCalls', 'end']);
    expect(result.steps[0].toolResults).toEqual([
      { type: 'toolResult', toolCallId: first.params.toolCallId, name: 'add', content: [{ type: 'text', text: 'first' }] },
      { type: 'toolResult', toolCallId: second.params.toolCallId, name: 'slow', content: [{ type: 'text', text: 'second' }] },
      {
        type: 'toolResult',
        toolCallId: expect.any(String),
        name: 'missing',
        content: [{ type: 'text', text: 'Error: tool "missing" does not exist' }],
        isError: true,
      },
    ]);
    expect(result.usage.inputTokens).toBe(result.steps[0].usage.inputTokens + result.steps[1].usage.inputTokens);
    const order1 = wire(host);
    for (const { params } of [first, second]) {
      expect(order1.indexOf(`partEnd ${params.toolCallId}`)).toBeGreaterThanOrEqual(0);
      expect(order1.indexOf(`partEnd ${params.toolCallId}`)).toBeLessThan(order1.indexOf(`call ${params.toolCallId}`));
      expect(order1.indexOf(`call ${params.toolCallId}`)).toBeLessThan(order1.indexOf(`toolResult ${params.toolCallId}`));
    }
  });

  test.each([
    ['a window the host never moves', { window: 1 }],
    ['an interval', { intervalMs: 5000 }],
    ['no arguments wanted', { include: [] }],
  ])('the call comes after its partEnd with %s', async (_, stream) => {
    await using sidecar = await start();
    const { host } = sidecar;
    const done = ask(host, { prompt: order(['add']), stream });
    const { id, params } = await host.next(isCall);
    expect(wire(host)).toContain(`partEnd ${params.toolCallId}`);
    expect(wire(host).indexOf(`partEnd ${params.toolCallId}`)).toBeLessThan(wire(host).indexOf(`call ${params.toolCallId}`));
    host.answer(id, { content: '2' });
    expect((await done).result.stopReason).toBe('end');
  });

  const answers: [string, (host: RawHost, id: string | number) => void, string, boolean][] = [
    ['a text', (host, id) => host.answer(id, { content: '2' }), '2', false],
    ['an error result', (host, id) => host.answer(id, { content: 'no', isError: true }), 'no', true],
    [
      'a JSON-RPC error',
      (host, id) => host.send({ jsonrpc: '2.0', id, error: { code: -32000, message: 'database is locked' } }),
      'Error: database is locked',
      true,
    ],
    [
      'something else',
      (host, id) => host.answer(id, { text: '2' }),
      `Error: The host's answer to tool/call is not a tool result: content: Invalid input`,
      true,
    ],
    [
      'null',
      (host, id) => host.answer(id, null),
      `Error: The host's answer to tool/call is not a tool result: Invalid input: expected object, received null`,
      true,
    ],
  ];
  test.each(answers)('the host answers with %s', async (_, answer, text, isError) => {
    await using sidecar = await start();
    const done = ask(sidecar.host, { prompt: order(['add']) });
    answer(sidecar.host, (await sidecar.host.next(isCall)).id);
    const { result } = await done;
    expect(result.steps[0].toolResults).toMatchObject([{ content: [{ type: 'text', text }], ...(isError ? { isError } : {}) }]);
    expect(toolResults(result)).toMatchObject([{ name: 'add', output: text }]);
  });

  test('a tool that is slow is cancelled and told to the model as such', async () => {
    await using sidecar = await start({ config: 'limits: { tool_timeout_ms: 50 }\n' });
    const { host } = sidecar;
    const done = ask(host, { prompt: order(['slow']) });
    const call = await host.next(isCall);
    expect(await host.next(({ method }) => method === '$/cancelRequest')).toMatchObject({ params: { id: call.id } });
    const { result } = await done;
    expect(result.steps[0].toolResults).toMatchObject([
      { isError: true, content: [{ text: 'Error: tool "slow" did not answer within 50 ms' }] },
    ]);
  });

  test('cancelled while a tool runs: the tool is cancelled, what it still gives is kept, the prompt is answered', async () => {
    await using sidecar = await start();
    const { host } = sidecar;
    const done = host.request('llm/prompt', { model: 'echo', tools, prompt: order(['add'], ['slow']) }, 'the prompt');
    const [one, other] = [await host.next(isCall), await host.next(isCall)];
    host.notify('$/cancelRequest', { id: 'the prompt' });
    // Right behind it: what is answered a second after the cancel is not waited for.
    host.answer(one.id, { content: 'too late to stop' });
    host.send({ jsonrpc: '2.0', id: other.id, error: { code: -32800, message: 'cancelled' } });
    const cancelled = [await host.next(isCancel), await host.next(isCancel)];
    expect(new Set(cancelled.map(({ params }) => params.id))).toEqual(new Set([one.id, other.id]));
    const { result } = await done;
    expect(result).toMatchObject({
      stopReason: 'cancelled',
      steps: [{ stopReason: 'toolCalls', toolResults: [{ content: [{ text: 'too late to stop' }] }] }],
    });
    expect(result.messages.at(-1)).toMatchObject({ role: 'tool', content: { length: 1 } });
  });

  test('cancelled while a tool runs that never answers: the prompt is answered all the same', async () => {
    await using sidecar = await start();
    const { host } = sidecar;
    const done = host.request('llm/prompt', { model: 'echo', tools, prompt: order(['slow']) }, 'the prompt');
    await host.next(isCall);
    host.notify('$/cancelRequest', { id: 'the prompt' });
    expect((await done).result).toMatchObject({ stopReason: 'cancelled', steps: [{ stopReason: 'toolCalls' }] });
  });

  test('a pause ends the prompt; its messages go on without repeating what is done', async () => {
    await using sidecar = await start();
    const { host } = sidecar;
    const done = ask(host, { prompt: order(['add'], ['slow']) });
    host.answer((await host.next(isCall)).id, { content: 'added' });
    const paused = await host.next(isCall);
    host.answer(paused.id, { content: '', pause: true });
    const first = (await done).result;
    expect(first).toMatchObject({ stopReason: 'paused', steps: [{ toolResults: [{ name: 'add' }] }] });
    const resumed = ask(host, { messages: first.messages });
    const again = await host.next(isCall);
    expect(again.params).toMatchObject({ name: 'slow', toolCallId: paused.params.toolCallId });
    host.answer(again.id, { content: 'approved' });
    const { result } = await resumed;
    expect(toolResults(result)).toMatchObject([
      { name: 'add', output: 'added' },
      { name: 'slow', output: 'approved' },
    ]);
    expect(host.messages.filter(isCall)).toHaveLength(3);
  });

  test('stepLimit when another response would be needed', async () => {
    await using sidecar = await start();
    const { result } = await ask(sidecar.host, { prompt: order(['add']), maxSteps: 1 });
    expect(result).toMatchObject({ stopReason: 'stepLimit', steps: { length: 1 } });
    expect(sidecar.host.messages.filter(isCall)).toEqual([]);
  });

  test('calls of a group carry it and its actor', async () => {
    await using sidecar = await start();
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g', actor: { id: 'ann' } });
    const done = ask(host, { prompt: order(['add']), groupId: 'g' });
    const call = await host.next(isCall);
    expect(call.params).toMatchObject({ groupId: 'g', actor: { id: 'ann' } });
    host.answer(call.id, { content: '2' });
    await done;
    const { result } = await host.request('llm/groupClose', { groupId: 'g' });
    expect(result.responses).toMatchObject([{ promptId: 'p', status: 'ok' }]);
  });

  test('a tool may prompt: what it asks is one deeper', async () => {
    await using sidecar = await start();
    const { host } = sidecar;
    const done = ask(host, { prompt: order(['add']) });
    const outer = await host.next(isCall);
    const inner = ask(host, { promptId: 'inner', prompt: order(['other']), _meta: outer.params._meta });
    const nested = await host.next(isCall);
    expect(nested.params).toMatchObject({ promptId: 'inner', _meta: { depth: 1 } });
    host.answer(nested.id, { content: 'inner' });
    host.answer(outer.id, { content: (await inner).result.stopReason });
    expect(toolResults((await done).result)).toMatchObject([{ output: 'end' }]);
  });

  test('a host that is gone while a tool runs leaves nothing behind', async () => {
    await using sidecar = await start();
    const { host } = sidecar;
    void ask(host, { prompt: order(['slow']) }).catch(() => {});
    await host.next(isCall);
    host.endInput();
    expect(await host.closed).toMatchObject({ code: 1, signal: null });
  });

  test.each([
    [{ tools: [tools[0], tools[0]] }, 'tools.1.name'],
    [{ toolChoice: { name: 'nobody' } }, 'toolChoice.name'],
  ])('%j is invalidParams', async (params, path) => {
    await using sidecar = await start();
    expect((await ask(sidecar.host, { prompt: 'x', ...params })).error.data).toMatchObject({ kind: 'invalidParams', issues: [{ path }] });
  });

  test('a tool name that nobody registered is toolNotFound', async () => {
    await using sidecar = await start();
    const { error } = await ask(sidecar.host, { prompt: 'x', toolNames: ['files/read'] });
    expect(error).toMatchObject({
      message: 'There is no tool "files/read". No plugin and no MCP server is configured.',
      data: { kind: 'toolNotFound' },
    });
  });
});

const isCancel = ({ method }: RawMessage) => method === '$/cancelRequest';

/** What the host read about tool calls, in order. */
function wire(host: RawHost): string[] {
  return host.messages.flatMap(({ method, params }) => {
    if (method === 'tool/call') return [`call ${params.toolCallId}`];
    if (method !== 'llm/delta') return [];
    return params.deltas.flatMap((delta: any) =>
      delta.type === 'partEnd' && delta.content
        ? [`partEnd ${delta.content.toolCallId}`]
        : delta.type === 'toolResult'
          ? [`toolResult ${delta.toolCallId}`]
          : [],
    );
  });
}
