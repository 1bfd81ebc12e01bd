import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../protocol/index.ts';
import { applyDelta, createFold, foldedText } from '../../protocol/foldDeltas.ts';
import { startUpstream, type Answer, type Upstream } from '../providers/support/upstream.ts';
import { startReady } from '../support/sidecar.ts';

const person: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
};
const prompt = { prompt: 'Invent a person', schema: person };

type Delta =
  | { content: string }
  | { tool_calls: readonly { index: number; id?: string; function: { name?: string; arguments: string } }[] };

function chat(deltas: readonly Delta[], reason = 'stop'): Answer {
  const chunk = (choices: readonly object[], more: object = {}) =>
    `data: ${JSON.stringify({ id: 'r', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
  const body = [
    ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: reason }]),
    chunk([], { usage: { prompt_tokens: 10, completion_tokens: 5 } }),
    'data: [DONE]\n\n',
  ];
  return { headers: { 'content-type': 'text/event-stream' }, body: body.join('') };
}

const says = (text: string, reason?: string): Answer => chat([{ content: text }], reason);
const calls = (name: string, args: string): Answer =>
  chat([{ tool_calls: [{ index: 0, id: 'c1', function: { name, arguments: args } }] }], 'tool_calls');

/** One server with a model that has schemas, one that has only tools, and one that has neither. */
async function sidecarFor(upstream: Upstream, initialize: object = {}) {
  const config = `providers:
  local:
    type: openai-compatible
    base_url: '${upstream.url}'
    discover: false
    models:
      - {id: native, features: {schema: true}, price: {input: 1, output: 2}}
      - {id: tools, features: {schema: false, tools: true}}
      - {id: plain, features: {schema: false, tools: false}}
`;
  return startReady({ config, ...initialize });
}

const failing: [what: string, answer: Answer, says: string, issues: Json][] = [
  ['no JSON', says('Ann, 7'), 'the answer is not JSON', [{ path: '', message: 'is not JSON' }]],
  [
    'JSON in a fence: an answer is JSON and nothing else',
    says('```json\n{"name":"Ann","age":7}\n```'),
    'the answer is not JSON',
    [{ path: '', message: 'is not JSON' }],
  ],
  [
    'something missing',
    says('{"name":"Ann"}'),
    'age Invalid input: expected number',
    [{ path: 'age', message: 'Invalid input: expected number, received undefined' }],
  ],
  [
    'a wrong type',
    says('{"name":"Ann","age":"7"}'),
    'age Invalid input',
    [{ path: 'age', message: 'Invalid input: expected number, received string' }],
  ],
  ['nothing', says(' '), 'the answer is not JSON', [{ path: '', message: 'is not JSON' }]],
];

describe('5.6 structured output', () => {
  test('native: the schema goes to the provider, the answer comes back parsed', async () => {
    await using upstream = await startUpstream(says('{"name":"Ann","age":7}'));
    await using sidecar = await sidecarFor(upstream);
    const { result } = await sidecar.host.request('llm/prompt', { ...prompt, model: 'native' });
    expect(result).toMatchObject({ parsed: { name: 'Ann', age: 7 }, text: '{"name":"Ann","age":7}', stopReason: 'end' });
    expect(upstream.received[0]?.json).toMatchObject({ response_format: { type: 'json_schema', json_schema: { schema: person } } });
  });

  test('by a tool: the same result, the same deltas', async () => {
    const pieces = ['{"name":', '"Ann","age"', ':7}'].map((text, index): Delta => {
      const named = index === 0 ? { id: 'c1', function: { name: 'answer', arguments: text } } : { function: { arguments: text } };
      return { tool_calls: [{ index: 0, ...named }] };
    });
    await using upstream = await startUpstream(chat(pieces, 'tool_calls'));
    await using sidecar = await sidecarFor(upstream);
    const { host } = sidecar;
    const { result } = await host.request('llm/prompt', { ...prompt, model: 'tools', promptId: 'p', stream: {} });
    expect(result).toMatchObject({ parsed: { name: 'Ann', age: 7 }, text: '{"name":"Ann","age":7}', stopReason: 'end' });
    expect(result.messages.at(-1)).toEqual({ role: 'assistant', content: [{ type: 'text', text: '{"name":"Ann","age":7}' }] });
    const fold = createFold();
    for (const { params } of host.messages.filter(({ method }) => method === 'llm/delta'))
      for (const delta of params.deltas) applyDelta(fold, delta);
    expect(foldedText(fold)).toBe(result.text);
    expect(upstream.received[0]?.json['tool_choice']).toEqual({ type: 'function', function: { name: 'answer' } });
  });

  test('llm/models says how', async () => {
    await using upstream = await startUpstream({});
    await using sidecar = await sidecarFor(upstream);
    const { models } = (await sidecar.host.request('llm/models', {})).result;
    const schemas = Object.fromEntries(
      models.map(({ id, features }: { id: string; features: JsonObject }) => [id, features['schema'] ?? null]),
    );
    expect(schemas).toMatchObject({ native: {}, tools: { by: 'tool' }, plain: null, echo: null });
  });

  test.each(['plain', 'echo'])('%s refuses before anything is sent', async (model) => {
    await using upstream = await startUpstream({});
    await using sidecar = await sidecarFor(upstream);
    const { error } = await sidecar.host.request('llm/prompt', { ...prompt, model });
    expect(error).toMatchObject({ message: `${model} does not support schemas.`, data: { kind: 'unsupportedFeature' } });
    expect(upstream.received).toHaveLength(0);
  });

  test('a schema that cannot be checked is refused before anything is sent', async () => {
    await using upstream = await startUpstream({});
    await using sidecar = await sidecarFor(upstream);
    const { error } = await sidecar.host.request('llm/prompt', {
      prompt: 'x',
      model: 'native',
      schema: { type: 'object', not: { type: 'null' } },
    });
    expect(error.data).toMatchObject({
      kind: 'invalidParams',
      issues: [{ path: 'schema', message: expect.stringContaining('schema uses not') }],
    });
    expect(upstream.received).toHaveLength(0);
  });

  test.each(failing)('%s is a failure with its issues, and with what was paid', async (_, answer, text, issues) => {
    await using upstream = await startUpstream(answer);
    await using sidecar = await sidecarFor(upstream);
    const { error } = await sidecar.host.request('llm/prompt', { ...prompt, model: 'native' });
    expect(error.message).toContain(`The answer does not satisfy the schema: ${text}`);
    expect(error.data).toMatchObject({
      kind: 'providerError',
      retryable: true,
      issues,
      partial: { content: [{ type: 'text' }], usage: { inputTokens: 10, outputTokens: 5 }, cost: { usd: '0.00002' } },
    });
    // Paid for once: it is the caller's to ask again.
    expect(upstream.received).toHaveLength(1);
  });

  test('an answer that was cut off is not parsed, and says so', async () => {
    await using upstream = await startUpstream(says('{"name":"An', 'length'));
    await using sidecar = await sidecarFor(upstream);
    const { result } = await sidecar.host.request('llm/prompt', { ...prompt, model: 'native' });
    expect(result.stopReason).toBe('length');
    expect(result).not.toHaveProperty('parsed');
  });

  test.each(['native', 'tools'])('%s: in a chain the last answer is what counts', async (model) => {
    const answer = '{"name":"Ann","age":7}';
    await using upstream = await startUpstream(calls('look_up', '{}'), model === 'native' ? says(answer) : calls('answer', answer));
    await using sidecar = await sidecarFor(upstream);
    const { host } = sidecar;
    const tools = [{ name: 'look_up', inputSchema: { type: 'object', properties: {} } }];
    const first = (await host.request('llm/prompt', { ...prompt, model, tools })).result;
    expect(first).toMatchObject({ stopReason: 'toolCalls' });
    expect(first).not.toHaveProperty('parsed');
    const found = {
      role: 'tool',
      content: [{ type: 'toolResult', toolCallId: 'c1', name: 'look_up', content: [{ type: 'text', text: '7' }] }],
    };
    const { result } = await host.request('llm/prompt', { messages: [...first.messages, found], schema: person, model, tools });
    expect(result).toMatchObject({ stopReason: 'end', parsed: { name: 'Ann', age: 7 } });
  });
});
