import { rename, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startSidecar, type Sidecar, type SidecarOptions } from '../support/sidecar.ts';

/** A server that answers when it is told to, and knows how many it had at a time. */
const upstream = { server: undefined as unknown as Server, url: '', open: [] as ServerResponse[], most: 0, asked: [] as string[] };

beforeAll(async () => {
  upstream.server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { messages, input } = JSON.parse(body) as { messages?: { content: string }[]; input?: string[] };
      upstream.asked.push(messages?.at(-1)?.content ?? input?.[0] ?? '');
      upstream.open.push(response);
      upstream.most = Math.max(upstream.most, upstream.open.length);
      response.on('close', () => (upstream.open = upstream.open.filter((other) => other !== response)));
      notify();
    });
  });
  await new Promise<void>((resolve) => upstream.server.listen(0, '127.0.0.1', resolve));
  upstream.url = `http://127.0.0.1:${(upstream.server.address() as AddressInfo).port}`;
});
afterAll(() => {
  upstream.server.closeAllConnections();
  upstream.server.close();
});

let notify = (): void => {};
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo())
    await new Promise<void>((resolve) => {
      notify = resolve;
      setTimeout(resolve, 20);
    });
}

function answer(response: ServerResponse): void {
  const message = { role: 'assistant', content: 'Hello' };
  const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'c', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }));
}

/** Answers all that come, one turn after the other. */
async function answerAll(count: number): Promise<void> {
  for (let done = 0; done < count; done++) {
    await until(() => upstream.open.length > 0);
    const response = upstream.open.shift()!;
    answer(response);
    await new Promise((resolve) => response.on('close', resolve));
  }
}

/** The next that comes may be tried again at once. */
async function refuseOne(): Promise<void> {
  await until(() => upstream.open.length > 0);
  const response = upstream.open.shift()!;
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after-ms': '1' });
  response.end('{"error": {"message": "busy"}}');
  await new Promise((resolve) => response.on('close', resolve));
}

const configOf = (limits: string, more = ''): string =>
  `providers: {one: {type: openai-compatible, base_url: '${upstream.url}', discover: false, limits: ${limits}, models: [m, {id: vectors, features: {embed: true}}]}}\n${more}`;

async function start(limits: string, options: SidecarOptions & { more?: string } = {}): Promise<Sidecar> {
  const { more, ...rest } = options;
  Object.assign(upstream, { most: 0, asked: [] });
  const sidecar = await startSidecar({ config: configOf(limits, more), ...rest });
  onTestFinished(async () => {
    await sidecar.stop();
  });
  await sidecar.initialize();
  return sidecar;
}

let prompts = 0;
const prompt = async (sidecar: Sidecar, params: object = {}, id?: string) =>
  sidecar.host.request('llm/prompt', { model: 'm', prompt: 'Hi', promptId: `p${prompts++}`, ...params }, id);

test('a provider has no more requests at a time than it may have', async () => {
  const sidecar = await start('{max_concurrent: 3}');
  const all = Promise.all(Array.from({ length: 20 }, async () => prompt(sidecar)));
  await until(() => upstream.open.length === 3);
  await answerAll(20);
  expect((await all).map(({ result }) => result?.text as string)).toEqual(Array.from({ length: 20 }, () => 'Hello'));
  expect(upstream.most).toBe(3);
});

test('who asks for little does not wait for all of who asks for much', async () => {
  const sidecar = await start('{max_concurrent: 1}');
  const all = [prompt(sidecar, { prompt: 'first' })];
  await until(() => upstream.open.length === 1);
  for (let number = 0; number < 8; number++) all.push(prompt(sidecar, { prompt: 'many', actor: { id: 'ann' } }));
  all.push(prompt(sidecar, { prompt: 'few', actor: { id: 'bob' } }));
  // Answered when all those before it were taken in.
  await sidecar.host.request('ping', {});
  await answerAll(10);
  await Promise.all(all);
  expect(upstream.asked.indexOf('few')).toBeLessThanOrEqual(3);
});

