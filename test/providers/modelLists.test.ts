import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { DiscoveredModel } from '../../src/catalogue/builtInModel.ts';
import { createSend } from '../../src/providers/http/send.ts';
import { readModelPage } from '../../src/providers/modelListPage.ts';
import { createFetchList, type ListTarget } from '../../src/providers/modelLists.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const pages: { name: string; answer: unknown; models: DiscoveredModel[] }[] = [
  {
    name: 'OpenAI: only what answers in text',
    answer: {
      object: 'list',
      data: [
        'gpt-5.4',
        'text-embedding-3-small',
        'whisper-1',
        'gpt-4o-realtime',
        'gpt-image-1',
        'dall-e-3',
        'tts-1',
        'omni-moderation-latest',
        'o3',
      ].map((id) => ({ id, object: 'model', created: 1, owned_by: 'openai' })),
    },
    models: [{ id: 'gpt-5.4' }, { id: 'o3' }],
  },
  {
    name: 'Anthropic',
    answer: {
      data: [
        {
          type: 'model',
          id: 'claude-x',
          display_name: 'Claude X',
          max_input_tokens: 200000,
          max_tokens: 64000,
          capabilities: {
            image_input: { supported: true },
            pdf_input: { supported: false },
            structured_outputs: { supported: true },
            thinking: { supported: false },
          },
        },
      ],
      has_more: false,
      last_id: 'claude-x',
    },
    models: [
      {
        id: 'claude-x',
        name: 'Claude X',
        contextWindow: 200_000,
        maxOutputTokens: 64_000,
        features: { schema: true, reasoning: false, attachments: ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] },
      },
    ],
  },
  {
    name: 'Google: what generates content',
    answer: {
      models: [
        {
          name: 'models/gemini-x',
          displayName: 'Gemini X',
          inputTokenLimit: 100,
          outputTokenLimit: 10,
          supportedGenerationMethods: ['generateContent'],
          thinking: true,
        },
        { name: 'models/gemini-embedding-1', supportedGenerationMethods: ['embedContent'] },
        { name: 'models/gemini-x-flash-image', supportedGenerationMethods: ['generateContent'] },
      ],
    },
    models: [{ id: 'gemini-x', name: 'Gemini X', contextWindow: 100, maxOutputTokens: 10, features: { reasoning: true } }],
  },
  {
    name: 'Mistral',
    answer: {
      data: [
        {
          id: 'mistral-x',
          name: 'mistral-x',
          max_context_length: 131072,
          capabilities: { completion_chat: true, function_calling: true, vision: false },
        },
        { id: 'other', capabilities: { completion_chat: false } },
      ],
    },
    models: [{ id: 'mistral-x', contextWindow: 131_072, features: { tools: true, attachments: [] } }],
  },
  {
    name: 'OpenRouter',
    answer: {
      data: [
        {
          id: 'a/b',
          name: 'A: B',
          context_length: 1000,
          architecture: { input_modalities: ['text', 'image', 'file'], output_modalities: ['text'] },
          top_provider: { max_completion_tokens: 50 },
          supported_parameters: ['tools', 'reasoning', 'max_tokens'],
        },
        { id: 'a/paints', architecture: { input_modalities: ['text'], output_modalities: ['image'] } },
      ],
    },
    models: [
      {
        id: 'a/b',
        name: 'A: B',
        contextWindow: 1000,
        maxOutputTokens: 50,
        features: { tools: true, schema: false, reasoning: true, attachments: ['image/*', 'application/pdf'] },
      },
    ],
  },
  {
    name: 'Groq, vLLM, llama.cpp',
    answer: {
      data: [
        { id: 'g', active: true, context_window: 131072, max_completion_tokens: 8192 },
        { id: 'off', active: false },
        { id: 'v', max_model_len: 4096, root: '/models/v' },
        { id: 'l.gguf', meta: { n_ctx_train: 32768 } },
      ],
    },
    models: [
      { id: 'g', contextWindow: 131_072, maxOutputTokens: 8192 },
      { id: 'v', contextWindow: 4096 },
      { id: 'l.gguf', contextWindow: 32_768 },
    ],
  },
  {
    name: 'Cohere',
    answer: {
      models: [
        { name: 'command-x', endpoints: ['chat'], context_length: 128000 },
        { name: 'embed-x', endpoints: ['embed'] },
      ],
    },
    models: [{ id: 'command-x', contextWindow: 128_000 }],
  },
  {
    name: 'Ollama: the tag latest may be left out',
    answer: { object: 'list', data: [{ id: 'llama3.2:latest' }, { id: 'nomic-embed-text:latest' }, { id: 'all-minilm:l6-v2' }] },
    models: [{ id: 'llama3.2:latest', aliases: ['llama3.2'] }],
  },
  {
    name: 'a bare array',
    answer: [
      { id: 'm', type: 'chat' },
      { id: 'e', type: 'embedding' },
    ],
    models: [{ id: 'm' }],
  },
  {
    name: 'nonsense among models',
    answer: {
      data: [
        null,
        1,
        'x',
        {},
        { id: 5 },
        { id: '' },
        { id: 'x'.repeat(300) },
        { id: 'ok', context_length: '12', name: 7, capabilities: [] },
      ],
    },
    models: [{ id: 'ok' }],
  },
];

