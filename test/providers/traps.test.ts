import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProviderSettings } from '../../src/catalogue/providerSettings.ts';
import { ask, askToFail, callFor, canaryKey, canaryPrompt, lastUsage, settingsFor, withoutRaw } from './support/call.ts';
import { beginning, fixture, json, startUpstream, type Answer } from './support/upstream.ts';

/** A streamed answer of each wire. */
const wires: readonly (readonly [type: string, fixture: string, api?: string])[] = [
  ['openai', 'openai-responses.sse'],
  ['openai', 'openai-chat.sse', 'chat'],
  ['anthropic', 'anthropic.sse'],
  ['google', 'google.sse'],
  ['mistral', 'mistral.sse'],
  ['groq', 'groq.sse'],
  ['deepseek', 'deepseek.sse'],
  ['xai', 'xai-responses.sse'],
  ['xai', 'xai-chat.sse', 'chat'],
  ['cohere', 'cohere.sse'],
  ['openrouter', 'openrouter.sse'],
  ['openai-compatible', 'ollama.sse'],
];
const named = wires.map(([type, name, api]) => [`${type}${api === undefined ? '' : ` ${api}`}`, { type, name, api }] as const);

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

describe('1 keys and addresses come from the call, never from the environment', () => {
  it.each(named)('%s', async (_, { type, name, api }) => {
    await using elsewhere = await startUpstream(fixture(name));
    await using upstream = await startUpstream(fixture(name));
    for (const prefix of ['OPENAI', 'ANTHROPIC', 'GOOGLE_GENERATIVE_AI', 'MISTRAL', 'GROQ', 'DEEPSEEK', 'XAI', 'COHERE', 'OPENROUTER']) {
      process.env[`${prefix}_API_KEY`] = 'key-of-the-environment';
      process.env[`${prefix}_BASE_URL`] = elsewhere.url;
    }
    const settings = settingsFor(type, upstream.url, { api });
    await ask(settings);
    expect(JSON.stringify(upstream.received[0]?.headers)).toContain(canaryKey);
    const { failure } = await askToFail(settings, { key: null });
    expect(failure.kind).toBe('keyMissing');
    expect(upstream.received).toHaveLength(1);
    expect(elsewhere.received).toHaveLength(0);
    expect(JSON.stringify(upstream.received)).not.toContain('key-of-the-environment');
  });

  it('a server that needs no key is sent none', async () => {
    await using upstream = await startUpstream(fixture('ollama.sse'));
    process.env['OPENAI_API_KEY'] = 'key-of-the-environment';
    const settings = settingsFor('openai-compatible', upstream.url);
    await ask(settings, { key: null, model: { ...callFor(settings).model, key: null } });
    expect(upstream.received[0]?.headers['authorization']).toBeUndefined();
  });
});

