import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startUpstream, type Answer } from '../providers/support/upstream.ts';
import { quietPort } from '../support/quietPort.ts';
import { startReady, type Sidecar } from '../support/sidecar.ts';
import { begins, deltasOf, refuses, says, saysAtOnce, servers, startScripted, type ScriptedUpstream } from './support/chat.ts';

const soon = { 'retry-after-ms': '1' };
const retryInfo = { message: 'slow down', details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.01s' }] };
const cutAtOnce: Answer = { headers: { 'content-type': 'text/event-stream', 'content-length': '1000' }, ends: 'cut' };

let sidecar: Sidecar;
let upstream: ScriptedUpstream;
let prompts = 0;
const config = (url: string): string => `${servers({ one: url })}limits: {rest_after_failures: 0}\n`;
const ask = () => ({ model: 'one-model', prompt: 'Hi', promptId: `p${prompts++}`, stream: {} });

beforeAll(async () => {
  upstream = await startScripted();
  sidecar = await startReady({ config: `${config(upstream.url)}storage: ./sidecar.db\n` });
});
afterAll(async () => {
  await sidecar.stop();
  await upstream[Symbol.asyncDispose]();
});

describe('asked again', () => {
  const whole = { usd: '0.000025', source: 'computed' };
  /** With an estimate of what the first attempt cost. */
  const both = { usd: '0.00003', source: 'estimated' };

  test.each<[what: string, first: Answer, cost?: object]>([
    ...[408, 409, 425, 429, 500, 502, 503, 504, 529].map((status): [string, Answer] => [String(status), refuses(status, soon)]),
    ['Retry-After in seconds', refuses(429, { 'retry-after': '0' })],
    ['Retry-After as a date', refuses(503, { 'retry-after': new Date(Date.now() - 1000).toUTCString() })],
    ["Google's RetryInfo", refuses(429, {}, retryInfo)],
    ['the provider wants it so', refuses(400, { ...soon, 'x-should-retry': 'true' })],
    ['a connection that is cut before the answer', cutAtOnce, both],
    ['an empty answer', { headers: { 'content-type': 'text/event-stream' } }, both],
  ])('after %s', async (_what, first, cost = whole) => {
    upstream.script(first, says('Hello'));
    const { result } = await sidecar.host.request('llm/prompt', ask());
    expect(result).toMatchObject({
      text: 'Hello',
      stopReason: 'end',
      usage: { inputTokens: 5, outputTokens: 2 },
      cost,
    });
    expect(result.steps).toHaveLength(1);
    expect(upstream.received).toHaveLength(2);
    expect(result._meta.warnings).toMatchObject([{ code: 'retry' }]);
    const deltas = deltasOf(sidecar.host.messages, result.promptId).map(({ type }) => type);
    expect(deltas.indexOf('warning')).toBeLessThan(deltas.indexOf('text'));
    expect(deltas).not.toContain('reset');
  });

  test('a prompt that is not streamed, too', async () => {
    upstream.script(refuses(500, soon), refuses(500, soon), saysAtOnce('Hello'));
    const { result } = await sidecar.host.request('llm/prompt', { model: 'one-model', prompt: 'Hi' });
    expect(result).toMatchObject({ text: 'Hello', _meta: { warnings: [{ code: 'retry' }, { code: 'retry' }] } });
    expect(result._meta.warnings[1].message).toMatch(/^one \(500\): no 500\. .* Attempt 2 of 3; the next in 0\.1 s\.$/);
  });

  test('where nothing listens, and then no more', async () => {
    await using sidecar = await startReady({ config: servers({ one: `http://127.0.0.1:${await quietPort()}/v1` }) });
    const { error } = await sidecar.host.request('llm/prompt', { model: 'one-model', prompt: 'Hi', promptId: 'p', stream: {} });
    expect(error.data).toMatchObject({ kind: 'providerError', retryable: true, partial: { cost: { usd: '0' } } });
    expect(deltasOf(sidecar.host.messages).filter(({ type }) => type === 'warning')).toHaveLength(2);
  });

  test('every attempt is a row of the history; those that were refused cost nothing', async () => {
    upstream.script(refuses(429, soon), refuses(503, soon), says('Hello'));
    const { promptId } = (await sidecar.host.request('llm/prompt', ask())).result;
    const { result } = await sidecar.host.request('history/list', { filter: { promptId } });
    const rows = result.responses.map((row: any) => [row.step, row.attempt, row.outcome, row.errorKind ?? null, row.cost.usd]);
    expect(rows.toSorted()).toEqual([
      [0, 0, 'error', 'rateLimited', '0'],
      [0, 1, 'error', 'providerError', '0'],
      [0, 2, 'ok', null, '0.000025'],
    ]);
  });

  test('an attempt that broke off before anything came is counted, in its row and once in the sum', async () => {
    upstream.script(cutAtOnce, says('Hello'));
    const { promptId } = (await sidecar.host.request('llm/prompt', ask())).result;
    const { result } = await sidecar.host.request('history/list', { filter: { promptId } });
    expect(result.responses.toSorted((a: any, b: any) => a.attempt - b.attempt)).toMatchObject([
      { outcome: 'error', usage: { inputTokens: null, outputTokens: null }, cost: { usd: '0.000005', source: 'estimated' } },
      { outcome: 'ok', usage: { inputTokens: 5, outputTokens: 2 }, cost: whole },
    ]);
    const summary = await sidecar.host.request('usage/summary', { filter: { promptId } });
    expect(summary.result.rows).toMatchObject([{ responses: 2, usage: { inputTokens: 5, outputTokens: 2 }, cost: both }]);
  });
});

describe('not asked again', () => {
  test.each<[string, Answer, string]>([
    ['400', refuses(400, soon), 'providerError'],
    ['401', refuses(401, soon), 'providerAuth'],
    ['403', refuses(403, soon), 'providerAuth'],
    ['404', refuses(404, soon), 'providerError'],
    [
      'a used-up quota, whatever its status',
      refuses(429, soon, { message: 'You exceeded it', code: 'insufficient_quota' }),
      'providerQuota',
    ],
    ['the provider wants it so', refuses(500, { ...soon, 'x-should-retry': 'false' }), 'providerError'],
    ['it wants a long wait', refuses(429, { 'retry-after': '60' }), 'rateLimited'],
    ['an answer that broke off', begins('cut', 'Hel'), 'providerError'],
  ])('%s', async (_what, first, kind) => {
    upstream.script(first, says('Hello'));
    const { error } = await sidecar.host.request('llm/prompt', ask());
    expect(error.data.kind).toBe(kind);
    expect(upstream.received).toHaveLength(1);
  });

  test('a wait that would pass the deadline: it fails at once, and says how long to wait', async () => {
    upstream.script(refuses(429, { 'retry-after': '9' }), says('Hello'));
    const began = performance.now();
    const { error } = await sidecar.host.request('llm/prompt', { model: 'one-model', prompt: 'Hi', timeoutMs: 8000 });
    expect(error.data).toMatchObject({ kind: 'rateLimited', retryable: true, retryAfterMs: 9000 });
    expect(performance.now() - began).toBeLessThan(7000);
    expect(upstream.received).toHaveLength(1);
  });

  test('where retries are off', async () => {
    await using upstream = await startUpstream(refuses(500, soon), says('Hello'));
    await using sidecar = await startReady({ config: `${servers({ one: upstream.url })}limits: {retries: 0}\n` });
    const { error } = await sidecar.host.request('llm/prompt', { model: 'one-model', prompt: 'Hi' });
    expect(error.data.provider).toEqual({ name: 'one', status: 500 });
    expect(upstream.received).toHaveLength(1);
  });

  test('a prompt that is cancelled while it waits', async () => {
    upstream.script(refuses(429, { 'retry-after': '9' }), says('Hello'));
    const { host } = sidecar;
    const answer = host.request('llm/prompt', { ...ask(), promptId: 'cancelled' }, 'p');
    await host.next(
      ({ method, params }) =>
        method === 'llm/delta' && params.promptId === 'cancelled' && params.deltas.some(({ type }: any) => type === 'warning'),
    );
    host.notify('$/cancelRequest', { id: 'p' });
    expect((await answer).result).toMatchObject({ stopReason: 'cancelled', cost: { usd: '0' } });
    expect(upstream.received).toHaveLength(1);
  });
});

describe('a model that rests', () => {
  test('fails at once after five prompts that failed, until the configuration changes', async () => {
    await using upstream = await startUpstream(...Array.from({ length: 5 }, () => refuses(500)), says('Hello'));
    const config = `${servers({ one: upstream.url, two: upstream.url })}limits: {retries: 0}\n`;
    await using sidecar = await startReady({ config });
    const ask = async (model: string) => sidecar.host.request('llm/prompt', { model, prompt: 'Hi', promptId: 'p', stream: {} });
    for (let count = 0; count < 5; count++) expect((await ask('one-model')).error.data.retryAfterMs).toBeUndefined();
    const { error } = await ask('one-model');
    expect(error.data).toMatchObject({ kind: 'providerError', retryable: true, partial: { cost: { usd: '0' } } });
    expect(error.data.retryAfterMs).toBeGreaterThan(0);
    expect(error.message).toMatch(/^one-model is not asked until \S+Z, since 5 calls in a row failed\. The last: one \(500\)/);
    expect(upstream.received).toHaveLength(5);
    expect((await ask('two-model')).result.text).toBe('Hello');

    const { writeFile } = await import('node:fs/promises');
    await writeFile(sidecar.configPath, `${config}strict_keys: true\n`);
    await expect.poll(async () => (await ask('one-model')).result?.text, { timeout: 40_000, interval: 100 }).toBe('Hello');
  });

  test('does not rest for mistakes of callers', async () => {
    await using upstream = await startUpstream(...Array.from({ length: 8 }, () => refuses(400)), says('Hello'));
    await using sidecar = await startReady({ config: servers({ one: upstream.url }) });
    const ask = async () => sidecar.host.request('llm/prompt', { model: 'one-model', prompt: 'Hi', promptId: 'p', stream: {} });
    for (let count = 0; count < 8; count++) expect((await ask()).error.data.provider.status).toBe(400);
    expect((await ask()).result.text).toBe('Hello');
  });
});
