import { describe, expect, test } from 'vitest';
import { startReady, startSidecar, type Sidecar } from '../support/sidecar.ts';

const config = `default_model: echo
test_models: true
models: [echo, test-slow, test-fails, test-endless]
limits: { max_concurrent_prompts: 2 }
purposes:
  loud: { model: echo, system: Shout., options: { example_bool: true } }
`;

const isDelta = ({ method }: { method?: string }): boolean => method === 'llm/delta';
const answerTo = async ({ host }: Sidecar, id: string) => host.next((message) => message.method === undefined && message.id === id);

/** Sends without waiting. */
function send({ host }: Sidecar, id: string, params: object): void {
  host.send({ jsonrpc: '2.0', id, method: 'llm/prompt', params: { conversationId: 'c', promptId: id, ...params } });
}

/** What echo says it was asked. */
async function ask({ host }: Sidecar, params: object) {
  const { result } = await host.request('llm/prompt', { conversationId: 'c', ...params });
  return { result, said: JSON.parse(result.text) as Record<string, unknown> };
}

async function storedOf({ host }: Sidecar, id = 'c'): Promise<{ role: string; content: unknown }[]> {
  return (await host.request('conversation/read', { id })).result.messages;
}

describe('5.4 a conversation', () => {
  test('sends what was said before; the result names it and has all of it', async () => {
    await using sidecar = await startReady({ config });
    const first = await ask(sidecar, { prompt: 'one' });
    expect(first.result).toMatchObject({ conversationId: 'c', stopReason: 'end' });
    const second = await ask(sidecar, { prompt: 'two' });
    expect(second.said).toMatchObject({ prompt: 'two', previous: [{ prompt: 'one' }] });
    expect(second.result.messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    const other = await ask(sidecar, { conversationId: 'another', prompt: 'three' });
    expect(other.said.previous).toEqual([]);
  });

  test('keeps the answers also when the host does not want them back', async () => {
    await using sidecar = await startReady({ config });
    await sidecar.host.request('llm/prompt', { conversationId: 'c', prompt: '{"raw":"yes"}', omitContent: true });
    expect(await storedOf(sidecar)).toEqual([
      { role: 'user', content: '{"raw":"yes"}' },
      { role: 'assistant', content: [{ type: 'text', text: 'yes' }] },
    ]);
  });

  test.each([
    ['given', { system: 'Two.' }],
    ['at the head of messages', { messages: [{ role: 'system', content: 'Two.' }] }],
  ])('a changed system prompt, %s, is honoured and stays', async (_, change) => {
    await using sidecar = await startReady({ config });
    expect((await ask(sidecar, { prompt: 'a', system: 'One.' })).said.system).toBe('One.');
    expect((await ask(sidecar, { prompt: 'b' })).said.system).toBe('One.');
    expect((await ask(sidecar, { prompt: 'c', ...change })).said).toMatchObject({
      system: 'Two.',
      previous: [{ prompt: 'a' }, { prompt: 'b' }],
    });
    expect((await ask(sidecar, { prompt: 'd', purpose: 'loud' })).said.system).toBe('Two.');
    expect((await storedOf(sidecar))[0]).toEqual({ role: 'system', content: 'Two.' });
  });

  test('messages are added after the history', async () => {
    await using sidecar = await startReady({ config });
    await ask(sidecar, { prompt: 'one' });
    const messages = [
      { role: 'user', content: 'two' },
      { role: 'assistant', content: 'yes' },
    ];
    expect((await ask(sidecar, { messages, prompt: 'three' })).said).toMatchObject({
      prompt: 'three',
      previous: [{ prompt: 'one' }, { prompt: 'two' }],
    });
  });

  test('its model is the last one used, unless another is named; the rules hold at each turn', async () => {
    await using sidecar = await startReady({ config, env: { LLM_ECHO_NEEDS_KEY_KEY: 'k' } });
    const modelOf = async (params: object) => (await ask(sidecar, params)).result.model;
    expect(await modelOf({ prompt: 'one' })).toBe('echo');
    const slow = await sidecar.host.request('llm/prompt', {
      conversationId: 'c',
      prompt: 'x',
      model: 'test-slow',
      options: { chunks: 1, delay_ms: 0 },
    });
    expect(slow.result.model).toBe('test-slow');
    const again = await sidecar.host.request('llm/prompt', { conversationId: 'c', prompt: 'x', purpose: 'loud', options: { chunks: 1 } });
    expect(again.error.message).toMatch(/Unknown option example_bool: test-slow/);
    expect((await sidecar.host.request('llm/prompt', { conversationId: 'c', prompt: 'x', model: 'echo-needs-key' })).error.data.kind).toBe(
      'modelNotAllowed',
    );
    expect((await ask(sidecar, { prompt: 'x', model: 'echo' })).said.previous).toHaveLength(2);
  });

  test.each([
    ['failed', { model: 'test-fails' }],
    ['was refused', { model: 'echo', options: { wrong: 1 } }],
    ['was not in time', { model: 'test-endless', timeoutMs: 100 }],
  ])('a turn that %s is not kept, and the next one goes on', async (_, params) => {
    await using sidecar = await startReady({ config });
    await ask(sidecar, { prompt: 'one' });
    const failed = await sidecar.host.request('llm/prompt', { conversationId: 'c', prompt: 'never', ...params });
    expect(failed.error).toBeDefined();
    expect((await ask(sidecar, { prompt: 'two' })).said).toMatchObject({ previous: [{ prompt: 'one' }] });
  });

  test('a turn that was cancelled is not kept, and one of a conversation that only begins leaves none', async () => {
    await using sidecar = await startReady({ config });
    send(sidecar, 'p', { model: 'test-endless', prompt: 'x', stream: {} });
    await sidecar.host.next(isDelta);
    sidecar.host.notify('$/cancelRequest', { id: 'p' });
    expect((await answerTo(sidecar, 'p')).result).toMatchObject({ stopReason: 'cancelled', conversationId: 'c' });
    expect((await sidecar.host.request('conversation/list', {})).result.conversations).toEqual([]);
  });
});

describe('5.4 turns', () => {
  test('sent at once are served one after another, in the order in which they came', async () => {
    await using sidecar = await startReady({ config });
    const prompts = Array.from({ length: 20 }, (_, index) => `turn ${index}`);
    const answers = await Promise.all(prompts.map(async (prompt) => ask(sidecar, { prompt })));
    answers.forEach(({ said }, index) => {
      expect(said.previous).toEqual(prompts.slice(0, index).map((prompt) => ({ prompt })));
    });
  });

  test('that wait take no place from others, however many places there are', async () => {
    await using sidecar = await startReady({ config });
    send(sidecar, 'first', { model: 'test-endless', prompt: 'x', stream: {} });
    await sidecar.host.next(isDelta);
    for (let index = 0; index < 10; index += 1) send(sidecar, `waiting-${index}`, { model: 'echo', prompt: 'y' });
    expect((await ask(sidecar, { conversationId: 'another', prompt: 'z' })).said.prompt).toBe('z');
    sidecar.host.notify('$/cancelRequest', { id: 'first' });
    await answerTo(sidecar, 'first');
    expect(JSON.parse((await answerTo(sidecar, 'waiting-9')).result.text).previous).toHaveLength(9);
  });

  test('cancelled while they wait leave the queue, without having been sent', async () => {
    await using sidecar = await startReady({ config });
    send(sidecar, 'first', { model: 'test-endless', prompt: 'x', stream: {} });
    await sidecar.host.next(isDelta);
    send(sidecar, 'second', { model: 'echo', prompt: 'never' });
    send(sidecar, 'third', { model: 'echo', prompt: 'third' });
    sidecar.host.notify('$/cancelRequest', { id: 'second' });
    expect((await answerTo(sidecar, 'second')).result).toMatchObject({ stopReason: 'cancelled', steps: [], text: '' });
    sidecar.host.notify('$/cancelRequest', { id: 'first' });
    expect(JSON.parse((await answerTo(sidecar, 'third')).result.text)).toMatchObject({ prompt: 'third', previous: [] });
  });

  test('that wait longer than their timeoutMs say so', async () => {
    await using sidecar = await startReady({ config });
    send(sidecar, 'first', { model: 'test-endless', prompt: 'x', stream: {} });
    await sidecar.host.next(isDelta);
    const late = await sidecar.host.request('llm/prompt', { conversationId: 'c', model: 'echo', prompt: 'y', timeoutMs: 50 });
    expect(late.error.data.kind).toBe('providerTimeout');
  });

  test('more than a hundred of one conversation are refused as overloaded', async () => {
    await using sidecar = await startReady({ config });
    send(sidecar, 'first', { model: 'test-endless', prompt: 'x', stream: {} });
    await sidecar.host.next(isDelta);
    for (let index = 0; index < 101; index += 1) send(sidecar, `waiting-${index}`, { model: 'echo', prompt: 'y' });
    expect((await answerTo(sidecar, 'waiting-100')).error).toMatchObject({ code: -31004, data: { retryable: true } });
  });

  test('end with the sidecar: a shutdown answers those that wait', async () => {
    await using sidecar = await startReady({ config });
    send(sidecar, 'first', { model: 'test-slow', options: { chunks: 3 }, prompt: 'x', stream: {} });
    await sidecar.host.next(isDelta);
    send(sidecar, 'second', { model: 'echo', prompt: 'y' });
    expect((await sidecar.host.request('shutdown', {})).result).toBeNull();
    expect(JSON.parse((await answerTo(sidecar, 'second')).result.text).previous).toEqual([{ prompt: 'x' }]);
  });
});

describe('in a group', () => {
  test('a turn that waits is one of the group: a close waits for it', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g', model: 'echo' });
    send(sidecar, 'first', { groupId: 'g', model: 'test-slow', options: { chunks: 3 }, prompt: 'x', stream: {} });
    await host.next(isDelta);
    send(sidecar, 'second', { groupId: 'g', model: 'echo', prompt: 'y' });
    const { result } = await host.request('llm/groupClose', { groupId: 'g' });
    expect(result.responses.map(({ promptId, status }: { promptId: string; status: string }) => [promptId, status])).toEqual([
      ['first', 'ok'],
      ['second', 'ok'],
    ]);
    expect(JSON.parse((await answerTo(sidecar, 'second')).result.text).previous).toEqual([{ prompt: 'x' }]);
  });

  test('a close that cancels does not leave it waiting for a turn of another group', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g', model: 'echo' });
    send(sidecar, 'first', { model: 'test-endless', prompt: 'x', stream: {} });
    await host.next(isDelta);
    send(sidecar, 'second', { groupId: 'g', prompt: 'y' });
    const { result } = await host.request('llm/groupClose', { groupId: 'g', mode: 'cancel' });
    expect(result.responses).toMatchObject([{ promptId: 'second', status: 'cancelled' }]);
    expect((await answerTo(sidecar, 'second')).result.stopReason).toBe('cancelled');
  });
});

