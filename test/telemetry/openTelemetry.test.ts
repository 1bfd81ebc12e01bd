import * as api from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { embed } from '../../src/engine/embed.ts';
import { runPrompt } from '../../src/engine/runPrompt.ts';
import { Failure } from '../../src/lib/failure.ts';
import { createOpenTelemetry } from '../../src/telemetry/openTelemetry.ts';
import { requestOf, scriptedEngine, type ScriptedStep } from '../engine/support/scriptedEngine.ts';
import { setUpSdk } from './support/sdk.ts';

const secret = 'sk-canary-0123456789';

function watched(script: readonly ScriptedStep[], more: { retries?: number } = {}): Engine {
  const { engine } = scriptedEngine(script, more);
  const redact = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(secret, '***')) as T;
  const telemetry = createOpenTelemetry({ api, version: '1.2.3', redact });
  const snapshot = engine.snapshot();
  const providers = new Map([...snapshot.providers].map(([name, provider]) => [name, telemetry.watch(provider)]));
  return { ...engine, snapshot: () => ({ ...snapshot, providers }), telemetry };
}

const ask = (engine: Engine, more: Parameters<typeof requestOf>[0] = {}, cancels: AbortSignal[] = []) =>
  runPrompt(engine, requestOf({ prompt: 'the text of the prompt', ...more }), () => {}, { cancels });

const overloaded = new Failure('rateLimited', 'not "the text of the prompt" again', { retryable: true, retryAfterMs: 1 });

