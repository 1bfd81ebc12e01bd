import { describe, expect, test } from 'vitest';
import { serveInProcess } from '../support/inProcess.ts';
import type { RawMessage } from '../support/rawHost.ts';

const invalidId = '"id" must be a string or an integer within ±(2^53 − 1).';
const noMethod = 'A request or notification must have "method", a string.';
const noVersion = 'A message must have "jsonrpc": "2.0".';
const paramsShape = '"params" must be an object; leave it out when there are none.';

/** What the host sends → the whole reply: id, code, kind, message, and what else `data` holds. */
const refused: [sent: unknown, id: unknown, code: number, kind: string, message: string, more?: object][] = [
  [5, null, -32600, 'invalidRequest', 'A message must be a JSON object.'],
  ['x', null, -32600, 'invalidRequest', 'A message must be a JSON object.'],
  [null, null, -32600, 'invalidRequest', 'A message must be a JSON object.'],
  [[], null, -32600, 'batchNotSupported', 'Batches are not supported. Send each message on its own; requests run in parallel anyway.'],
  [
    [
      { jsonrpc: '2.0', id: 1, method: 'echo' },
      { jsonrpc: '2.0', id: 2, method: 'echo' },
    ],
    null,
    -32600,
    'batchNotSupported',
    'Batches are not supported. Send each message on its own; requests run in parallel anyway.',
  ],
  [{}, null, -32600, 'invalidRequest', noVersion],
  [{ id: 7, method: 'echo' }, 7, -32600, 'invalidRequest', noVersion],
  [{ jsonrpc: '1.0', id: 'a', method: 'echo' }, 'a', -32600, 'invalidRequest', noVersion],
  [{ jsonrpc: 2, method: 'note', params: { text: 'x' } }, null, -32600, 'invalidRequest', noVersion],
  [{ jsonrpc: '2.0' }, null, -32600, 'invalidRequest', noMethod],
  [{ jsonrpc: '2.0', id: 7 }, 7, -32600, 'invalidRequest', noMethod],
  [{ jsonrpc: '2.0', id: 7, method: 5 }, 7, -32600, 'invalidRequest', noMethod],
  [{ jsonrpc: '2.0', id: 7, method: null }, 7, -32600, 'invalidRequest', noMethod],
  [{ jsonrpc: '2.0', id: null, method: 'echo' }, null, -32600, 'invalidRequest', invalidId],
  [{ jsonrpc: '2.0', id: 1.5, method: 'echo' }, null, -32600, 'invalidRequest', invalidId],
  [{ jsonrpc: '2.0', id: 9007199254740992, method: 'echo' }, null, -32600, 'invalidRequest', invalidId],
  [{ jsonrpc: '2.0', id: true, method: 'echo' }, null, -32600, 'invalidRequest', invalidId],
  [{ jsonrpc: '2.0', id: {}, method: 'echo' }, null, -32600, 'invalidRequest', invalidId],
  [{ jsonrpc: '2.0', id: [1], method: 'echo' }, null, -32600, 'invalidRequest', invalidId],
  [
    { jsonrpc: '2.0', id: 7, method: 'echo', params: [1] },
    7,
    -32602,
    'invalidParams',
    `Invalid params of echo: ${paramsShape}`,
    { issues: [{ path: '', message: 'expected an object' }] },
  ],
  [
    { jsonrpc: '2.0', id: 7, method: 'echo', params: 'x' },
    7,
    -32602,
    'invalidParams',
    `Invalid params of echo: ${paramsShape}`,
    { issues: [{ path: '', message: 'expected an object' }] },
  ],
  [
    { jsonrpc: '2.0', id: 7, method: 'echo', params: false },
    7,
    -32602,
    'invalidParams',
    `Invalid params of echo: ${paramsShape}`,
    { issues: [{ path: '', message: 'expected an object' }] },
  ],
  [
    { jsonrpc: '2.0', id: 7, method: 'echo', params: { text: 5 } },
    7,
    -32602,
    'invalidParams',
    'Invalid params of echo: text: Invalid input: expected string, received number',
    { issues: [{ path: 'text', message: 'Invalid input: expected string, received number' }] },
  ],
  [
    { jsonrpc: '2.0', id: 7, method: 'sum' },
    7,
    -32602,
    'invalidParams',
    'Invalid params of sum: items: Invalid input: expected string, received undefined',
    { issues: [{ path: 'items', message: 'Invalid input: expected string, received undefined' }] },
  ],
  [
    { jsonrpc: '2.0', id: 7, method: 'parts', params: { list: ['a', { type: 'text', text: 5 }, 6] } },
    7,
    -32602,
    'invalidParams',
    'Invalid params of parts: list.1.text: Invalid input: expected string, received number',
    {
      issues: [
        { path: 'list.1.text', message: 'Invalid input: expected string, received number' },
        { path: 'list.2', message: 'Invalid input' },
      ],
    },
  ],
  ...['nope', 'constructor', '__proto__', 'toString', ''].map((method): [unknown, unknown, number, string, string] => [
    { jsonrpc: '2.0', id: 7, method },
    7,
    -32601,
    'methodNotFound',
    `There is no method "${method}". Known: echo, parts, nothing, sum, fail, boom, throwText, notJson, wait, waitForResult, waitForMess, hold, emit, ask.`,
  ]),
];

