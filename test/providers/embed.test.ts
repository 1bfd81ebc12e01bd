import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/index.ts';
import type { EmbedCall } from '../../src/engine/ports.ts';
import { Failure } from '../../src/lib/failure.ts';
import { optionsSchemaOf } from '../../src/providers/optionsSchema.ts';
import { cohere } from '../../src/providers/cohere.ts';
import { createProviders } from '../../src/providers/index.ts';
import { callFor, canaryKey, settingsFor } from './support/call.ts';
import { json, startUpstream, type Answer } from './support/upstream.ts';

const features = { stream: false, tools: false, schema: false, reasoning: false, embed: true, attachments: [] };

async function embed(type: string, url: string, more: Partial<EmbedCall> & { upstreamId?: string } = {}) {
  const settings = settingsFor(type, url);
  const provider = createProviders([settings]).get(settings.name);
  const { upstreamId = 'some-model', ...call } = more;
  const { model, key, signal } = callFor(settings);
  return provider?.embed?.({ model: { ...model, upstreamId, features }, key, signal, input: ['one', 'two'], options: {}, ...call });
}

async function failureOf(asked: Promise<unknown>): Promise<Failure> {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

const vectors = [
  [0.1, 0.2],
  [-0.3, 1e-9],
];
const openaiAnswer = {
  object: 'list',
  data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
  model: 'm',
  usage: { prompt_tokens: 5, total_tokens: 5 },
};

/** The type, what the provider answers, the path and body it is asked with, the input tokens that are read. */
const wires: readonly (readonly [type: string, answer: JsonObject, path: string, body: JsonObject, inputTokens: number | null])[] = [
  ['openai', openaiAnswer, '/embeddings', { model: 'm', input: ['one', 'two'], encoding_format: 'float', dimensions: 2 }, 5],
  ['openai-compatible', openaiAnswer, '/embeddings', { model: 'm', input: ['one', 'two'], encoding_format: 'float', dimensions: 2 }, 5],
  ['openai-compatible', { data: openaiAnswer.data }, '/embeddings', { model: 'm', input: ['one', 'two'] }, null],
  ['mistral', openaiAnswer, '/embeddings', { model: 'm', input: ['one', 'two'], output_dimension: 2 }, 5],
  [
    'google',
    { embeddings: vectors.map((values) => ({ values })) },
    '/models/m:batchEmbedContents',
    {
      requests: ['one', 'two'].map((text) => ({
        model: 'models/m',
        content: { role: 'user', parts: [{ text }] },
        outputDimensionality: 2,
      })),
    },
    null,
  ],
  [
    'google',
    { embeddings: vectors.map((values) => ({ values })), usageMetadata: { promptTokenCount: 7 } },
    '/models/m:batchEmbedContents',
    { requests: [{}, {}] },
    7,
  ],
];

describe('the wire of embeddings', () => {
  test.each(wires)('%s %#', async (type, answer, path, body, inputTokens) => {
    await using upstream = await startUpstream(json(200, answer));
    const made = await embed(type, upstream.url, { upstreamId: 'm', options: { dimensions: 2 } });
    expect(made?.embeddings).toEqual(vectors);
    expect(made?.usage).toMatchObject({ inputTokens, outputTokens: 0 });
    expect(upstream.received).toHaveLength(1);
    expect(upstream.received[0]).toMatchObject({ method: 'POST', path, json: body });
    const { headers } = upstream.received[0]!;
    expect(headers['authorization'] ?? `Bearer ${String(headers['x-goog-api-key'])}`).toBe(`Bearer ${canaryKey}`);
  });

  test('cohere: its own name of dimensions, and its own options', async () => {
    await using upstream = await startUpstream(json(200, { embeddings: { float: vectors }, meta: { billed_units: { input_tokens: 4 } } }));
    const options = { dimensions: 256, cohere: { inputType: 'search_document' } };
    const made = await embed('cohere', upstream.url, { upstreamId: 'embed-v4.0', options });
    expect(made).toMatchObject({ embeddings: vectors, usage: { inputTokens: 4, outputTokens: 0 } });
    expect(upstream.received[0]).toMatchObject({
      path: '/embed',
      json: {
        model: 'embed-v4.0',
        texts: ['one', 'two'],
        output_dimension: 256,
        input_type: 'search_document',
        embedding_types: ['float'],
      },
    });
  });

  test('google: one text has a request of its own kind', async () => {
    await using upstream = await startUpstream(json(200, { embedding: { values: [1, 2, 3] } }));
    const made = await embed('google', upstream.url, { input: ['one'], options: { google: { taskType: 'CLUSTERING' } } });
    expect(made?.embeddings).toEqual([[1, 2, 3]]);
    expect(upstream.received[0]).toMatchObject({ path: '/models/some-model:embedContent', json: { taskType: 'CLUSTERING' } });
  });
});

const failing: readonly (readonly [what: string, answer: Answer, kind: string, retryable: boolean])[] = [
  [
    'a wrong key',
    json(401, { error: { message: `Incorrect API key provided: ${canaryKey}`, code: 'invalid_api_key' } }),
    'providerAuth',
    false,
  ],
  ['too many requests', json(429, { error: { message: 'slow down', type: 'rate_limit' } }), 'rateLimited', true],
  [
    'a text that is too long',
    json(400, { error: { message: "This model's maximum context length is 8192 tokens" } }),
    'contextLength',
    false,
  ],
  ['fewer vectors than texts', json(200, { data: [{ embedding: [1] }] }), 'providerError', true],
  ['no vectors', json(200, { detail: 'what?' }), 'providerError', true],
  ['a web page', { headers: { 'content-type': 'text/html' }, body: '<html>' }, 'providerError', true],
  ['half an answer', { headers: { 'content-type': 'application/json' }, body: '{"data": [', ends: 'cut' }, 'providerError', true],
];

describe('what goes wrong', () => {
  test.each(failing)('%s', async (_, answer, kind, retryable) => {
    await using upstream = await startUpstream(answer);
    const failure = await failureOf(embed('openai', upstream.url));
    expect(failure).toMatchObject({ kind, detail: { retryable, provider: { name: 'my-openai' } } });
    expect(`${failure.message} ${JSON.stringify(failure.detail)} ${String(failure.cause)}`).not.toContain(canaryKey);
  });

  test('a text is not quoted in the failure', async () => {
    const secret = 'the text that nobody may read in a log';
    await using upstream = await startUpstream(json(400, { error: { message: `bad input: ${secret}` } }));
    const failure = await failureOf(embed('openai', upstream.url, { input: [secret] }));
    expect(failure.message).toContain('bad input: [prompt]');
  });

  test('an option of the package that is wrong is told by its path, and nothing is sent', async () => {
    await using upstream = await startUpstream({});
    const failure = await failureOf(embed('cohere', upstream.url, { options: { cohere: { inputType: 'poem' } } }));
    expect(failure).toMatchObject({ kind: 'invalidParams', detail: { issues: [{ path: 'options.cohere.inputType' }] } });
    expect(upstream.received).toHaveLength(0);
  });

  test('no key where one is needed: nothing is sent', async () => {
    await using upstream = await startUpstream({});
    expect((await failureOf(embed('openai', upstream.url, { key: null }))).kind).toBe('keyMissing');
    expect(upstream.received).toHaveLength(0);
  });

  test('cancelled: the reason of the signal, and the connection is closed', async () => {
    await using upstream = await startUpstream({ headers: { 'content-type': 'application/json' }, body: '{', ends: 'stalled' });
    const controller = new AbortController();
    const asked = embed('openai', upstream.url, { signal: controller.signal });
    await expect.poll(() => upstream.received.length).toBe(1);
    controller.abort();
    await expect(asked).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await upstream.hungUp;
  });
});

test('providers without embeddings have none', () => {
  const providers = createProviders([]);
  expect([...providers].filter(([, { embed: has }]) => has !== undefined).map(([name]) => name)).toEqual([
    'openai',
    'google',
    'mistral',
    'cohere',
  ]);
  expect(optionsSchemaOf(cohere, features)).toMatchObject({ properties: { dimensions: { type: 'integer' }, cohere: { type: 'object' } } });
  expect(Object.keys(optionsSchemaOf(cohere, features)['properties'] as JsonObject)).toEqual(['dimensions', 'cohere']);
});