describe('a prompt', () => {
  test('is a span with names and numbers, and its request one below it', async () => {
    const sdk = setUpSdk();
    await ask(
      watched([
        { text: 'the answer', usage: { inputTokens: 10, outputTokens: 3, reasoningTokens: 2, cacheReadTokens: 4, cacheWriteTokens: 1 } },
      ]),
      {
        purpose: 'chat',
        promptId: 'p1',
      },
    );
    const [attempt, prompt, ...others] = sdk.spans();
    expect(others).toEqual([]);
    const tokens = {
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 2,
      'gen_ai.usage.cache_read.input_tokens': 4,
      'gen_ai.usage.cache_creation.input_tokens': 1,
    };
    expect(prompt).toMatchObject({ name: 'chat scripted', kind: 'INTERNAL', parent: undefined, status: { code: 0 } });
    expect(prompt?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'scripted',
      'gen_ai.request.model': 'scripted',
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'scripted',
      'gen_ai.response.finish_reasons': ['end'],
      'llm_sidecar.prompt.id': 'p1',
      'llm_sidecar.purpose': 'chat',
      'llm_sidecar.steps': 1,
      'llm_sidecar.cost.usd': 0.01,
      ...tokens,
    });
    expect(attempt).toMatchObject({ name: 'attempt scripted', kind: 'CLIENT', parent: prompt?.id, traceId: prompt?.traceId });
    expect(attempt?.attributes).toEqual({
      'gen_ai.provider.name': 'scripted',
      'gen_ai.request.model': 'scripted',
      'gen_ai.response.model': 'scripted',
      'gen_ai.response.id': 'response-1',
      'gen_ai.response.finish_reasons': ['end'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'llm_sidecar.attempt': 1,
      ...tokens,
    });
  });

  test.each([
    ['sampled', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'],
    [
      'of a later version',
      'cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more',
      '0af7651916cd43dd8448eb211c80319c',
      'b7ad6b7169203331',
    ],
    ['of no version', 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', expect.any(String), undefined],
    ['without an id', '00-00000000000000000000000000000000-b7ad6b7169203331-01', expect.any(String), undefined],
    ['that is something else', 'the text of the prompt', expect.any(String), undefined],
  ])('has a traceparent %s for its parent, or none', async (_, traceparent, traceId, parent) => {
    const sdk = setUpSdk();
    await ask(watched([{ text: 'hi' }]), { traceContext: { traceparent, tracestate: 'vendor=1' } });
    expect(sdk.spans().at(-1)).toMatchObject({ name: 'chat scripted', traceId, parent });
  });

  test('that its host does not trace is not traced', async () => {
    const sdk = setUpSdk();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    await ask(watched([{ text: 'hi' }]), { traceContext: { traceparent, tracestate: undefined } });
    expect(sdk.spans()).toEqual([]);
  });

  test('has a span for each attempt, those that failed with their kind of error', async () => {
    const sdk = setUpSdk();
    await ask(watched([{ fails: overloaded, usage: null }, { text: 'hi' }], { retries: 1 }));
    const [first, second, prompt] = sdk.spans();
    expect(first).toMatchObject({
      status: { code: 2 },
      parent: prompt?.id,
      attributes: { 'llm_sidecar.attempt': 1, 'error.type': 'rateLimited' },
    });
    expect(second).toMatchObject({ status: { code: 0 }, parent: prompt?.id, attributes: { 'llm_sidecar.attempt': 2 } });
    expect(prompt?.status).toEqual({ code: 0 });
  });

  test.each([
    ['a failure', new Failure('contentFiltered', 'the text of the prompt'), 'contentFiltered'],
    ['a defect', new TypeError('the text of the prompt'), 'internalError'],
  ])('that ends with %s has its kind and no more', async (_, fails, type) => {
    const sdk = setUpSdk();
    await expect(ask(watched([{ fails }]))).rejects.toThrow(fails.message);
    const spans = sdk.spans();
    expect(spans.map(({ name, status, attributes, events }) => [name, status, attributes['error.type'], events])).toEqual([
      ['attempt scripted', { code: 2 }, type, []],
      ['chat scripted', { code: 2 }, type, []],
    ]);
  });

  test('that is cancelled says so, and is no error', async () => {
    const sdk = setUpSdk();
    const cancel = new AbortController();
    await ask(watched([{ text: 'half', meanwhile: () => cancel.abort() }]), {}, [cancel.signal]);
    const [attempt, prompt] = sdk.spans();
    expect(attempt?.attributes['error.type']).toBe('aborted');
    expect(prompt).toMatchObject({ status: { code: 0 }, attributes: { 'gen_ai.response.finish_reasons': ['cancelled'] } });
  });

  test('that names no model is called by the one it got', async () => {
    const sdk = setUpSdk();
    const engine = watched([{ text: 'hi' }]);
    const { rules, ...rest } = engine.snapshot();
    const snapshot = { ...rest, rules: { ...rules, defaultModel: { model: 'scripted', key: null } } };
    await ask({ ...engine, snapshot: () => snapshot }, { model: undefined });
    expect(sdk.spans().at(-1)).toMatchObject({ name: 'chat scripted', attributes: { 'gen_ai.request.model': 'scripted' } });
  });

  test('that no model is asked for has a span as well', async () => {
    const sdk = setUpSdk();
    await expect(ask(watched([]), { model: 'nosuch' })).rejects.toThrow('nosuch');
    expect(sdk.spans()).toMatchObject([{ name: 'chat nosuch', attributes: { 'error.type': 'modelNotFound' } }]);
  });

  test('in a tool of another is a part of it', async () => {
    const sdk = setUpSdk();
    const engine = watched([{ calls: [{ id: 'c', name: 'ask' }] }, { text: 'inner' }, { text: 'outer' }]);
    const tools = [{ name: 'ask', description: 'asks', inputSchema: {} }];
    const answerTool = async () => {
      await ask(engine, { promptId: 'inner' });
      return { content: [{ type: 'text' as const, text: 'done' }] };
    };
    await ask(engine, { promptId: 'outer', tools, answerTool });
    const prompts = sdk.spans().filter(({ name }) => name.startsWith('chat'));
    const [inner, outer] = prompts;
    expect(prompts.map(({ attributes }) => attributes['llm_sidecar.prompt.id'])).toEqual(['inner', 'outer']);
    expect(inner?.parent).toBe(outer?.id);
    expect(outer?.attributes).toMatchObject({ 'llm_sidecar.steps': 2, 'gen_ai.usage.input_tokens': 20 });
  });
});

test('attributes hold no secret', async () => {
  const sdk = setUpSdk();
  await expect(ask(watched([]), { model: secret, purpose: secret, promptId: secret })).rejects.toThrow(secret);
  expect(JSON.stringify(sdk.spans())).not.toContain('sk-canary');
  expect(sdk.spans()).toMatchObject([{ name: 'chat ***' }]);
});

test('metrics count requests to models and their tokens', async () => {
  const sdk = setUpSdk();
  const engine = watched([{ fails: overloaded, usage: null }, { text: 'hi' }, { text: 'ho' }], { retries: 1 });
  await ask(engine);
  await ask(engine);
  const about = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'scripted',
    'gen_ai.request.model': 'scripted',
    'gen_ai.response.model': 'scripted',
  };
  expect(await sdk.metrics()).toEqual({
    'gen_ai.client.operation.duration': {
      unit: 's',
      points: [
        { attributes: { ...about, 'error.type': 'rateLimited' }, count: 1, sum: expect.any(Number) },
        { attributes: about, count: 2, sum: expect.any(Number) },
      ],
    },
    'gen_ai.client.token.usage': {
      unit: '{token}',
      points: [
        { attributes: { ...about, 'gen_ai.token.type': 'input' }, count: 2, sum: 20 },
        { attributes: { ...about, 'gen_ai.token.type': 'output' }, count: 2, sum: 2 },
      ],
    },
  });
});

test('embeddings are spans of their own', async () => {
  const sdk = setUpSdk();
  const engine = watched([]);
  const snapshot = engine.snapshot();
  const model = { ...snapshot.catalogue.find('scripted')!, features: { ...snapshot.catalogue.find('scripted')!.features, embed: true } };
  const provider = engine.telemetry!.watch({
    name: 'scripted',
    prompt: async () => Promise.reject(new Error('not asked')),
    embed: async () => ({ embeddings: [[1, 2]], usage: { inputTokens: 5, outputTokens: 0 } }),
  });
  const catalogue = { ...snapshot.catalogue, find: () => model };
  const embedding: Engine = { ...engine, snapshot: () => ({ ...snapshot, catalogue, providers: new Map([['scripted', provider]]) }) };
  const { model: _, ...rest } = requestOf({});
  await embed(embedding, { ...rest, model: 'scripted', embedId: 'e1', input: ['the text'] }, { cancels: [] });
  const [attempt, call] = sdk.spans();
  expect(call).toMatchObject({
    name: 'embeddings scripted',
    attributes: { 'gen_ai.operation.name': 'embeddings', 'llm_sidecar.prompt.id': 'e1', 'gen_ai.usage.input_tokens': 5 },
  });
  expect(attempt).toMatchObject({ name: 'attempt scripted', parent: call?.id, attributes: { 'gen_ai.usage.input_tokens': 5 } });
});
