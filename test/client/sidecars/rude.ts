import { listenPolitely, promptResult, send } from './speak.ts';

// What nobody may send, and no host may fall over.
listenPolitely(({ id, method, params }) => {
  if (method !== 'llm/prompt') return;
  for (const message of [
    null,
    1,
    'text',
    [],
    {},
    { method: '$/cancelRequest' },
    { method: 'llm/delta' },
    { method: 'llm/delta', params: null },
    { method: '_x', params: {} },
    { id: null, error: { code: 1, message: 'm' } },
    { id: 999, result: 1 },
    { id: 'nobody' },
  ]) {
    const body = JSON.stringify(
      message !== null && typeof message === 'object' && !Array.isArray(message) ? { jsonrpc: '2.0', ...message } : message,
    );
    process.stdout.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  }
  send({ id: 'unknown', method: 'tool/unheardOf', params: {} });
  send({ id: 'ping', method: 'ping', params: {} });
  send({ id, result: promptResult(params!.promptId, { text: 'still here' }) });
});
