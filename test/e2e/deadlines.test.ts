import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Answer } from '../providers/support/upstream.ts';
import { startReady } from '../support/sidecar.ts';
import { begins, deltasOf, says, servers } from './support/chat.ts';

const silent: Answer = { headers: { 'content-type': 'text/event-stream' }, ends: 'stalled' };
const onlySignsOfLife: Answer = { ...silent, body: [': still here\n\n'] };
const ask = { model: 'one-model', prompt: 'Hi', promptId: 'p', stream: {} };

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('connect_ms', () => {
  /** It takes connections, but says nothing, so that none becomes encrypted. */
  const server = createServer((socket) => void socket.on('error', () => {}));
  let port: number;
  beforeAll(async () => void (port = await listen(server)));
  afterAll(() => void server.close());

  test('it is a lost connection, tried again, and the error says which key to raise', async () => {
    const config = `${servers({ one: `https://127.0.0.1:${port}/v1` })}timeouts: {connect_ms: 200}\nlimits: {retries: 1}\n`;
    await using sidecar = await startReady({ config });
    const { error } = await sidecar.host.request('llm/prompt', ask);
    expect(error).toMatchObject({
      message:
        'There was no connection to one within 200 ms. Check base_url and the network. Raise timeouts.connect_ms in the configuration if it is slow.',
      data: {
        kind: 'providerTimeout',
        retryable: true,
        provider: { name: 'one' },
        limit: { deadline: 'connect', ms: 200 },
        partial: { content: [], cost: { usd: '0' } },
      },
    });
    // Not counted at the server: a busy machine may give up before the connection is there.
    expect(deltasOf(sidecar.host.messages).filter(({ type }) => type === 'warning')).toMatchObject([{ code: 'retry' }]);
  });
});

describe('first_token_ms', () => {
  test.each<[string, Answer, object]>([
    ['headers and no more', silent, {}],
    ['signs of life and no answer', onlySignsOfLife, {}],
    ['not streamed', { headers: { 'content-type': 'application/json' }, ends: 'stalled' }, { stream: undefined }],
  ])('%s: not asked again', async (_what, answer, params) => {
    await using upstream = await startUpstream(answer);
    await using sidecar = await startReady({ config: `${servers({ one: upstream.url })}timeouts: {first_token_ms: 2000}\n` });
    const { error } = await sidecar.host.request('llm/prompt', { ...ask, ...params });
    expect(error).toMatchObject({
      message:
        'one sent nothing of an answer within 2 s. Raise timeouts.first_token_ms in the configuration, try again, or use another model.',
      data: { kind: 'providerTimeout', retryable: true, limit: { deadline: 'firstToken', ms: 2000 } },
    });
    expect(upstream.received).toHaveLength(1);
    await upstream.hungUp;
  });

  test('a fallback is asked', async () => {
    await using slow = await startUpstream(silent);
    await using upstream = await startUpstream(says('Hello'));
    const config = `${servers({ one: slow.url, two: upstream.url })}timeouts: {first_token_ms: 300}\nmodel_timeouts: {two-model: {first_token_ms: 60000}}\nfallbacks: {one-model: [two-model]}\n`;
    await using sidecar = await startReady({ config });
    const { result } = await sidecar.host.request('llm/prompt', ask);
    expect(result).toMatchObject({ model: 'two-model', text: 'Hello', steps: [{ failure: { kind: 'providerTimeout' } }, {}] });
  });

  test('embeddings', async () => {
    await using upstream = await startUpstream({ headers: { 'content-type': 'application/json' }, ends: 'stalled' });
    const config = `providers: {one: {type: openai-compatible, base_url: '${upstream.url}', discover: false, timeouts: {first_token_ms: 300}, models: [{id: vectors, features: {embed: true}}]}}\n`;
    await using sidecar = await startReady({ config });
    const { error } = await sidecar.host.request('llm/embed', { model: 'vectors', input: ['a'] });
    expect(error.message).toContain('providers.one.timeouts.first_token_ms');
    expect(error.data).toMatchObject({ kind: 'providerTimeout', limit: { deadline: 'firstToken', ms: 300 } });
  });
});

