import { expect, test } from 'vitest';
import type { Message } from '../../protocol/index.ts';
import type { ModelEvent, ProviderCall } from '../../src/engine/ports.ts';
import { createEchoProvider, echoModels } from '../../src/providers/echo.ts';

const user = (content: Message['content']): Message => ({ role: 'user', content });

const outputs: { name: string; call: Partial<ProviderCall>; output: string }[] = [
  {
    name: 'a plain prompt, keys in order, two spaces of indent',
    call: { messages: [user('hello')], system: 'be kind' },
    output: '{\n  "prompt": "hello",\n  "system": "be kind",\n  "attachments": [],\n  "stream": false,\n  "previous": []\n}',
  },
  {
    name: 'non-ASCII is escaped, a character of two units as two escapes, and so is DEL',
    call: { messages: [user('é 東 🚀 \u007f "\\\n')] },
    output:
      '{\n  "prompt": "\\u00e9 \\u6771 \\ud83d\\ude80 \\u007f \\"\\\\\\n",\n  "system": "",\n  "attachments": [],\n  "stream": false,\n  "previous": []\n}',
  },
  { name: 'raw', call: { messages: [user(' {"raw": "this is é raw", "prompt": "no"}')] }, output: 'this is é raw' },
  {
    name: 'raw that is null is none',
    call: { messages: [user('{"raw": null, "prompt": "yes"}')] },
    output: '{\n  "prompt": "yes",\n  "system": "",\n  "attachments": [],\n  "stream": false,\n  "previous": []\n}',
  },
  {
    name: 'an object without prompt has an empty one',
    call: { messages: [user('{}')] },
    output: '{\n  "prompt": "",\n  "system": "",\n  "attachments": [],\n  "stream": false,\n  "previous": []\n}',
  },
  {
    name: 'what only begins like JSON is text',
    call: { messages: [user('{not json')] },
    output: '{\n  "prompt": "{not json",\n  "system": "",\n  "attachments": [],\n  "stream": false,\n  "previous": []\n}',
  },
  {
    name: 'earlier turns, an option',
    call: { messages: [user('one'), { role: 'assistant', content: 'x' }, user('two'), user('three')], options: { example_bool: false } },
    output:
      '{\n  "prompt": "three",\n  "system": "",\n  "attachments": [],\n  "stream": false,\n  "previous": [\n    {\n      "prompt": "one"\n    },\n' +
      '    {\n      "prompt": "two"\n    }\n  ],\n  "options": {\n    "example_bool": false\n  }\n}',
  },
  {
    name: 'results of tools',
    call: {
      messages: [
        { role: 'system', content: 'sys' },
        user('go'),
        { role: 'assistant', content: [{ type: 'toolCall', toolCallId: 'a', name: 'upper', args: {} }] },
        { role: 'tool', content: [{ type: 'toolResult', toolCallId: 'a', content: [{ type: 'text', text: 'GO' }] }] },
      ],
    },
    output:
      '{\n  "prompt": "",\n  "system": "sys",\n  "attachments": [],\n  "stream": false,\n  "previous": [\n    {\n      "prompt": "go"\n    }\n  ],\n' +
      '  "tool_results": [\n    {\n      "name": "upper",\n      "output": "GO",\n      "tool_call_id": "a"\n    }\n  ]\n}',
  },
  {
    name: 'attachments, with the ids of Python',
    call: {
      messages: [
        user([
          { type: 'text', text: 'see' },
          { type: 'attachment', mediaType: 'image/png', data: 'YWJj' },
          { type: 'attachment', url: 'https://example.com/a.png' },
        ]),
      ],
    },
    output:
      '{\n  "prompt": "see",\n  "system": "",\n  "attachments": [\n    {\n      "type": "image/png",\n      "path": null,\n      "url": null,\n' +
      '      "id": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"\n    },\n    {\n      "type": null,\n      "path": null,\n' +
      '      "url": "https://example.com/a.png",\n      "id": "4509d135b8dccac5ed703ec3d14f36262fee03820b04a7864208e32be92ebbd4"\n    }\n  ],\n  "stream": false,\n  "previous": []\n}',
  },
  {
    name: 'the key last',
    call: { model: echoModels[1]!, key: 'sk-1', messages: [user('hi')], options: { example_bool: true } },
    output:
      '{\n  "prompt": "hi",\n  "system": "",\n  "attachments": [],\n  "stream": false,\n  "previous": [],\n  "options": {\n    "example_bool": true\n  },\n  "key": "sk-1"\n}',
  },
  { name: 'raw without the key', call: { model: echoModels[1]!, key: 'sk-1', messages: [user('{"raw": "r"}')] }, output: 'r' },
];

