import { expect, test } from 'vitest';
import { clientNotifications, clientRequests, serverNotifications, serverRequests } from '../../protocol/messages.ts';

// What hosts were written against. A line is added for a new message; none is changed or removed within a protocol version.
test.each([
  [
    'requests of the client',
    clientRequests,
    [
      'config/read',
      'conversation/delete',
      'conversation/list',
      'conversation/read',
      'history/list',
      'history/read',
      'hook/register',
      'hook/unregister',
      'initialize',
      'llm/embed',
      'llm/explain',
      'llm/groupClose',
      'llm/groupOpen',
      'llm/models',
      'llm/prompt',
      'llm/purposes',
      'ping',
      'rpc.discover',
      'secret/delete',
      'secret/list',
      'secret/set',
      'shutdown',
      'usage/summary',
    ],
  ],
  ['notifications of the client', clientNotifications, ['$/cancelRequest', '$/setTrace', 'exit', 'llm/ack']],
  [
    'requests of the server',
    serverRequests,
    [
      'hook/defaultModel',
      'hook/filterModels',
      'hook/groupExit',
      'hook/promptEnd',
      'hook/promptStart',
      'ping',
      'secret/resolve',
      'tool/call',
    ],
  ],
  [
    'notifications of the server',
    serverNotifications,
    ['$/cancelRequest', '$/logTrace', 'config/diagnostics', 'llm/delta', 'llm/modelsChanged'],
  ],
])('%s', (_, table, methods) => {
  expect(Object.keys(table).toSorted()).toEqual(methods);
  expect(
    Object.values(table)
      .map(({ method }) => method)
      .toSorted(),
  ).toEqual(methods);
});
