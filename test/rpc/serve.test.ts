import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/lib/failure.ts';
import type { TraceEvent } from '../../src/rpc/trace.ts';
import { serveInProcess } from '../support/inProcess.ts';

const cancelled = { code: -32800, message: 'The request was cancelled.', data: { kind: 'cancelled', retryable: false } };
const gaveUp = {
  code: -32802,
  message: 'The sidecar gave the request up because it is shutting down or has lost its host.',
  data: { kind: 'serverCancelled', retryable: true },
};

describe('answers', () => {
  test('use the framing that the host speaks', async () => {
    for (const hostFraming of ['ndjson', 'content-length'] as const) {
      const { host, served } = serveInProcess({ hostFraming });
      expect(served.framing).toBe(null);
      expect(await host.request('echo', { text: 'é€𝄞\u2028' })).toEqual({ jsonrpc: '2.0', id: 1, result: { text: 'é€𝄞\u2028' } });
      expect(served.framing).toBe(hostFraming);
    }
  });

  test.each(['one', { random: 1 }, { random: 2 }] as const)('come however the bytes are cut: %j', async (chunking) => {
    for (const hostFraming of ['ndjson', 'content-length'] as const) {
      const { host } = serveInProcess({ hostFraming, chunking });
      const replies = await Promise.all(['a', 'é', '€', '𝄞'].map((text) => host.request('echo', { text })));
      expect(replies.map(({ result }) => result.text)).toEqual(['a', 'é', '€', '𝄞']);
    }
  });

  test('undefined is null, and ids come back as they were', async () => {
    const { host } = serveInProcess();
    for (const id of [0, -1, 9007199254740991, '', 'é', '1'])
      expect(await host.request('nothing', undefined, id)).toEqual({ jsonrpc: '2.0', id, result: null });
  });

  test('handlers start in the order of arrival and finish in any', async () => {
    const { host } = serveInProcess();
    const first = host.request('hold', { name: 'a' }, 1);
    const second = host.request('hold', { name: 'b' }, 2);
    host.notify('release', { name: 'b' });
    expect((await second).result).toBe('b');
    host.notify('release', { name: 'a' });
    expect((await first).result).toBe('a');
    expect(host.messages.map(({ id }) => id)).toEqual([2, 1]);
  });

  test.each([true, false])('come after every notification that was sent before them (awaited: %s)', async (awaited) => {
    const { host } = serveInProcess();
    await host.request('emit', { count: 100, bytes: 2000, awaited });
    expect(host.messages.map(({ params, id }) => params?.number ?? `answer ${id}`)).toEqual([...Array(100).keys(), 'answer 1']);
  });

  test('a failure crosses the wire as it is', async () => {
    const { host } = serveInProcess();
    const detail = { provider: { name: 'p', status: 529 }, retryAfterMs: 5, retryable: false };
    expect((await host.request('fail', { kind: 'rateLimited', message: 'Wait.', detail })).error).toEqual({
      code: -31022,
      message: 'Wait.',
      data: { kind: 'rateLimited', retryable: false, provider: { name: 'p', status: 529 }, retryAfterMs: 5 },
    });
  });

  test.each([
    ['boom', 'TypeError: Headers.append: "…" is an invalid header value.', 'caused by\nError: deep `…`'],
    ['throwText', 'a thrown string', ''],
    ['notJson', 'TypeError: Do not know how to serialize a BigInt', ''],
  ])('%s is an internal error whose text stays on stderr, without what it quotes', async (method, ...details) => {
    const { host, logged } = serveInProcess();
    const { error } = await host.request(method);
    const { errorId, ...data } = error.data;
    expect(data).toEqual({ kind: 'internalError', retryable: false });
    expect(error.code).toBe(-32603);
    expect(error.message).toBe(`Internal error ${errorId}. The details are on the sidecar's stderr under this id.`);
    expect(logged).toHaveLength(1);
    for (const part of [errorId, ...details]) expect(logged[0]).toContain(part);
    expect(logged[0]).not.toContain('sk-secret');
    expect(JSON.stringify(host.messages)).not.toContain('sk-secret');
  });

  test('a notification handler that throws hurts nobody', async () => {
    const { host, logged } = serveInProcess();
    host.notify('crash');
    host.notify('note', { text: 'next' });
    expect((await host.request('nothing')).result).toBe(null);
    expect(logged).toHaveLength(2);
    expect(logged.join()).not.toContain('sk-secret');
  });

  test('a request that is not admitted is answered so, known or not', async () => {
    const { host } = serveInProcess({
      admit: (method) => (method === 'echo' ? null : new Failure('notInitialized', 'Send initialize first.')),
    });
    for (const method of ['nothing', 'unknown'])
      expect((await host.request(method)).error).toEqual({
        code: -32002,
        message: 'Send initialize first.',
        data: { kind: 'notInitialized', retryable: false },
      });
    expect((await host.request('echo')).result).toEqual({});
  });

  test('trace tells names and sizes', async () => {
    const events: TraceEvent[] = [];
    const { host } = serveInProcess({ trace: (event) => void events.push(event) });
    await host.request('emit', { count: 1 });
    host.notify('note', { text: 'secret' });
    await host.request('nothing');
    expect(events).toEqual([
      { direction: 'in', method: 'emit', id: 1, bytes: 61 },
      { direction: 'out', method: 'tick', id: null, bytes: 65 },
      { direction: 'out', method: null, id: 1, bytes: 44 },
      { direction: 'in', method: 'note', id: null, bytes: 60 },
      { direction: 'in', method: 'nothing', id: 2, bytes: 43 },
      { direction: 'out', method: null, id: 2, bytes: 38 },
    ]);
  });
});