test('one more than may wait is refused, and says what to do', async () => {
  const sidecar = await start('{max_concurrent: 1, max_waiting: 1}');
  const first = prompt(sidecar);
  await until(() => upstream.open.length === 1);
  const second = prompt(sidecar);
  const { error } = await prompt(sidecar);
  expect(error).toMatchObject({
    code: -31004,
    message:
      'one is sent as much as providers.one.limits.max_concurrent allows, and 1 requests wait for it already. Try again, or raise the limit in the configuration.',
    data: { kind: 'overloaded', retryable: true, retryAfterMs: 1000, limit: { provider: 'one', limit: 'max_concurrent' } },
  });
  await answerAll(2);
  expect([(await first).result.text, (await second).result.text]).toEqual(['Hello', 'Hello']);
});

test('a fallback answers in place of one that is overloaded', async () => {
  const sidecar = await start('{max_concurrent: 1, max_waiting: 0}', { more: 'fallbacks: {m: [echo]}\n' });
  const first = prompt(sidecar);
  await until(() => upstream.open.length === 1);
  const { result } = await prompt(sidecar, { prompt: '{"raw": "from echo"}' });
  expect(result).toMatchObject({ model: 'echo', text: 'from echo' });
  await answerAll(1);
  await first;
});

test('one that is cancelled while it waits ends at once, and nothing is sent', async () => {
  const sidecar = await start('{max_concurrent: 1}');
  const first = prompt(sidecar);
  await until(() => upstream.open.length === 1);
  const waiting = prompt(sidecar, { prompt: 'never' }, 'waiting');
  await sidecar.host.request('ping', {});
  sidecar.host.send({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'waiting' } });
  expect((await waiting).result ?? (await waiting).error).toBeDefined();
  await answerAll(1);
  expect((await first).result.text).toBe('Hello');
  expect(upstream.asked).toEqual(['Hi']);
});

test('the time of a prompt runs while it waits', async () => {
  const sidecar = await start('{max_concurrent: 1}');
  const first = prompt(sidecar);
  await until(() => upstream.open.length === 1);
  const { error } = await prompt(sidecar, { timeoutMs: 100 });
  expect(error).toMatchObject({ data: { kind: 'providerTimeout', limit: { deadline: 'total', ms: 100 } } });
  await answerAll(1);
  await first;
});

test('a saved configuration lets those in that wait', async () => {
  const sidecar = await start('{max_concurrent: 1}');
  const all = Promise.all([prompt(sidecar), prompt(sidecar), prompt(sidecar)]);
  await until(() => upstream.open.length === 1);
  await writeFile(`${sidecar.configPath}.new`, configOf('{max_concurrent: 3}'));
  await rename(`${sidecar.configPath}.new`, sidecar.configPath);
  await until(() => upstream.open.length === 3);
  await answerAll(3);
  await all;
});

describe('a minute of requests', () => {
  test('is what goes out; the next is refused with the time until it may', async () => {
    const sidecar = await start('{requests_per_minute: 2, max_wait_ms: 1}');
    const two = Promise.all([prompt(sidecar), prompt(sidecar)]);
    await answerAll(2);
    await two;
    const { error } = await prompt(sidecar);
    expect(error.data).toMatchObject({ kind: 'overloaded', limit: { provider: 'one', limit: 'requests_per_minute' } });
    // Half a minute, less what both have taken.
    expect(error.data.retryAfterMs).toBeGreaterThan(0);
    expect(error.data.retryAfterMs).toBeLessThanOrEqual(30_000);
    expect(upstream.asked).toEqual(['Hi', 'Hi']);
  });

  const noRoom = { kind: 'overloaded', limit: { provider: 'one', limit: 'requests_per_minute' } };

  test('counts those that are tried again', async () => {
    const sidecar = await start('{requests_per_minute: 2, max_wait_ms: 1}');
    const first = prompt(sidecar);
    await refuseOne();
    await answerAll(1);
    expect((await first).result).toMatchObject({ text: 'Hello', _meta: { warnings: [{ code: 'retry' }] } });
    expect((await prompt(sidecar)).error.data).toMatchObject(noRoom);
    expect(upstream.asked).toEqual(['Hi', 'Hi']);
  });

  test('that is used up does not let one be tried again', async () => {
    const sidecar = await start('{requests_per_minute: 1, max_wait_ms: 1}');
    const first = prompt(sidecar);
    await refuseOne();
    expect((await first).error.data).toMatchObject({ ...noRoom, partial: { cost: { usd: '0' } } });
    expect(upstream.asked).toEqual(['Hi']);
  });
});