describe('with tools', () => {
  const tools = [{ name: 'weigh', inputSchema: { type: 'object' } }];
  const prompt = JSON.stringify({ prompt: 'weigh it', tool_calls: [{ name: 'weigh', arguments: { what: 'it' } }] });
  const resultOf = (toolCallId: string) => ({
    role: 'tool',
    content: [{ type: 'toolResult', toolCallId, name: 'weigh', content: [{ type: 'text', text: '4 kg' }] }],
  });

  test('a turn that ended with calls is kept, and goes on with their results', async () => {
    await using sidecar = await startReady({ config });
    const { result } = await sidecar.host.request('llm/prompt', { conversationId: 'c', prompt, tools });
    expect(result.stopReason).toBe('toolCalls');
    const call = result.steps[0].content.find(({ type }: { type: string }) => type === 'toolCall');
    const passed = await sidecar.host.request('llm/prompt', { conversationId: 'c', prompt: 'never mind', tools });
    expect(passed.error).toMatchObject({
      data: { kind: 'invalidParams', issues: [{ path: 'messages', message: expect.stringContaining(call.toolCallId) }] },
    });
    const next = await ask(sidecar, { messages: [resultOf(call.toolCallId)], tools });
    expect(next.said.tool_results).toEqual([{ name: 'weigh', output: '4 kg', tool_call_id: call.toolCallId }]);
    expect((await storedOf(sidecar)).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  test('the results and a new prompt in one turn', async () => {
    await using sidecar = await startReady({ config });
    const { result } = await sidecar.host.request('llm/prompt', { conversationId: 'c', prompt, tools });
    const call = result.steps[0].content.find(({ type }: { type: string }) => type === 'toolCall');
    const next = await ask(sidecar, { messages: [resultOf(call.toolCallId)], prompt: 'and now?', tools });
    expect(next.said.prompt).toBe('and now?');
  });

  test('a chain that paused goes on without a new prompt', async () => {
    await using host = await startSidecar({ config });
    await host.initialize({ capabilities: { tools: {} } });
    send(host, 'first', { prompt, tools });
    const asked = await host.host.next(({ method }) => method === 'tool/call');
    host.host.answer(asked.id, { content: '', pause: true });
    expect((await answerTo(host, 'first')).result.stopReason).toBe('paused');
    send(host, 'second', { tools });
    const again = await host.host.next(({ method }) => method === 'tool/call');
    expect(again.params).toMatchObject({ name: 'weigh', args: { what: 'it' }, toolCallId: asked.params.toolCallId });
    host.host.answer(again.id, { content: '4 kg' });
    const { result } = await answerTo(host, 'second');
    expect(JSON.parse(result.text).tool_results).toMatchObject([{ name: 'weigh', output: '4 kg' }]);
    expect((await storedOf(host)).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  test('without anything to say a conversation cannot begin', async () => {
    await using sidecar = await startReady({ config });
    expect((await sidecar.host.request('llm/prompt', { conversationId: 'c' })).error.data).toMatchObject({
      kind: 'invalidParams',
      issues: [{ path: 'prompt' }],
    });
  });
});