describe('ids in flight', () => {
  test('are unique, 1 and "1" being the same, and free again after the answer', async () => {
    const { host } = serveInProcess();
    host.send({ jsonrpc: '2.0', id: 1, method: 'hold', params: { name: 'a' } });
    for (const id of [1, '1']) {
      host.send({ jsonrpc: '2.0', id, method: 'nothing' });
      expect(await host.next(({ error }) => error !== undefined)).toEqual({
        jsonrpc: '2.0',
        id,
        error: {
          code: -32600,
          message: `A request with the id ${JSON.stringify(id)} is still running. Ids are unique among the requests in flight; 1 and "1" are the same.`,
          data: { kind: 'duplicateId', retryable: false },
        },
      });
    }
    host.notify('release', { name: 'a' });
    expect(await host.next()).toEqual({ jsonrpc: '2.0', id: 1, result: 'a' });
    expect((await host.request('nothing', {}, '1')).result).toBe(null);
  });

  test('a duplicate in the same chunk does not replace the first', async () => {
    const { host } = serveInProcess();
    host.sendRaw(
      '{"jsonrpc":"2.0","id":5,"method":"sum","params":{"items":"ab"}}\n{"jsonrpc":"2.0","id":5,"method":"sum","params":{"items":"abc"}}\n',
    );
    await host.next(({ result }) => result !== undefined);
    await host.request('nothing');
    expect(host.messages.map(({ id, result, error }) => [id, result ?? error?.data.kind])).toEqual([
      [5, 'duplicateId'],
      [5, 2],
      [1, undefined],
    ]);
  });
});