test.each(pages)('a list of $name', ({ answer, models }) => {
  expect(readModelPage(answer)?.models).toEqual(models);
});

test.each([[null], ['x'], [{}], [{ data: {} }], [{ error: { message: 'no' } }]])('%j is no list', (answer) => {
  expect(readModelPage(answer)).toBeUndefined();
});

test.each([
  ['openai-compatible', '/v1/models', 'authorization', 'Bearer sk-1'],
  ['anthropic', '/v1/models?limit=1000', 'x-api-key', 'sk-1'],
  ['google', '/v1/models?pageSize=1000', 'x-goog-api-key', 'sk-1'],
  ['cohere', '/v1/models?endpoint=chat&page_size=1000', 'authorization', 'Bearer sk-1'],
])('%s is asked at %s, the key in %s', async (type, path, header, value) => {
  const { url, seen } = await serve((_, response) => response.end('{"data": [{"id": "m"}]}'));
  expect(await list({ type, baseUrl: `${url}/v1/`, key: 'sk-1', headers: { 'x-extra': 'e' } })).toEqual({ models: [{ id: 'm' }] });
  expect(seen.map((request) => request.url)).toEqual([path]);
  expect(seen[0]?.headers).toMatchObject({ [header]: value, 'x-extra': 'e' });
});

test('without a key none is sent', async () => {
  const { url, seen } = await serve((_, response) => response.end('[]'));
  expect(await list({ baseUrl: url, key: null })).toEqual({ models: [] });
  expect(seen[0]?.headers.authorization).toBeUndefined();
});

test('all pages are read, and a server that repeats itself ends', async () => {
  const answers: Record<string, string> = {
    '/models?limit=1000': '{"data": [{"id": "a"}], "has_more": true, "last_id": "a"}',
    '/models?limit=1000&after_id=a': '{"data": [{"id": "b"}], "has_more": true, "last_id": "b"}',
    '/models?limit=1000&after_id=b': '{"data": [{"id": "b"}], "has_more": true, "last_id": "b"}',
  };
  const { url, seen } = await serve((request, response) => response.end(answers[request.url ?? '']));
  expect(await list({ type: 'anthropic', baseUrl: url })).toEqual({ models: [{ id: 'a' }, { id: 'b' }] });
  expect(seen.length).toBe(3);
});

