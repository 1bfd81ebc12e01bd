import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { ModelInfo } from '../../protocol/index.ts';
import type { RawHost } from '../support/rawHost.ts';
import { startReady, startSidecar } from '../support/sidecar.ts';

/** A server of the OpenAI-compatible kind on a port of its own. */
async function serveModels(listener: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listed = (...ids: string[]) =>
  JSON.stringify({ object: 'list', data: ids.map((id) => ({ id, object: 'model', owned_by: 'library' })) });
const answer =
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"llama3.2:latest","choices":[{"index":0,"delta":{"role":"assistant","content":"hi"},"finish_reason":null}]}\n\ndata: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"llama3.2:latest","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const ids = ({ models }: { models: ModelInfo[] }) => models.map(({ id }) => id);

/** What came of the first prompt; of another one where the machine was too busy to ask the server in the moment that a prompt waits. */
async function prompted(host: RawHost, params: object): Promise<any> {
  for (;;) {
    const { result, error } = await host.request('llm/prompt', { prompt: 'x', stream: {}, ...params });
    if (error === undefined) return result;
    expect(error.data.kind).toBe('modelNotFound');
  }
}

test('a server from the configuration alone: its models are listed, and the first prompt knows them', async () => {
  await using server = await serveModels((request, response) => {
    if (request.url === '/v1/models') response.setHeader('content-type', 'application/json').end(listed('llama3.2:latest', 'qwen3:8b'));
    else response.setHeader('content-type', 'text/event-stream').end(answer);
  });
  await using sidecar = await startReady({
    config: `default_model: llama3.2:latest\nproviders:\n  ollama: {type: openai-compatible, base_url: ${server.url}}\n`,
  });
  const { host } = sidecar;
  const result = await prompted(host, { promptId: 'p' });
  expect(result).toMatchObject({
    model: 'llama3.2:latest',
    text: 'hi',
    stopReason: 'end',
    usage: { inputTokens: null, outputTokens: null },
    cost: { usd: null, source: 'unknown' },
  });
  const models = (await host.request('llm/models', {})).result;
  expect(models.default).toBe('llama3.2:latest');
  expect(ids(models)).toEqual(['llama3.2:latest', 'echo', 'qwen3:8b']);
  expect(models.models[0]).toMatchObject({ provider: 'ollama', needsKey: null });
  expect((await host.request('llm/prompt', { model: 'ollama/qwen3:8b', prompt: 'x', promptId: 'q', stream: {} })).result.model).toBe(
    'qwen3:8b',
  );
  expect((await host.request('config/read')).result.diagnostics).toEqual([]);
});

test.each([
  ['has no opinion', null, 'end'],
  ['keeps others', ['echo'], 'modelNotAllowed'],
])('a filter that %s is asked of the models that a server lists, in the first prompt too', async (_, models, ended) => {
  await using server = await serveModels((request, response) => {
    if (request.url === '/v1/models') response.setHeader('content-type', 'application/json').end(listed('llama3.2:latest'));
    else response.setHeader('content-type', 'text/event-stream').end(answer);
  });
  await using sidecar = await startSidecar({ config: `providers:\n  ollama: {type: openai-compatible, base_url: ${server.url}}\n` });
  const { host } = sidecar;
  await sidecar.initialize({ hooks: [{ id: 'f', point: 'filterModels' }] });
  let offered: string[] = [];
  let end = '';
  // One prompt, unless the machine was too busy to ask the server in the moment that a prompt waits.
  for (let prompts = 1; !offered.includes('llama3.2:latest'); prompts += 1) {
    const id = `prompt ${prompts}`;
    host.send({ jsonrpc: '2.0', id, method: 'llm/prompt', params: { model: 'llama3.2:latest', prompt: 'x', promptId: 'p', stream: {} } });
    for (end = ''; end === '';) {
      const {
        method,
        id: question,
        params,
        result,
        error,
      } = await host.next((message) => message.method === 'hook/filterModels' || (message.method === undefined && message.id === id));
      if (method === undefined) end = result?.stopReason ?? error.data.kind;
      else {
        offered = ids(params);
        host.answer(question, { models });
      }
    }
  }
  expect(end).toBe(ended);
});

test('a server that does not answer costs llm/models a moment, once; then its problem is a diagnostic at its place', async () => {
  const waiting: (() => void)[] = [];
  await using server = await serveModels((_, response) => void waiting.push(() => response.writeHead(500).end()));
  await using sidecar = await startReady({
    config: `providers:\n  slow: {type: openai-compatible, base_url: ${server.url}, models: [known]}\n`,
  });
  const { host } = sidecar;
  expect(ids((await host.request('llm/models', {})).result)).toEqual(['echo', 'known']);
  await expect.poll(() => waiting.length, { timeout: 40_000 }).toBe(1);
  for (const end of waiting) end();
  const problem = async (): Promise<object[]> => {
    const { diagnostics } = (await host.request('config/read')).result;
    return diagnostics.length > 0 ? diagnostics : problem();
  };
  expect(await problem()).toMatchObject([
    {
      severity: 'warning',
      code: 'modelsNotListed',
      path: 'providers.slow',
      range: { start: { line: 1 } },
      // It may have given the server up before that answered.
      message: expect.stringMatching(/500|did not answer within/),
    },
  ]);
});

test('a listed model never takes the place of one that is known', async () => {
  await using server = await serveModels((_, response) =>
    response.setHeader('content-type', 'application/json').end(listed('echo', 'gpt-4o', 'own')),
  );
  await using sidecar = await startReady({
    config: `require_keys: false\nproviders:\n  proxy: {type: openai-compatible, base_url: ${server.url}}\n`,
  });
  const listedModels = async (): Promise<ModelInfo[]> => (await sidecar.host.request('llm/models', {})).result.models;
  await expect
    .poll(async () => (await listedModels()).filter(({ provider }) => provider === 'proxy').map(({ id }) => id), { timeout: 40_000 })
    .toEqual(['proxy/echo', 'proxy/gpt-4o', 'own']);
  const models = await listedModels();
  expect(models.find(({ id }) => id === 'gpt-4o')?.provider).toBe('openai');
});