describe('cancel', () => {
  test('aborts the handler, and the request is answered', async () => {
    const { host, table } = serveInProcess();
    const waiting = host.request('wait', {}, 'w');
    await host.request('nothing');
    expect(table.seen).toEqual(['wait "w" running']);
    host.notify('$/cancelRequest', { id: 'w' });
    expect((await waiting).error).toEqual(cancelled);
    expect(table.seen).toEqual(['wait "w" running', 'wait "w" over']);
  });

  test('before the handler starts: it starts aborted and decides', async () => {
    const { host, table } = serveInProcess();
    const lines = [
      { jsonrpc: '2.0', id: 1, method: 'wait' },
      { jsonrpc: '2.0', id: 2, method: 'waitForResult' },
      { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 1 } },
      { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 2 } },
    ];
    host.sendRaw(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect((await host.next(({ id }) => id === 1)).error).toEqual(cancelled);
    expect((await host.next(({ id }) => id === 2)).result).toEqual({
      stopReason: 'cancelled',
      abortedBeforeStart: true,
      reason: 'AbortError',
    });
    expect(table.seen).toEqual(['wait 1 aborted', 'wait 1 over']);
  });

  test('the handler may answer with a result all the same', async () => {
    const { host } = serveInProcess();
    const waiting = host.request('waitForResult', {}, 1);
    await host.request('nothing', {}, 2);
    host.notify('$/cancelRequest', { id: 1 });
    expect((await waiting).result).toEqual({ stopReason: 'cancelled', abortedBeforeStart: false, reason: 'AbortError' });
  });

  test('whatever a library throws after an abort is a cancellation', async () => {
    const { host, logged } = serveInProcess();
    const waiting = host.request('waitForMess', {}, 1);
    host.notify('$/cancelRequest', { id: 1 });
    expect((await waiting).error).toEqual(cancelled);
    expect(logged).toEqual([]);
  });

  test('twice, of a finished and of an unknown id does nothing', async () => {
    const { host } = serveInProcess();
    const waiting = host.request('wait', {}, 1);
    for (const id of [1, 1, 99, 'x']) host.notify('$/cancelRequest', { id });
    await waiting;
    for (const id of [1, 99]) host.notify('$/cancelRequest', { id });
    // The same id again: an old cancel must not reach it.
    const again = host.request('hold', { name: 'a' }, 1);
    host.notify('release', { name: 'a' });
    expect((await again).result).toBe('a');
    expect(host.messages).toHaveLength(2);
  });

  test('abortAll gives up all but one', async () => {
    const { host, served } = serveInProcess();
    const first = host.request('wait', {}, 1);
    const second = host.request('waitForResult', {}, '2');
    const spared = host.request('hold', { name: 'a' }, 3);
    await host.request('nothing', {}, 4);
    expect(served.inFlight).toBe(3);
    served.abortAll(3);
    expect((await first).error).toEqual(gaveUp);
    expect((await second).result.stopReason).toBe('cancelled');
    host.notify('release', { name: 'a' });
    expect((await spared).result).toBe('a');
    await served.idle();
    expect(served.inFlight).toBe(0);
  });
});

describe('our own requests', () => {
  test('have ids from 0 on, and get their answers', async () => {
    const { host } = serveInProcess();
    for (const id of [0, 1]) {
      const asked = host.request('ask', { method: 'host/name', params: { x: 1 } });
      const question = await host.next(({ method }) => method === 'host/name');
      expect(question).toEqual({ jsonrpc: '2.0', id, method: 'host/name', params: { x: 1 } });
      host.answer(99, 'to nobody');
      host.answer(id, { name: 'h' });
      expect((await asked).result).toEqual({ answer: { name: 'h' } });
      host.answer(id, 'again');
    }
  });

  test('an error answer keeps code and data', async () => {
    const { host } = serveInProcess();
    const asked = host.request('ask', { method: 'host/name' });
    await host.next(({ method }) => method === 'host/name');
    host.send({ jsonrpc: '2.0', id: 0, error: { code: -31040, message: 'No.', data: { kind: 'hookRejected' } } });
    expect((await asked).result).toEqual({ failed: 'PeerError', code: -31040, data: { kind: 'hookRejected' } });
  });

  test('an answer that comes twice at once counts once, and the end of the input is still seen', async () => {
    const { host, logged, closeReasons } = serveInProcess();
    const asked = host.request('ask', { method: 'host/name' });
    const { id } = await host.next(({ method }) => method === 'host/name');
    const answer = (name: string): string => `${JSON.stringify({ jsonrpc: '2.0', id, result: { name } })}\n`;
    host.sendRaw(answer('first') + answer('second'));
    expect((await asked).result).toEqual({ answer: { name: 'first' } });
    expect(logged).toEqual([`ignored: a second answer to ${id}`]);
    host.endInput();
    await host.closed;
    expect(closeReasons).toEqual(['inputEnded']);
  });

  test('are cancelled with what caused them, and the answer is waited for', async () => {
    const { host } = serveInProcess();
    const asked = host.request('ask', { method: 'host/slow' }, 'a');
    await host.next(({ method }) => method === 'host/slow');
    host.notify('$/cancelRequest', { id: 'a' });
    expect(await host.next(({ method }) => method === '$/cancelRequest')).toEqual({
      jsonrpc: '2.0',
      method: '$/cancelRequest',
      params: { id: 0 },
    });
    host.answer(0, 'late');
    expect((await asked).result).toEqual({ answer: 'late' });
  });

  test('a host that never answers a cancel is given up after a second', async () => {
    const { host } = serveInProcess();
    const asked = host.request('ask', { method: 'host/slow' }, 'a');
    await host.next(({ method }) => method === 'host/slow');
    host.notify('$/cancelRequest', { id: 'a' });
    expect((await asked).result).toMatchObject({ failed: 'AbortError' });
  });

  test('are not sent when their signal is aborted already', async () => {
    const { host } = serveInProcess();
    const asked = host.request('ask', { method: 'host/name' }, 'a');
    host.notify('$/cancelRequest', { id: 'a' });
    expect((await asked).result).toMatchObject({ failed: 'AbortError' });
    expect(host.messages).toHaveLength(1);
  });
});

