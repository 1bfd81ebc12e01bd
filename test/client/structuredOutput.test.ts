import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, expectTypeOf, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { LLM, type Json, type PromptOptions } from '../../client/index.ts';
import { startUpstream, type Answer, type Upstream } from '../providers/support/upstream.ts';
import { removeFolder } from '../support/removeFolder.ts';
import { failure } from './consume.ts';

const ann = '{"name":"Ann","age":7}';

function says(content: string): Answer {
  const chunk = (choices: object[], more: object = {}) =>
    `data: ${JSON.stringify({ id: 'r', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
  const usage = { usage: { prompt_tokens: 1, completion_tokens: 1 } };
  const body = [
    chunk([{ index: 0, delta: { content }, finish_reason: null }]),
    chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
    chunk([], usage),
  ];
  return { headers: { 'content-type': 'text/event-stream' }, body: `${body.join('')}data: [DONE]\n\n` };
}

/** An LLM whose only server is `upstream`, gone after the test. */
function llmFor(upstream: Upstream): LLM {
  const cwd = mkdtempSync(join(tmpdir(), 'llm-sidecar-client-'));
  const model = '{id: m, features: {schema: true}}, {id: vectors, features: {embed: true}}';
  writeFileSync(
    join(cwd, 'llm-sidecar.yaml'),
    `providers: {local: {type: openai-compatible, base_url: '${upstream.url}', discover: false, models: [${model}]}}\ndefault_model: m\ntest_models: true\n`,
  );
  const llm = new LLM({ cwd, env: { LLM_SIDECAR_CONFIG: undefined, LLM_USER_PATH: cwd, XDG_CONFIG_HOME: cwd }, stderr: 'ignore' });
  onTestFinished(async () => {
    await llm.close();
    removeFolder(cwd);
  });
  return llm;
}

const schemaSent = (upstream: Upstream): Json | undefined => {
  const format = upstream.received[0]?.json['response_format'] as { json_schema: { schema: Json } } | undefined;
  return format?.json_schema.schema;
};

test('zod in, typed out: its JSON Schema is sent, json() is what it parses to', async () => {
  await using upstream = await startUpstream(says(ann));
  const person = z.object({ name: z.string().transform((name) => name.toUpperCase()), age: z.int().describe('in years') });
  const answer = await llmFor(upstream).model().prompt('Who?', { schema: person }).json();
  expectTypeOf(answer).toEqualTypeOf<{ name: string; age: number }>();
  expect(answer).toEqual({ name: 'ANN', age: 7 });
  expect(schemaSent(upstream)).toMatchObject({
    type: 'object',
    properties: { age: { type: 'integer', description: 'in years' } },
    required: ['name', 'age'],
  });
});

test('the short form, and a JSON Schema', async () => {
  await using upstream = await startUpstream(says(ann));
  const llm = llmFor(upstream);
  const answer = await llm.model().prompt('Who?', { schema: 'name, age int: in years' }).json();
  expectTypeOf(answer).toEqualTypeOf<Json>();
  expect(answer).toEqual({ name: 'Ann', age: 7 });
  expect(schemaSent(upstream)).toEqual({
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: 'integer', description: 'in years' } },
    required: ['name', 'age'],
    additionalProperties: false,
  });
  expect(
    await llm
      .model()
      .prompt('Who?', { schema: { type: 'object' } })
      .json(),
  ).toEqual({ name: 'Ann', age: 7 });
  expect(() => llm.model().prompt('Who?', { schema: 'age number' })).toThrow('The field age of the schema has the unknown type number');
  expectTypeOf<PromptOptions>().toHaveProperty('schema');
});

test('an answer that the schema refuses: the sidecar says what is wrong, and it was paid for', async () => {
  await using upstream = await startUpstream(says('{"name":"Ann"}'));
  const error = await failure(llmFor(upstream).model().prompt('Who?', { schema: 'name, age int' }).json());
  const partial = { text: '{"name":"Ann"}', usage: { inputTokens: 1 } };
  expect(error).toMatchObject({ kind: 'providerError', retryable: true, partial, data: { issues: [{ path: 'age' }] } });
});

test('one that only a rule of the library refuses', async () => {
  await using upstream = await startUpstream(says(ann));
  const grown = z.object({ name: z.string(), age: z.int() }).refine(({ age }) => age >= 18, 'too young');
  const error = await failure(llmFor(upstream).model().prompt('Who?', { schema: grown }).json());
  expect(error).toMatchObject({ kind: 'invalidJson', message: expect.stringContaining('too young') });
});

test('embed() of an LLM and of a group; cancelled; refused', async () => {
  await using upstream = await startUpstream({ headers: { 'content-type': 'application/json' }, body: '{', ends: 'stalled' });
  const llm = llmFor(upstream);
  const { embeddings, usage } = await llm.embed(['one two', 'three'], { model: 'echo-embed', options: { dimensions: 2 } });
  expect({ embeddings, usage }).toEqual({
    embeddings: [
      [3, 3],
      [5, 0],
    ],
    usage: { inputTokens: 3, outputTokens: 0 },
  });
  const group = await llm.openGroup({ purpose: 'search' });
  await group.embed(['a'], { model: 'echo-embed' });
  expect((await group.close()).responses).toMatchObject([{ status: 'ok', usage: { inputTokens: 1 } }]);

  const stop = new AbortController();
  const cancelled = failure(llm.embed(['a'], { model: 'vectors', signal: stop.signal }));
  await expect.poll(() => upstream.received.length).toBe(1);
  stop.abort();
  expect(await cancelled).toMatchObject({ kind: 'cancelled' });
  await upstream.hungUp;
  expect(await failure(llm.embed(['a']))).toMatchObject({ kind: 'unsupportedFeature' });
});