describe('2 an abort throws its own reason, whatever it is, and hangs up', () => {
  it.each(named)('%s', async (_, { type, name, api }) => {
    await using upstream = await startUpstream({ ...beginning(name, 2), ends: 'stalled' });
    for (const reason of [new Error('the host cancelled'), 'a string']) {
      const controller = new AbortController();
      const seen = ask(settingsFor(type, upstream.url, { api }), { signal: controller.signal });
      while (upstream.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort(reason);
      await expect(seen).rejects.toBe(reason);
      await upstream.hungUp;
    }
  });

  it('before the call: nothing is sent', async () => {
    await using upstream = await startUpstream(fixture('openai-chat.sse'));
    const reason = new Error('too late');
    await expect(ask(settingsFor('openai', upstream.url), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(upstream.received).toHaveLength(0);
  });
});

describe('3 what did not end well is not a success', () => {
  const html: Answer = { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html><title>Sign in</title></html>' };
  const faults: readonly (readonly [string, (name: string) => Answer])[] = [
    ['cut in the middle', (name) => ({ ...beginning(name, 3), ends: 'cut' })],
    ['cut before the first event', (name) => ({ ...beginning(name, 0), ends: 'cut' })],
    ['an empty body', (name) => ({ ...fixture(name), body: '' })],
    ['a web page', () => html],
    [
      'garbage between the events',
      (name) => ({ ...fixture(name), body: String(fixture(name).body).replace('\n\n', '\n\ndata: {"half": \n\n') }),
    ],
    ['another protocol', () => ({ headers: { 'content-type': 'application/json' }, body: '{"ok":true}' })],
  ];
  const table = faults.flatMap(([what, make]) => named.map(([title, wire]) => [title, what, { ...wire, make }] as const));
  it.each(table)('%s: %s', async (_, _what, { type, name, api, make }) => {
    await using upstream = await startUpstream(make(name));
    const { failure } = await askToFail(settingsFor(type, upstream.url, { api }));
    expect(failure).toMatchObject({ kind: 'providerError', detail: { retryable: true, provider: { name: `my-${type}` } } });
    expect(upstream.received).toHaveLength(1);
  });

  it.each(named)('%s: a clean end without a word about why is interrupted', async (_, { type, name, api }) => {
    const events = String(fixture(name).body).trim().split('\n\n').length;
    const withoutEnd =
      { google: events - 2, mistral: events - 2, xai: events - 4, groq: events - 2, deepseek: events - 2 }[type] ?? events - 4;
    await using upstream = await startUpstream(beginning(name, Math.max(2, withoutEnd)));
    const { finish, events: seen } = await ask(settingsFor(type, upstream.url, { api }));
    expect(finish.stopReason).toBe('interrupted');
    const begun = seen.filter((event) => event.type === 'part').map(({ part }) => part);
    expect(
      seen
        .filter((event) => event.type === 'partEnd')
        .map(({ part }) => part)
        .toSorted(),
    ).toEqual(begun);
  });

  it('an error event that is followed by a proper end', async () => {
    const [head = '', ...rest] = String(fixture('openai-chat.sse').body).split('\n\n');
    const error = 'data: {"error":{"message":"The engine is overloaded","type":"server_error","code":null}}';
    for (const type of ['openai-compatible', 'openai'] as const) {
      await using upstream = await startUpstream({ ...fixture('openai-chat.sse'), body: [head, error, ...rest].join('\n\n') });
      const { failure } = await askToFail(settingsFor(type, upstream.url, { api: 'chat' }));
      expect(failure).toMatchObject({ kind: 'providerError', detail: { retryable: true } });
      expect(failure.message).toContain('The engine is overloaded');
    }
  });

  it('an error in a choice (OpenRouter)', async () => {
    const chunk = {
      id: 'x',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', error: { code: 502, message: 'Upstream went away' } }],
    };
    await using upstream = await startUpstream({ ...fixture('ollama.sse'), body: `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n` });
    const { failure } = await askToFail(settingsFor('openai-compatible', upstream.url));
    expect(failure).toMatchObject({ kind: 'providerError', detail: { retryable: true, provider: { status: 502 } } });
    expect(failure.message).toContain('Upstream went away');
  });

  it('an error in a field of its own (llama.cpp)', async () => {
    const body = `${String(beginning('ollama.sse', 2).body)}error: {"code":500,"message":"Failed to parse the template","type":"server_error"}\n\n`;
    await using upstream = await startUpstream({ ...fixture('ollama.sse'), body });
    const { failure } = await askToFail(settingsFor('openai-compatible', upstream.url));
    expect(failure).toMatchObject({ kind: 'providerError', detail: { retryable: true, provider: { status: 500 } } });
    expect(failure.message).toContain('Failed to parse the template');
  });

  it('an error in a JSON body with status 200', async () => {
    await using upstream = await startUpstream(json(200, { error: { message: 'No endpoints found for this model', code: 404 } }));
    for (const stream of [true, false]) {
      const { failure } = await askToFail(settingsFor('openai-compatible', upstream.url), { stream });
      expect(failure).toMatchObject({ kind: 'modelNotFound', detail: { provider: { status: 404 } } });
    }
  });

  it('silence: the idle time is ours, and each byte starts it again', async () => {
    await using upstream = await startUpstream({ ...beginning('openai-chat.sse', 2), ends: 'stalled' });
    const { failure, events } = await askToFail(settingsFor('openai', upstream.url, { api: 'chat' }), {}, { idleTimeoutMs: 1000 });
    expect(failure).toMatchObject({ kind: 'providerTimeout', detail: { retryable: true } });
    expect(events).toContainEqual({ type: 'text', part: 0, text: 'Looking' });
    await upstream.hungUp;
  });

  it('nothing listens there, or the name is unknown', async () => {
    const upstream = await startUpstream();
    await upstream[Symbol.asyncDispose]();
    const refused = await askToFail(settingsFor('openai', upstream.url));
    expect(refused.failure).toMatchObject({ kind: 'providerError', detail: { retryable: true } });
    expect(refused.failure.message).toContain('nothing listens at its address');
    const unknown = await askToFail(settingsFor('openai', 'http://no-such-host.invalid'));
    expect(unknown.failure).toMatchObject({ kind: 'providerError', detail: { retryable: true } });
  });
});

describe('4 usage: silence is null, and what was used until a failure is told', () => {
  it('chat completions are asked for usage in the stream', async () => {
    await using upstream = await startUpstream(fixture('lmstudio.sse'));
    const { finish } = await ask(settingsFor('openai-compatible', upstream.url));
    expect(upstream.received[0]?.json['stream_options']).toEqual({ include_usage: true });
    expect(finish.usage).toEqual({ inputTokens: null, outputTokens: null });
  });

  it('Claude says the input at the start: it is known when the connection is cut', async () => {
    await using upstream = await startUpstream({ ...beginning('anthropic.sse', 4), ends: 'cut' });
    const { events } = await askToFail(settingsFor('anthropic', upstream.url));
    expect(withoutRaw(lastUsage(events) ?? { inputTokens: null, outputTokens: null })).toEqual({
      inputTokens: 115,
      outputTokens: 1,
      cacheReadTokens: 100,
      cacheWriteTokens: 5,
    });
  });
});

describe('5 no failure holds the key or the prompt', () => {
  const quoting = `You sent "${canaryPrompt}" with ${canaryKey}`;
  const answers: readonly (readonly [string, Answer])[] = [
    ['in the message', json(400, { error: { message: quoting, type: 'invalid_request_error' } })],
    ['in the code and type', json(400, { error: { message: 'no', type: canaryKey, code: canaryKey } })],
    ['in a header', json(401, { error: { message: 'no' } }, { 'x-request-id': 'req-1', 'www-authenticate': canaryKey })],
    ['as plain text', { status: 500, headers: { 'content-type': 'text/plain' }, body: quoting }],
    ['as a web page', { status: 502, headers: { 'content-type': 'text/html' }, body: `<html>${quoting}</html>` }],
    ['in an error event', { ...fixture('openai-chat.sse'), body: `data: ${JSON.stringify({ error: { message: quoting } })}\n\n` }],
    ['in garbage', { ...fixture('openai-chat.sse'), body: `data: {"${quoting}\n\n` }],
    ['in the address it redirects to', { status: 307, headers: { location: `http://127.0.0.1:9/?key=${canaryKey}` } }],
    ['cut', { ...beginning('openai-chat.sse', 2), ends: 'cut' }],
  ];
  const table = answers.flatMap(([place, answer]) => named.map(([title, wire]) => [title, place, { ...wire, answer }] as const));
  it.each(table)('%s, %s', async (_, _place, { type, api, answer }) => {
    await using upstream = await startUpstream(answer);
    for (const stream of [true, false]) {
      const { failure, events } = await askToFail(settingsFor(type, `${upstream.url}/v1`, { api }), { stream });
      for (const text of [everythingIn(failure), JSON.stringify(events)]) {
        expect(text).not.toContain(canaryKey);
        expect(text).not.toContain('quick brown fox');
      }
      expect(failure.cause).toBeUndefined();
    }
  });

  it('a masked key and a secret header are taken out too', async () => {
    await using upstream = await startUpstream(
      json(401, { error: { message: 'Incorrect API key provided: sk-pr*****9xyz, tenant-secret-77' } }),
    );
    const { failure } = await askToFail(settingsFor('openai', upstream.url, { headers: { 'x-tenant': 'tenant-secret-77' } }));
    expect(failure.message).toBe(
      'my-openai (401): Incorrect API key provided: [key], [key]. Check the key, and that it may use this model.',
    );
  });

  it('the key is in one request header, and not in the address or the body', async () => {
    for (const [type, name, api] of wires) {
      await using upstream = await startUpstream(fixture(name));
      await ask(settingsFor(type, upstream.url, { api }));
      const { path, body, headers } = upstream.received[0] ?? { path: '', body: '', headers: {} };
      expect(path + body).not.toContain(canaryKey);
      expect(Object.values(headers).filter((value) => String(value).includes(canaryKey))).toHaveLength(1);
    }
  });
});

describe('6 limits', () => {
  const sent = async (settings: ProviderSettings, options: Record<string, number | string>, more: { maxOutputTokens?: number } = {}) => {
    await using upstream = await startUpstream(fixture('anthropic.sse'));
    await ask(
      { ...settings, baseUrl: upstream.url },
      { options, model: { ...callFor(settings).model, upstreamId: 'claude-sonnet-4-6', ...more } },
    );
    return upstream.received[0]?.json['max_tokens'];
  };
  it('Claude gets a moderate max_tokens unless the prompt gives one', async () => {
    const settings = settingsFor('anthropic', '');
    expect(await sent(settings, {})).toBe(8192);
    expect(await sent(settings, {}, { maxOutputTokens: 4096 })).toBe(4096);
    expect(await sent(settings, { reasoning: 'high' })).toBe(32_768);
    expect(await sent(settings, { max_tokens: 100 })).toBe(100);
  });

  const refusals: readonly (readonly [string, string, Answer, object])[] = [
    [
      'quota',
      'openai',
      json(429, { error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' } }),
      { kind: 'providerQuota', detail: { retryable: false } },
    ],
    [
      'credit',
      'anthropic',
      json(400, {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'Your credit balance is too low to access the Anthropic API.' },
      }),
      { kind: 'providerQuota', detail: { retryable: false } },
    ],
    [
      'rate, with RetryInfo',
      'google',
      json(429, {
        error: {
          code: 429,
          message: 'Quota exceeded',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '48s' }],
        },
      }),
      { kind: 'rateLimited', detail: { retryable: true, retryAfterMs: 48_000 } },
    ],
    [
      'rate, in ms',
      'openai',
      json(429, { error: { code: 'RateLimitReached', message: 'Slow down' } }, { 'retry-after-ms': '1500', 'retry-after': '2' }),
      { kind: 'rateLimited', detail: { retryable: true, retryAfterMs: 1500 } },
    ],
  ];
  it.each(refusals)('%s (%s)', async (_, type, answer, expected) => {
    await using upstream = await startUpstream(answer);
    expect((await askToFail(settingsFor(type, upstream.url))).failure).toMatchObject(expected);
  });
});

describe('7 what the packages lose', () => {
  it("Azure's content filter answers with a choice without a message", async () => {
    const body = {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, finish_reason: 'content_filter' }],
      usage: { prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 },
    };
    await using upstream = await startUpstream(json(200, body));
    const { finish } = await ask(settingsFor('openai', upstream.url, { api: 'chat' }), { stream: false });
    expect(finish).toMatchObject({ stopReason: 'contentFilter', usage: { inputTokens: 5, outputTokens: 0 } });
  });

  it('an answer in one piece to a streamed prompt, and a stream to one in one piece: one request each', async () => {
    const whole = {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Four' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 },
    };
    await using one = await startUpstream(json(200, whole));
    expect(await ask(settingsFor('openai-compatible', one.url), { stream: true })).toMatchObject({
      text: 'Four',
      finish: { stopReason: 'end' },
    });
    await using two = await startUpstream(fixture('lmstudio.sse'));
    expect(await ask(settingsFor('openai-compatible', two.url), { stream: false })).toMatchObject({
      text: 'Four',
      finish: { stopReason: 'end' },
    });
    // A stream under a wrong name.
    await using three = await startUpstream({ ...fixture('lmstudio.sse'), headers: { 'content-type': 'application/json' } });
    expect(await ask(settingsFor('openai-compatible', three.url), { stream: true })).toMatchObject({
      text: 'Four',
      finish: { stopReason: 'end' },
    });
    expect([one, two, three].map(({ received }) => received.length)).toEqual([1, 1, 1]);
  });

  it('a compressed body', async () => {
    const { headers, body } = fixture('openai-chat.sse');
    await using upstream = await startUpstream({ headers: { ...headers, 'content-encoding': 'gzip' }, body: gzipSync(String(body)) });
    expect((await ask(settingsFor('openai', upstream.url, { api: 'chat' }))).text).toBe('Looking');
  });
});

describe('what the caller throws while it is told of events', () => {
  it.each([true, false])('comes back as it is, and the connection is closed (streamed: %s)', async (stream) => {
    const { createProviders } = await import('../../src/providers/index.ts');
    await using upstream = await startUpstream({ ...beginning('openai-chat.sse', 3), ends: 'stalled' }, { ...json(200, {}) });
    const settings = settingsFor('openai', upstream.url, { api: 'chat' });
    const own = new Error('the caller has had enough');
    const refusing = createProviders([settings])
      .get(settings.name)
      ?.prompt(callFor(settings, { stream }), () => {
        throw own;
      });
    await expect(refusing).rejects.toBe(own);
    await upstream.hungUp;
  });
});

describe('the connection', () => {
  it('goes through a proxy where the environment given to the providers names one', async () => {
    await using proxy = await startUpstream(fixture('openai-chat.sse'));
    const settings = settingsFor('openai', 'http://api.example.test/v1', { api: 'chat' });
    expect((await ask(settings, {}, { environment: { HTTP_PROXY: proxy.url } })).text).toBe('Looking');
    expect(proxy.received[0]?.path).toBe('http://api.example.test/v1/chat/completions');
  });

  it('is kept for the next prompt', async () => {
    const { createProviders } = await import('../../src/providers/index.ts');
    await using upstream = await startUpstream(fixture('openai-chat.sse'));
    const settings = settingsFor('openai', upstream.url, { api: 'chat' });
    const provider = createProviders([settings]).get(settings.name);
    for (let turn = 0; turn < 3; turn++) await provider?.prompt(callFor(settings), () => {});
    expect(new Set(upstream.received.map(({ port }) => port)).size).toBe(1);
  });

  it('a redirect to another origin is refused, and the key is not sent there', async () => {
    await using other = await startUpstream(fixture('openai-chat.sse'));
    await using upstream = await startUpstream({ status: 307, headers: { location: `${other.url}/v1/chat/completions` } });
    const { failure } = await askToFail(settingsFor('openai', upstream.url, { api: 'chat' }));
    expect(failure).toMatchObject({ kind: 'providerError', detail: { retryable: false, provider: { status: 307 } } });
    expect(failure.message).toContain(other.url);
    expect(other.received).toHaveLength(0);
  });

  it('a redirect within the origin keeps the method and the body', async () => {
    await using upstream = await startUpstream({ status: 308, headers: { location: '/v1/chat/completions' } }, fixture('openai-chat.sse'));
    expect((await ask(settingsFor('openai', upstream.url, { api: 'chat' }))).text).toBe('Looking');
    expect(upstream.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /chat/completions',
      'POST /v1/chat/completions',
    ]);
    expect(upstream.received[1]?.body).toBe(upstream.received[0]?.body);
  });

  it('an answer larger than allowed is refused', async () => {
    await using upstream = await startUpstream(fixture('openai-chat.sse'));
    for (const stream of [true, false]) {
      const { failure } = await askToFail(settingsFor('openai', upstream.url, { api: 'chat' }), { stream }, { maxResponseBytes: 500 });
      expect(failure).toMatchObject({ kind: 'messageTooLarge', detail: { retryable: false, limit: 500 } });
    }
  });
});

function everythingIn(failure: Error & { detail: object }): string {
  return `${failure.message} ${JSON.stringify(failure.detail)} ${failure.stack ?? ''} ${JSON.stringify(Object.getOwnPropertyDescriptors(failure))}`;
}