describe('the end', () => {
  test('of the input: what has arrived is dispatched, the rest is aborted and answered, then the output ends', async () => {
    const { host, closeReasons, table } = serveInProcess();
    const lines = [
      { jsonrpc: '2.0', id: 1, method: 'wait' },
      { jsonrpc: '2.0', id: 2, method: 'ask', params: { method: 'host/name' } },
      { jsonrpc: '2.0', id: 3, method: 'sum', params: { items: 'abc' } },
    ];
    host.sendRaw(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    host.endInput();
    await host.closed;
    expect(closeReasons).toEqual(['inputEnded']);
    expect(host.messages.map(({ id, method, result, error }) => [id, method ?? result ?? error.data.kind])).toEqual([
      [3, 3],
      [2, { failed: 'Failure', kind: 'serverCancelled' }],
      [1, 'serverCancelled'],
    ]);
    expect(table.seen).toEqual(['wait 1 running', 'ask Failure serverCancelled', 'wait 1 over']);
  });

  test('of the output: everything is aborted, nothing is written, nothing throws', async () => {
    const { host, closeReasons, table, wire, served } = serveInProcess();
    void host.request('wait').catch(() => {});
    void host.request('ask', { method: 'host/name' }).catch(() => {});
    await host.request('nothing');
    const received = host.messages.length;
    wire.output.destroy();
    await served.idle();
    expect(closeReasons).toEqual(['outputClosed']);
    expect(table.seen).toEqual(['wait 1 running', 'wait 1 over', 'ask AbortError']);
    await served.peer.notify('tick', {});
    await expect(served.peer.request('host/name', {})).rejects.toMatchObject({ kind: 'serverCancelled' });
    expect(host.messages).toHaveLength(received);
  });

  test('by close: the same, once', async () => {
    const { host, closeReasons, table, wire, served } = serveInProcess();
    void host.request('wait').catch(() => {});
    await host.request('nothing');
    const received = host.messages.length;
    served.close();
    served.close();
    await served.idle();
    expect(closeReasons).toEqual(['closed']);
    expect(table.seen).toEqual(['wait 1 running', 'wait 1 over']);
    wire.input.write('{"jsonrpc":"2.0","id":9,"method":"nothing"}\n');
    await setImmediate();
    await setImmediate();
    expect(host.messages).toHaveLength(received);
    wire.output.end();
  });

  test('an error of either stream is an end like any other', async () => {
    for (const [side, reason] of [
      ['input', 'inputEnded'],
      ['output', 'outputClosed'],
    ] as const) {
      const { host, closeReasons, wire, served, table } = serveInProcess();
      void host.request('wait').catch(() => {});
      await host.request('nothing');
      wire[side].destroy(new Error('ECONNRESET'));
      await expect.poll(() => closeReasons).toEqual([reason]);
      await served.idle();
      expect(table.seen).toEqual(['wait 1 running', 'wait 1 over']);
    }
  });

  test('a request before the end of a failing framing is still answered', async () => {
    const { host, closeReasons } = serveInProcess({ hostFraming: 'content-length' });
    const reply = host.request('nothing');
    host.sendRaw('garbage\r\n\r\n');
    expect((await reply).result).toBe(null);
    await host.closed;
    expect(closeReasons).toEqual(['framingError']);
  });
});

test('a host that stops reading does not fill the memory', async () => {
  const { host } = serveInProcess();
  await host.request('nothing');
  host.pause();
  const emitted = host.request('emit', { count: 3000, bytes: 1000 });
  await setImmediate();
  for (let turn = 0; turn < 2000; turn += 1) await setImmediate();
  expect(host.messages).toHaveLength(1);
  host.resume();
  expect((await emitted).result.most).toBeLessThan(200_000);
  expect(host.messages.filter(({ method }) => method === 'tick').map(({ params }) => params.number)).toEqual([...Array(3000).keys()]);
});