test.each(outputs)('echo answers: $name', async ({ call, output }) => {
  const { text } = await run(call);
  expect(text).toBe(output);
});

test('a file is known by its content, which was read before', async () => {
  const attachment = { type: 'attachment' as const, path: '/tmp/a.gif', data: 'YWJj', mediaType: 'image/gif' };
  const { text } = await run({ messages: [user([attachment])] });
  expect(JSON.parse(text).attachments).toEqual([
    { type: 'image/gif', path: '/tmp/a.gif', url: null, id: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  ]);
});

test('streamed text comes in several pieces, with the same bytes, and says so', async () => {
  const { text, pieces } = await run({ stream: true, messages: [user('one  two\nthree ')] });
  expect(pieces.length).toBeGreaterThan(5);
  expect(JSON.parse(text)).toEqual({ prompt: 'one  two\nthree ', system: '', attachments: [], stream: true, previous: [] });
  const long = await run({ stream: true, messages: [user(JSON.stringify({ raw: '  w ö '.repeat(5000) }))] });
  expect(long.text).toBe('  w ö '.repeat(5000));
  expect(long.pieces.length).toBeLessThanOrEqual(256);
});

test('usage counts words of the prompt as sent and of the output', async () => {
  const { finish, events } = await run({ messages: [user('{"raw": "a b  c\\nd", "x": 1}')] });
  expect(finish).toEqual({ stopReason: 'end', usage: { inputTokens: 6, outputTokens: 4 } });
  expect(events.at(-1)).toEqual({ type: 'usage', usage: { inputTokens: 6, outputTokens: 4 } });
});

test('thinking: two reasoning chunks first', async () => {
  const { events } = await run({ stream: true, options: { thinking: true }, messages: [user('{"raw": "r"}')] });
  expect(events).toEqual([
    { type: 'part', part: 0, kind: 'reasoning' },
    { type: 'reasoning', part: 0, text: 'First I consider the prompt, ' },
    { type: 'reasoning', part: 0, text: 'then I decide what to say.' },
    { type: 'partEnd', part: 0 },
    { type: 'part', part: 1, kind: 'text' },
    { type: 'text', part: 1, text: 'r' },
    { type: 'partEnd', part: 1 },
    { type: 'usage', usage: { inputTokens: 2, outputTokens: 1 } },
  ]);
});

test('tool calls as asked, each with an id of its own', async () => {
  const prompt = '{"prompt": "p", "tool_calls": [{"name": "example", "arguments": {"input": "é"}}, {"name": "hello"}]}';
  const { events, finish, text } = await run({ messages: [user(prompt)] });
  const ends = events.flatMap((event) => (event.type === 'partEnd' && event.content?.type === 'toolCall' ? [event.content] : []));
  expect(ends).toMatchObject([
    { name: 'example', args: { input: 'é' } },
    { name: 'hello', args: {} },
  ]);
  expect(new Set(ends.map((part) => part.toolCallId)).size).toBe(2);
  expect(finish.stopReason).toBe('toolCalls');
  expect(JSON.parse(text)).toMatchObject({ prompt: 'p' });
});

const refusals = [
  { name: 'a schema', call: { schema: { type: 'object' } }, kind: 'unsupportedFeature', message: /^echo does not support schemas/ },
  { name: 'no key', call: { model: echoModels[1]! }, kind: 'keyMissing', message: /LLM_ECHO_NEEDS_KEY_KEY/ },
  { name: 'a nameless tool call', call: { messages: [user('{"tool_calls": [{}]}')] }, kind: 'invalidParams', message: /name/ },
];

test.each(refusals)('echo refuses $name', async ({ call, kind, message }) => {
  await expect(run(call)).rejects.toMatchObject({ kind, message: expect.stringMatching(message) });
});

test('an abort ends it with the reason', async () => {
  const controller = new AbortController();
  const seen: ModelEvent[] = [];
  const call = { ...plain, stream: true, messages: [user('a b c d e f')], signal: controller.signal };
  const answer = createEchoProvider().prompt(call, (event) => {
    seen.push(event);
    if (seen.length === 3) controller.abort('enough');
  });
  await expect(answer).rejects.toBe('enough');
  expect(seen.length).toBe(3);
});

const plain: ProviderCall = {
  model: echoModels[0]!,
  key: null,
  system: undefined,
  messages: [user('hi')],
  options: {},
  schema: undefined,
  tools: [],
  toolChoice: undefined,
  stream: false,
  signal: new AbortController().signal,
};

async function run(call: Partial<ProviderCall>) {
  const events: ModelEvent[] = [];
  const finish = await createEchoProvider().prompt({ ...plain, ...call }, (event) => events.push(event));
  const pieces = events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
  return { events, finish, pieces, text: pieces.join('') };
}