describe('idle_ms', () => {
  test('what had come is kept and counted, and the socket is closed', async () => {
    await using upstream = await startUpstream(begins('stalled', 'Hel', 'lo'));
    const config = `${servers({ one: upstream.url })}model_timeouts: {one-model: {idle_ms: 3000}}\nstorage: ./sidecar.db\n`;
    await using sidecar = await startReady({ config });
    const { error } = await sidecar.host.request('llm/prompt', ask);
    expect(error).toMatchObject({
      message:
        'one sent nothing for 3 s in the middle of its answer. Raise model_timeouts.one-model.idle_ms in the configuration, try again, or use another model.',
      data: {
        kind: 'providerTimeout',
        limit: { deadline: 'idle', ms: 3000 },
        partial: { content: [{ type: 'text', text: 'Hello' }], cost: { source: 'estimated' } },
      },
    });
    await upstream.hungUp;
    const { responses } = (await sidecar.host.request('history/list', {})).result;
    expect(responses).toMatchObject([{ outcome: 'error', errorKind: 'providerTimeout', cost: error.data.partial.cost }]);
  });

  test('a slow answer that goes on may take longer than it', async () => {
    const pieces = [...(says(...'slow but steady'.match(/./g)!).body as string[])];
    const write = async (response: ServerResponse): Promise<void> => {
      for (const piece of pieces) {
        response.write(piece);
        await sleep(300);
      }
      response.end();
    };
    const server = createHttpServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      write(response).catch((error: unknown) => response.destroy(error as Error));
    });
    const port = await listen(server);
    try {
      const config = `${servers({ one: `http://127.0.0.1:${port}/v1` })}timeouts: {idle_ms: 4000, first_token_ms: 60000}\n`;
      await using sidecar = await startReady({ config });
      const { result } = await sidecar.host.request('llm/prompt', ask);
      expect(result.text).toBe('slow but steady');
      expect(result.timing.durationMs).toBeGreaterThan(4000);
    } finally {
      server.close();
    }
  });
});

describe('total_ms', () => {
  const config = `test_models: true
timeouts: {total_ms: 60000}
providers: {}
model_timeouts: {test-slow: {total_ms: 2500}}
purposes: {quick: {timeouts: {total_ms: 2000}}}
`;

  test.each<[string, object, string, number]>([
    ['of the purpose', { model: 'test-slow', purpose: 'quick' }, '(purposes.quick.timeouts.total_ms). Raise it in the configuration', 2000],
    ['of the model', { model: 'test-slow' }, '(model_timeouts.test-slow.total_ms). Raise it in the configuration', 2500],
    [
      'of the call, before all others',
      { model: 'test-endless', purpose: 'quick', timeoutMs: 3000 },
      '(timeoutMs). Give the call more time',
      3000,
    ],
  ])('%s', async (_what, params, key, ms) => {
    await using sidecar = await startReady({ config });
    const { error } = await sidecar.host.request('llm/prompt', { ...ask, ...params, options: { delay_ms: 100, ...options(params) } });
    expect(error).toMatchObject({
      message: `The answer was not complete after ${ms} ms ${key}, or ask for less.`,
      data: { kind: 'providerTimeout', retryable: true, limit: { deadline: 'total', ms } },
    });
    expect(deltasOf(sidecar.host.messages).at(0)).toMatchObject({ type: 'step' });
  });

  test('a longer time of the call counts, too', async () => {
    await using sidecar = await startReady({ config });
    const params = { ...ask, model: 'test-slow', options: { chunks: 6, delay_ms: 150 }, timeoutMs: 60_000 };
    expect((await sidecar.host.request('llm/prompt', params)).result.stopReason).toBe('end');
  });

  const options = (params: object): object => ('model' in params && params.model === 'test-slow' ? { chunks: 1000 } : {});
});