test('a group whose prompts wait for each other ends when both are answered', async () => {
  const sidecar = await start('{max_concurrent: 1}');
  const { host } = sidecar;
  await host.request('llm/groupOpen', { groupId: 'g' });
  const both = Promise.all([prompt(sidecar, { groupId: 'g' }), prompt(sidecar, { groupId: 'g' })]);
  await until(() => upstream.open.length === 1);
  const closed = host.request('llm/groupClose', { groupId: 'g' });
  await answerAll(2);
  expect((await both).map(({ result }) => result?.text as string)).toEqual(['Hello', 'Hello']);
  expect((await closed).result).toMatchObject({
    responses: [{ status: 'ok' }, { status: 'ok' }],
    usage: { inputTokens: 10, outputTokens: 4 },
  });
  expect(upstream.most).toBe(1);
});

test('embeddings wait in the same queue', async () => {
  const sidecar = await start('{max_concurrent: 1}');
  const first = prompt(sidecar);
  await until(() => upstream.open.length === 1);
  const embedded = sidecar.host.request('llm/embed', { model: 'vectors', input: ['a text'] });
  await sidecar.host.request('ping', {});
  expect(upstream.asked).toEqual(['Hi']);
  await answerAll(1);
  await until(() => upstream.open.length === 1);
  expect(upstream.asked).toEqual(['Hi', 'a text']);
  const response = upstream.open.shift()!;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 2, total_tokens: 2 } }));
  expect((await embedded).result).toMatchObject({ model: 'vectors' });
  await first;
});

test('the time of embeddings runs while they wait; they leave the queue, and nothing is sent', async () => {
  const sidecar = await start('{max_concurrent: 1}');
  const first = prompt(sidecar);
  await until(() => upstream.open.length === 1);
  const { error } = await sidecar.host.request('llm/embed', { model: 'vectors', input: ['never'], timeoutMs: 100 });
  expect(error.data).toMatchObject({ kind: 'providerTimeout', limit: { deadline: 'total', ms: 100 } });
  const second = prompt(sidecar);
  await answerAll(2);
  expect([(await first).result.text, (await second).result.text]).toEqual(['Hello', 'Hello']);
  expect(upstream.asked).toEqual(['Hi', 'Hi']);
});

test('embeddings that could not have their turn in time are refused at once', async () => {
  const sidecar = await start('{requests_per_minute: 1, max_wait_ms: 120000}');
  const first = prompt(sidecar);
  await answerAll(1);
  await first;
  const began = performance.now();
  const { error } = await sidecar.host.request('llm/embed', { model: 'vectors', input: ['never'], timeoutMs: 20_000 });
  expect(error.data).toMatchObject({ kind: 'overloaded', limit: { provider: 'one', limit: 'requests_per_minute' } });
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(upstream.asked).toEqual(['Hi']);
});

test('a place is held for a request, not for a prompt: a tool that prompts does not wait for itself', async () => {
  const sidecar = await startSidecar({ config: configOf('{max_concurrent: 1}') });
  onTestFinished(async () => {
    await sidecar.stop();
  });
  Object.assign(upstream, { most: 0, asked: [] });
  await sidecar.initialize({ capabilities: { tools: {} } });
  const tools = [{ name: 'ask', description: 'Asks', inputSchema: { type: 'object' } }];
  const chained = prompt(sidecar, { tools, prompt: 'outer' });
  await until(() => upstream.open.length === 1);
  const call = { id: 'call_1', type: 'function', function: { name: 'ask', arguments: '{}' } };
  const message = { role: 'assistant', content: null, tool_calls: [call] };
  const response = upstream.open.shift()!;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'c', choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage: {} }));
  const asked = await sidecar.host.next(({ method }) => method === 'tool/call');
  const inner = prompt(sidecar, { prompt: 'inner' });
  await answerAll(1);
  sidecar.host.send({ jsonrpc: '2.0', id: asked.id, result: { content: String((await inner).result.text) } });
  await answerAll(1);
  expect((await chained).result.text).toBe('Hello');
  expect(upstream.asked.slice(0, 2)).toEqual(['outer', 'inner']);
  expect(upstream.most).toBe(1);
});
