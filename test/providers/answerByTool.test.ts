import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../protocol/index.ts';
import type { Model } from '../../src/catalogue/model.ts';
import type { ProviderCall } from '../../src/engine/ports.ts';
import { ask, callFor, settingsFor } from './support/call.ts';
import { json, startUpstream, type Answer } from './support/upstream.ts';

const person: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
  additionalProperties: false,
};
const names: JsonObject = { type: 'array', items: { $ref: '#/$defs/name' }, $defs: { name: { type: 'string' } } };
const lookUp = { name: 'look_up', inputSchema: { type: 'object', properties: {} } };

interface Piece {
  readonly text?: string;
  readonly call?: readonly [index: number, name: string | null, args: string];
}

/** As OpenAI's chat completions stream it. */
function streamed(pieces: readonly Piece[], reason = 'tool_calls'): Answer {
  const chunks: object[] = pieces.map(({ text, call }) => {
    if (call === undefined) return { delta: { content: text }, finish_reason: null };
    const [index, name, args] = call;
    const first = name === null ? {} : { id: `call-${index}`, type: 'function' };
    return {
      delta: { tool_calls: [{ index, ...first, function: { ...(name === null ? {} : { name }), arguments: args } }] },
      finish_reason: null,
    };
  });
  const lines = [...chunks, { delta: {}, finish_reason: reason }].map(
    (choice) =>
      `data: ${JSON.stringify({ id: 'r1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, ...choice }] })}\n\n`,
  );
  const usage = {
    id: 'r1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [],
    usage: { prompt_tokens: 3, completion_tokens: 2 },
  };
  return { headers: { 'content-type': 'text/event-stream' }, body: `${lines.join('')}data: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n` };
}

async function answer(reply: Answer, more: Partial<ProviderCall>, features: Partial<Model['features']> = {}) {
  await using upstream = await startUpstream(reply);
  const settings = settingsFor('openai-compatible', upstream.url);
  const { model } = callFor(settings);
  const asked = await ask(settings, { model: { ...model, features: { ...model.features, schema: false, ...features } }, ...more });
  return { ...asked, request: upstream.received[0]?.json ?? {} };
}

const calls = (...args: readonly string[]): Piece[] => args.map((text, index) => ({ call: [0, index === 0 ? 'answer' : null, text] }));

describe('a schema for a model that has tools and no schemas', () => {
  test('is a tool that has to be called; its arguments arrive as text, piece by piece', async () => {
    const { events, finish, content, request } = await answer(streamed(calls('', '{"name":', '"Ann",', '"age":7}')), { schema: person });
    expect(request).toMatchObject({
      tools: [{ type: 'function', function: { name: 'answer', parameters: person } }],
      tool_choice: { type: 'function', function: { name: 'answer' } },
    });
    expect(request).not.toHaveProperty('response_format');
    expect(events.filter(({ type }) => type !== 'usage')).toEqual([
      { type: 'part', part: 0, kind: 'text' },
      { type: 'text', part: 0, text: '{"name":' },
      { type: 'text', part: 0, text: '"Ann",' },
      { type: 'text', part: 0, text: '"age":7}' },
      { type: 'partEnd', part: 0 },
    ]);
    expect(content).toEqual([{ type: 'text', text: '{"name":"Ann","age":7}' }]);
    expect(finish.stopReason).toBe('end');
  });

  test('in one piece as well', async () => {
    const message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'answer', arguments: '{"name":"Ann","age":7}' } }],
    };
    const body = json(200, {
      id: 'r',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    });
    const { text, finish } = await answer(body, { schema: person, stream: false });
    expect([text, finish.stopReason]).toEqual(['{"name":"Ann","age":7}', 'end']);
  });

  test('that is not an object is wrapped into one, and its value comes out', async () => {
    const { text, finish, request } = await answer(streamed(calls('{"value":', '["a","b"]}')), { schema: names });
    expect(at(request, 'tools', 0, 'function', 'parameters')).toEqual({
      type: 'object',
      properties: { value: { type: 'array', items: { $ref: '#/$defs/name' } } },
      required: ['value'],
      additionalProperties: false,
      $defs: { name: { type: 'string' } },
    });
    expect([text, finish.stopReason]).toEqual(['["a","b"]', 'end']);
  });

  const choices: [what: string, more: Partial<ProviderCall>, tools: string[], choice: Json][] = [
    ['with other tools one of all has to be called', { tools: [lookUp] }, ['look_up', 'answer'], 'required'],
    [
      'other tools that are not wanted',
      { tools: [lookUp], toolChoice: 'none' },
      ['look_up', 'answer'],
      { type: 'function', function: { name: 'answer' } },
    ],
    [
      'what the caller demands comes first',
      { tools: [lookUp], toolChoice: { name: 'look_up' } },
      ['look_up', 'answer'],
      { type: 'function', function: { name: 'look_up' } },
    ],
    ['with reasoning it is offered', { options: { reasoning: 'high' } }, ['answer'], 'auto'],
    ['without reasoning it is forced', { options: { reasoning: 'none' } }, ['answer'], { type: 'function', function: { name: 'answer' } }],
    ['a name that is taken', { tools: [{ ...lookUp, name: 'answer' }] }, ['answer', 'answer_'], 'required'],
  ];
  test.each(choices)('%s', async (_, more, tools, choice) => {
    const { request } = await answer(streamed([{ text: '{}' }], 'stop'), { schema: person, ...more });
    expect((request['tools'] as JsonObject[]).map((tool) => at(tool, 'function', 'name'))).toEqual(tools);
    expect(request['tool_choice']).toEqual(choice);
  });

  test('a call of another tool is one, and its answer is still to come', async () => {
    const { finish, content } = await answer(streamed([{ call: [0, 'look_up', '{}'] }]), { schema: person, tools: [lookUp] });
    expect(finish.stopReason).toBe('toolCalls');
    expect(content).toMatchObject([{ type: 'toolCall', name: 'look_up', args: {} }]);
  });

  test('text before the answer stays a part of its own; a second answer is left out', async () => {
    const pieces: Piece[] = [
      { text: 'Here it is.' },
      { call: [0, 'answer', '{"name":"A","age":1}'] },
      { call: [1, 'answer', '{"name":"B","age":2}'] },
    ];
    const { finish, content } = await answer(streamed(pieces), { schema: person });
    expect(content).toEqual([
      { type: 'text', text: 'Here it is.' },
      { type: 'text', text: '{"name":"A","age":1}' },
    ]);
    expect(finish.stopReason).toBe('end');
  });

  test('a model that answers in text all the same', async () => {
    const { finish, text } = await answer(streamed([{ text: '{"name":"A","age":1}' }], 'stop'), { schema: person });
    expect([text, finish.stopReason]).toEqual(['{"name":"A","age":1}', 'end']);
  });

  test('one that was cut off is not a whole answer', async () => {
    const { finish, text } = await answer(streamed(calls('{"name":"A'), 'length'), { schema: person });
    expect([text, finish.stopReason]).toEqual(['{"name":"A', 'length']);
  });

  test('a model with schemas of its own is given the schema', async () => {
    const { request } = await answer(streamed([{ text: '{"name":"A","age":1}' }], 'stop'), { schema: person }, { schema: true });
    expect(request).toMatchObject({ response_format: { type: 'json_schema', json_schema: { schema: person, strict: true } } });
    expect(request).not.toHaveProperty('tools');
  });
});

function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  return path.reduce<unknown>((inner, name) => (inner as Record<string | number, unknown> | undefined)?.[name], value) as Json | undefined;
}