test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, cause: string, RegExp]>([
  [
    '401',
    (_, response) => response.writeHead(401).end('sk-secret'),
    'key',
    /^The models of lan could not be listed: the server refused the key \(status 401\)\.$/,
  ],
  ['404', (_, response) => response.writeHead(404).end(), 'noList', /status 404.*base_url/],
  ['500', (_, response) => response.writeHead(500).end('{}'), 'answer', /status 500/],
  ['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), 'answer', /status 302/],
  ['a web page', (_, response) => response.end('<html>'), 'answer', /not JSON/],
  ['another object', (_, response) => response.end('{"hello": 1}'), 'answer', /no list of models/],
  [
    'a cut',
    (_, response) => response.writeHead(200, { 'content-length': '99' }).write('{', () => response.destroy()),
    'network',
    /nothing usable came from http:\/\/127/,
  ],
  ['too much', (_, response) => response.end('['.repeat(9 * 1024 * 1024)), 'answer', /larger than 8388608 bytes/],
])('%s is a warning without the key', async (_, answer, cause, warning) => {
  const { url } = await serve(answer);
  const result = await list({ baseUrl: url, key: 'sk-secret' });
  expect(result).toEqual({ cause, warning: expect.stringMatching(warning) });
  expect(JSON.stringify(result)).not.toContain('sk-secret');
});

test('nobody there, or no address at all', async () => {
  const { url, close } = await serve((_, response) => response.end());
  await close();
  expect(await list({ baseUrl: `${url.replace('//', '//user:pass@')}/v1?token=t` })).toEqual({
    warning: `The models of lan could not be listed: nothing usable came from ${url} (ECONNREFUSED).`,
    cause: 'network',
  });
  expect(await list({ baseUrl: 'nowhere' })).toEqual({
    warning: 'The models of lan could not be listed: base_url is not a URL.',
    cause: 'network',
  });
});

test('a silent server is given up after two seconds', async () => {
  const { url } = await serve(() => {});
  expect(await createFetchList(createSend())(target({ baseUrl: url }), new AbortController().signal)).toEqual({
    warning: `The models of lan could not be listed: ${url} did not answer within 2000 ms.`,
    cause: 'network',
  });
});

test('an abort ends it', async () => {
  const controller = new AbortController();
  const { url } = await serve(() => controller.abort());
  expect(await createFetchList(createSend())(target({ baseUrl: url }), controller.signal)).toHaveProperty('warning');
});

const recordings = resolve(import.meta.dirname, '../..', process.env.LLM_SIDECAR_RECORDINGS ?? '../shared/recordings');
const index = resolve(recordings, 'data/index.json');
if (!existsSync(index)) console.warn(`SKIPPED: recorded lists of models, as ${recordings} is not there (LLM_SIDECAR_RECORDINGS)`);

test.skipIf(!existsSync(index)).each([
  ['anthropic-models', ['claude-opus-5', 'claude-haiku-4-5-20251001'], 11],
  ['google-models', ['gemini-2.5-flash', 'gemini-3.5-flash', 'gemma-4-31b-it'], 30],
  ['ollama-models', ['gpt-oss:20b', 'llama3.2:latest'], 6],
])('recorded: %s', (id, some, count) => {
  const { cases } = JSON.parse(readFileSync(index, 'utf8')) as {
    cases: { id: string; file: string; expected: { models: { ids: string[] } } }[];
  };
  const recorded = cases.find((candidate) => candidate.id === id)!;
  const page = readModelPage(JSON.parse(readFileSync(resolve(recordings, 'data', recorded.file), 'utf8')));
  const ids = page!.models.map((model) => model.id);
  expect(ids).toEqual(expect.arrayContaining(some));
  expect(ids.length).toBe(count);
  const listed = recorded.expected.models.ids.map((name) => name.replace('models/', ''));
  expect(ids.filter((name) => !listed.includes(name))).toEqual([]);
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  closers.push(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}

function target(rest: Partial<ListTarget>): ListTarget {
  return { name: 'lan', type: 'openai-compatible', baseUrl: '', key: null, headers: {}, ...rest };
}

/** With more time than the usual two seconds: the server is in this process, which may be slow. */
function list(rest: Partial<ListTarget>) {
  return createFetchList(createSend(), 60_000)(target(rest), new AbortController().signal);
}