describe.each(['content-length', 'ndjson'] as const)('%s', (hostFraming) => {
  test.each(refused)('%j is refused, and the next request is answered', async (sent, id, code, kind, message, more = {}) => {
    const { host } = serveInProcess({ hostFraming });
    // The first byte of a batch or a number does not tell the framing.
    const first = await host.request('echo', { text: 'first' }, 'first');
    host.send(sent);
    const reply = await host.next();
    expect(first.result).toEqual({ text: 'first' });
    expect(reply).toEqual({ jsonrpc: '2.0', id, error: { code, message, data: { kind, retryable: false, ...more } } });
    expect(await host.request('echo', { text: 'after' }, 'after')).toEqual({ jsonrpc: '2.0', id: 'after', result: { text: 'after' } });
    expect(host.messages).toHaveLength(3);
  });

  test.each<[sent: unknown, logged: string[]]>([
    [{ jsonrpc: '2.0', method: 'unknown', params: { x: 1 } }, []],
    [{ jsonrpc: '2.0', method: '_own', params: {} }, []],
    [{ jsonrpc: '2.0', method: '$/progress', params: { token: 1, value: 2 } }, []],
    [{ jsonrpc: '2.0', method: '$/progress', params: {} }, []],
    [
      { jsonrpc: '2.0', method: 'note', params: { text: 5 } },
      ['ignored: note: Invalid params of note: text: Invalid input: expected string, received number'],
    ],
    [
      { jsonrpc: '2.0', method: 'note' },
      ['ignored: note: Invalid params of note: text: Invalid input: expected string, received undefined'],
    ],
    [{ jsonrpc: '2.0', method: 'note', params: ['text'] }, ['ignored: notification note whose params are not an object']],
    [{ jsonrpc: '2.0', method: 'note\nnote', params: ['text'] }, ['ignored: notification note\\nnote whose params are not an object']],
    [{ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 99 } }, []],
    [{ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: null } }, ['ignored: $/cancelRequest without an id']],
    [{ jsonrpc: '2.0', method: '$/cancelRequest' }, ['ignored: $/cancelRequest without an id']],
    [{ jsonrpc: '2.0', id: 99, result: 1 }, []],
    [{ jsonrpc: '2.0', id: '0', error: { code: 1, message: 'x' } }, []],
    [
      { jsonrpc: '2.0', id: null, error: { code: 1, message: 'x' } },
      ['ignored: an error without an id: the host could not read a message of ours'],
    ],
    [{ id: 1, result: 1 }, ['ignored: a response without "jsonrpc": "2.0"']],
    [{ result: 1 }, ['ignored: a response without "jsonrpc": "2.0"']],
  ])('%j is ignored', async (sent, expected) => {
    const { host, logged, table } = serveInProcess({ hostFraming });
    await host.request('nothing');
    host.send(sent);
    await host.request('nothing');
    expect(host.messages).toHaveLength(2);
    expect(logged).toEqual(expected);
    expect(table.seen).toEqual([]);
  });

  test('a member that is not known is ignored', async () => {
    const { host } = serveInProcess({ hostFraming });
    host.send({ jsonrpc: '2.0', id: 1, method: 'sum', params: { items: 'abc', other: 1 }, extra: true });
    expect(await host.next()).toEqual({ jsonrpc: '2.0', id: 1, result: 3 });
  });
});

test('a bad line is answered and the next one is served', async () => {
  const { host } = serveInProcess();
  host.sendRaw('{"jsonrpc":"2.0","id":1,"method":"nothing"}\n{"jsonrpc":\n{"jsonrpc":"2.0","id":2,"method":"nothing"}\n');
  await host.next(({ id }) => id === 2);
  expect(byId(host.messages, null)).toEqual([
    {
      jsonrpc: '2.0',
      id: null,
      error: { code: -32700, message: 'A line is not valid JSON.', data: { kind: 'parseError', retryable: false } },
    },
  ]);
  expect(byId(host.messages, 1)).toEqual([{ jsonrpc: '2.0', id: 1, result: null }]);
});

test('a bad Content-Length body is answered, and the connection ends', async () => {
  const { host, closeReasons, logged } = serveInProcess({ hostFraming: 'content-length' });
  host.sendRaw('Content-Length: 3\r\n\r\n{x}Content-Length: 46\r\n\r\n{"jsonrpc":"2.0","id":2,"method":"nothing"}   ');
  await host.closed;
  expect(host.messages).toEqual([
    {
      jsonrpc: '2.0',
      id: null,
      error: { code: -32700, message: 'A message is not valid JSON (at character 1).', data: { kind: 'parseError', retryable: false } },
    },
  ]);
  expect(closeReasons).toEqual(['framingError']);
  expect(logged).toEqual(['parseError: A message is not valid JSON (at character 1).']);
});

test('a host that speaks no framing at all gets nothing but the end', async () => {
  const { host, closeReasons, logged } = serveInProcess();
  host.sendRaw('GET / HTTP/1.1\r\n\r\n');
  await host.closed;
  expect(host.messages).toEqual([]);
  expect(closeReasons).toEqual(['framingError']);
  expect(logged).toEqual([
    'framingError: The input begins with byte 0x47. Expected "Content-Length: …" or a line of JSON that begins with "{".',
  ]);
});

test.each(['content-length', 'ndjson'] as const)(
  '%s: a message above the limit is refused and the next one is served',
  async (hostFraming) => {
    const { host } = serveInProcess({ hostFraming, maxMessageBytes: 1000 });
    await host.request('nothing');
    void host.request('echo', { text: 'x'.repeat(5000) }, 'large').catch(() => {});
    expect((await host.request('echo', { text: 'small' })).result).toEqual({ text: 'small' });
    expect(byId(host.messages, null).map(({ error }) => [error.code, error.data])).toEqual([
      [-31006, { kind: 'messageTooLarge', retryable: false, limit: 1000 }],
    ]);
    expect(byId(host.messages, 'large')).toEqual([]);
    host.endInput();
  },
);

function byId(messages: readonly RawMessage[], id: unknown): RawMessage[] {
  return messages.filter((message) => message.id === id);
}
