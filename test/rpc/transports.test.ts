import { expect, test } from 'vitest';
import { openTransport, readTransport } from '../../src/rpc/transports.ts';

test.each([
  [[], { kind: 'stdio' }],
  [['--stdio'], { kind: 'stdio' }],
  [['serve', '--stdio', '--framing=ndjson'], { kind: 'stdio' }],
  [['--pipe=/tmp/a=b.sock'], { kind: 'pipe', name: '/tmp/a=b.sock' }],
  [['--pipe', '\\\\.\\pipe\\host'], { kind: 'pipe', name: '\\\\.\\pipe\\host' }],
  [['--socket=5007'], { kind: 'socket', port: 5007 }],
  [['--socket', '5007'], { kind: 'socket', port: 5007 }],
])('%j', (words, transport) => expect(readTransport(words)).toEqual(transport));

test.each([
  [['--pipe'], '--pipe needs the name of a pipe or Unix socket: --pipe=/tmp/host.sock'],
  [['--pipe='], '--pipe needs the name of a pipe or Unix socket: --pipe=/tmp/host.sock'],
  [['--socket'], '--socket needs a port of 127.0.0.1: --socket=5007'],
  [['--socket=0'], '--socket needs a port of 127.0.0.1: --socket=5007'],
  [['--socket=65536'], '--socket needs a port of 127.0.0.1: --socket=5007'],
  [['--socket=1e3'], '--socket needs a port of 127.0.0.1: --socket=5007'],
  [['--stdio', '--socket=5007'], 'Give one of --stdio, --pipe=NAME and --socket=PORT.'],
])('%j is refused', (words, message) => expect(() => readTransport(words)).toThrow(message));

test('nobody listens', async () => {
  await expect(openTransport({ kind: 'pipe', name: '/nonexistent/host.sock' })).rejects.toMatchObject({
    kind: 'invalidParams',
    message: 'Cannot connect to /nonexistent/host.sock (ENOENT). The host has to listen there first.',
  });
});
