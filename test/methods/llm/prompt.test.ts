import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyDelta, createFold, foldedContent, foldedText } from '../../../protocol/foldDeltas.ts';
import type { RawHost } from '../../support/rawHost.ts';
import { startReady } from '../../support/sidecar.ts';

/** The output of the echo model for a prompt that has nothing but a text. */
const echoed = (prompt: string, more: object = {}) =>
  JSON.stringify({ prompt, system: '', attachments: [], stream: false, previous: [], ...more }, null, 2);

const deltasOf = (host: RawHost, promptId: string) =>
  host.messages.filter(({ method, params }) => method === 'llm/delta' && params.promptId === promptId).map(({ params }) => params);

describe('llm/prompt', () => {
  test('unstreamed: one result and no delta', async () => {
    await using sidecar = await startReady();
    const { result } = await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'hello there' });
    expect(result).toEqual({
      promptId: expect.any(String),
      model: 'echo',
      stopReason: 'end',
      usage: { inputTokens: 2, outputTokens: expect.any(Number) },
      cost: { usd: null, source: 'unknown' },
      steps: [
        {
          model: 'echo',
          stopReason: 'end',
          usage: result.usage,
          cost: result.cost,
          content: [{ type: 'text', text: echoed('hello there') }],
        },
      ],
      text: echoed('hello there'),
      messages: [
        { role: 'user', content: 'hello there' },
        { role: 'assistant', content: [{ type: 'text', text: echoed('hello there') }] },
      ],
      timing: {
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        firstDeltaMs: expect.any(Number),
        durationMs: expect.any(Number),
      },
    });
    expect(sidecar.host.messages.filter(({ method }) => method === 'llm/delta')).toEqual([]);
  });

  test('G2 G3 G4 streamed: all deltas before the result, none after, seq without gaps, text byte for byte', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\n' });
    const { host } = sidecar;
    const { result } = await host.request('llm/prompt', {
      model: 'test-fast',
      prompt: 'x',
      options: { chunks: 500 },
      promptId: 'p',
      stream: {},
    });
    const deltas = deltasOf(host, 'p');
    expect(deltas.map(({ seq }) => seq)).toEqual(deltas.map((_, index) => index));
    expect(result.stream.lastSeq).toBe(deltas.length - 1);
    const fold = createFold();
    for (const { deltas: some } of deltas) for (const delta of some) applyDelta(fold, delta);
    expect(foldedText(fold)).toBe(result.text);
    expect(result.stream.textBytes).toBe(Buffer.byteLength(result.text));
    expect(foldedContent(fold)).toEqual(result.steps[0].content);
    await host.request('ping');
    expect(deltasOf(host, 'p')).toHaveLength(deltas.length);
  });

  test('omitContent leaves the text out of the result, the deltas have it', async () => {
    await using sidecar = await startReady();
    const { result } = await sidecar.host.request('llm/prompt', {
      model: 'echo',
      prompt: 'x',
      promptId: 'p',
      stream: {},
      omitContent: true,
    });
    expect(result).not.toHaveProperty('text');
    expect(result).not.toHaveProperty('messages');
    expect(result.steps[0]).not.toHaveProperty('content');
    expect(result.stream.textBytes).toBe(Buffer.byteLength(echoed('x', { stream: true })));
  });

  test('stream.include: only what the host wants besides the text', async () => {
    await using sidecar = await startReady();
    const { host } = sidecar;
    const ask = async (promptId: string, include: string[]) => {
      await host.request('llm/prompt', { model: 'echo', prompt: 'x', options: { thinking: true }, promptId, stream: { include } });
      return new Set(deltasOf(host, promptId).flatMap(({ deltas }) => deltas.map(({ type }: { type: string }) => type)));
    };
    expect(await ask('all', ['reasoning', 'usage'])).toEqual(new Set(['step', 'part', 'reasoning', 'partEnd', 'text', 'usage']));
    expect(await ask('none', [])).toEqual(new Set(['step', 'part', 'text', 'partEnd']));
    expect(deltasOf(host, 'none').flatMap(({ deltas }) => deltas.filter(({ type }: { type: string }) => type === 'part'))).toHaveLength(1);
  });

  test('10.2 reasoning comes as its own part and is not text', async () => {
    await using sidecar = await startReady();
    const { result } = await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'x', options: { thinking: true } });
    expect(result.steps[0].content[0]).toEqual({ type: 'reasoning', text: 'First I consider the prompt, then I decide what to say.' });
    expect(result.text).toBe(echoed('x'));
  });

  test('5.4 system, messages and a changed system prompt', async () => {
    await using sidecar = await startReady();
    const { host } = sidecar;
    const first = (await host.request('llm/prompt', { model: 'echo', prompt: 'one', system: 'be brief' })).result;
    expect(JSON.parse(first.text)).toMatchObject({ system: 'be brief', prompt: 'one' });
    expect(first.messages[0]).toEqual({ role: 'system', content: 'be brief' });
    const second = (await host.request('llm/prompt', { model: 'echo', messages: first.messages, prompt: 'two' })).result;
    expect(JSON.parse(second.text)).toMatchObject({ system: 'be brief', prompt: 'two', previous: [{ prompt: 'one' }] });
    const third = (await host.request('llm/prompt', { model: 'echo', messages: second.messages, prompt: 'three', system: 'be long' }))
      .result;
    expect(JSON.parse(third.text)).toMatchObject({ system: 'be long', prompt: 'three', previous: [{ prompt: 'one' }, { prompt: 'two' }] });
    expect(third.messages.filter(({ role }: { role: string }) => role === 'system')).toEqual([{ role: 'system', content: 'be long' }]);
  });

  test('5.5 tool calls end the prompt, and messages with their results continue it', async () => {
    await using sidecar = await startReady();
    const { host } = sidecar;
    const tools = [{ name: 'add', inputSchema: { type: 'object', properties: { a: { type: 'number' } } } }];
    const prompt = JSON.stringify({ prompt: 'sum', tool_calls: [{ name: 'add', arguments: { a: 1 } }] });
    const { result } = await host.request('llm/prompt', { model: 'echo', prompt, tools });
    expect(result.stopReason).toBe('toolCalls');
    const call = result.steps[0].content.find(({ type }: { type: string }) => type === 'toolCall');
    expect(call).toEqual({ type: 'toolCall', toolCallId: expect.any(String), name: 'add', args: { a: 1 } });
    const answered = {
      role: 'tool',
      content: [{ type: 'toolResult', toolCallId: call.toolCallId, name: 'add', content: [{ type: 'text', text: '3' }] }],
    };
    const next = (await host.request('llm/prompt', { model: 'echo', messages: [...result.messages, answered], tools })).result;
    expect(JSON.parse(next.text).tool_results).toEqual([{ name: 'add', output: '3', tool_call_id: call.toolCallId }]);
  });

  test.each([
    [
      'an unknown one names the known ones',
      { temprature: 1 },
      /Unknown option temprature: echo knows example_bool, thinking/,
      ['example_bool', 'thinking'],
      'options',
    ],
    ['a wrong value is named', { example_bool: 'yes' }, /options\.example_bool/, undefined, 'options.example_bool'],
  ])('5.6 options: %s', async (_, options, message, suggestions, path) => {
    await using sidecar = await startReady();
    const { error } = await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'x', options });
    expect(error).toMatchObject({
      code: -32602,
      message: expect.stringMatching(message),
      data: { kind: 'invalidParams', retryable: false, issues: [{ path }] },
    });
    expect(error.data.suggestions).toEqual(suggestions);
  });

  test('5.6 options and the system prompt that the configuration gives, and the request overrides', async () => {
    const config = `model_options: {echo: {example_bool: true}}
purposes:
  p: {model: echo, options: {example_bool: false}, system: be kind}
`;
    await using sidecar = await startReady({ config });
    const ask = async (params: object) => JSON.parse((await sidecar.host.request('llm/prompt', { prompt: 'x', ...params })).result.text);
    expect(await ask({ purpose: 'p' })).toMatchObject({ system: 'be kind', options: { example_bool: false } });
    expect(await ask({ purpose: 'p', system: 'be curt', options: { example_bool: true } })).toMatchObject({
      system: 'be curt',
      options: { example_bool: true },
    });
    expect(await ask({ model: 'echo' })).toMatchObject({ system: '', options: { example_bool: true } });
  });

  test('5.6 attachments by path and content, the media type found; a wrong one is refused before sending', async () => {
    await using sidecar = await startReady();
    const { host, dir } = sidecar;
    const gif = Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1');
    await writeFile(join(dir, 'dot'), gif);
    await writeFile(join(dir, 'doc.pdf'), '%PDF-1.4\n');
    const ask = async (...attachments: object[]) => host.request('llm/prompt', { model: 'echo', prompt: 'x', attachments });
    const { result } = await ask(
      { type: 'attachment', path: join(dir, 'dot') },
      { type: 'attachment', data: gif.toString('base64') },
      { type: 'attachment', url: 'https://example.com/a/b.png?c=d' },
    );
    expect(JSON.parse(result.text).attachments.map(({ type, path, url }: Record<string, unknown>) => ({ type, path, url }))).toEqual([
      { type: 'image/gif', path: join(dir, 'dot'), url: null },
      { type: 'image/gif', path: null, url: null },
      { type: 'image/png', path: null, url: 'https://example.com/a/b.png?c=d' },
    ]);
    expect(result.messages[0].content[1]).toEqual({ type: 'attachment', path: join(dir, 'dot') });
    expect((await ask({ type: 'attachment', path: join(dir, 'doc.pdf') })).error).toMatchObject({
      code: -31014,
      data: { kind: 'unsupportedFeature' },
    });
    expect((await ask({ type: 'attachment', path: join(dir, 'missing.png') })).error).toMatchObject({
      code: -32602,
      message: expect.stringMatching(/missing\.png cannot be read: ENOENT/),
    });
    expect((await ask({ type: 'attachment', path: 'a.png', url: 'https://example.com/a.png' })).error).toMatchObject({ code: -32602 });
  });

  test('5.6 10.1 a schema for a model that has none is refused', async () => {
    await using sidecar = await startReady();
    const { error } = await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'x', schema: { type: 'object' } });
    expect(error).toMatchObject({ code: -31014, message: 'echo does not support schemas.', data: { kind: 'unsupportedFeature' } });
  });

  test.each([
    ['2 (4) no default', {}, {}, -31012, 'noDefaultModel', /default_model/],
    ['2.3 an unknown model, with the nearest names', {}, { model: 'gtp-5.4-mini' }, -31010, 'modelNotFound', /Did you mean gpt-5\.4-mini/],
    ['2.4 not in the allowlist', { config: 'models: [gpt-4o]\n' }, { model: 'echo' }, -31011, 'modelNotAllowed', /echo/],
    ['2.4 blocked', { config: 'blocked_models: [echo]\n' }, { model: 'echo' }, -31011, 'modelNotAllowed', /echo/],
    ['2.4 a blocked default', { config: 'default_model: echo\nblocked_models: [echo]\n' }, {}, -31011, 'modelNotAllowed', /echo/],
    [
      '2.4 blocked for the purpose',
      { config: 'purposes: {p: {blocked_models: [echo]}}\n' },
      { model: 'echo', purpose: 'p' },
      -31011,
      'modelNotAllowed',
      /purpose "p"/,
    ],
    ['2.5 no key', {}, { model: 'gpt-4o' }, -31013, 'keyMissing', /OPENAI_API_KEY.*DATASETTE_SECRETS_OPENAI_API_KEY.*keys\.json/],
    [
      '4.1 strict_keys: the named key is unset',
      { config: 'strict_keys: true\ndefault_model: {model: gpt-4o, key: MINE}\n', env: { OPENAI_API_KEY: 'sk-000000000' } },
      {},
      -31013,
      'keyMissing',
      /DATASETTE_SECRETS_MINE/,
    ],
    ['no prompt at all', {}, { model: 'echo' }, -32602, 'invalidParams', /prompt/],
    ['stream without promptId', {}, { model: 'echo', prompt: 'x', stream: {} }, -32602, 'invalidParams', /promptId/],
  ])('%s', async (_, given, params, code, kind, message) => {
    await using sidecar = await startReady(given);
    const prompt = kind === 'invalidParams' && !('prompt' in params) ? {} : { prompt: 'x' };
    const { error } = await sidecar.host.request('llm/prompt', { ...prompt, ...params });
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), data: { kind, retryable: false } });
  });

  test('2.4 enforce_models: false makes the list advice', async () => {
    await using sidecar = await startReady({ config: 'enforce_models: false\nmodels: [gpt-4o]\n' });
    expect((await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'x' })).result.stopReason).toBe('end');
  });

  test('2.2 an unknown purpose falls to the default', async () => {
    await using sidecar = await startReady({ config: 'default_model: echo\n' });
    expect((await sidecar.host.request('llm/prompt', { purpose: 'nobody', prompt: 'x' })).result.model).toBe('echo');
  });

  test('4 a key reaches the model, and its source the result', async () => {
    await using sidecar = await startReady({ env: { LLM_ECHO_NEEDS_KEY_KEY: 'the-key' } });
    const { result } = await sidecar.host.request('llm/prompt', { model: 'echo-needs-key', prompt: 'x' });
    expect(result.keySource).toBe('environment');
    expect(JSON.parse(result.text).key).toBe('the-key');
  });

  test('4.1 a named key that is unset falls through, and a warning names it', async () => {
    await using sidecar = await startReady({
      config: 'default_model: {model: echo-needs-key, key: MINE}\n',
      env: { LLM_ECHO_NEEDS_KEY_KEY: 'the-key' },
    });
    const { host } = sidecar;
    const { result } = await host.request('llm/prompt', { prompt: 'x', promptId: 'p', stream: {} });
    expect(result.keySource).toBe('environment');
    expect(result._meta.warnings).toEqual([{ code: 'namedKeyUnset', message: expect.stringContaining('MINE') }]);
    expect(deltasOf(host, 'p').flatMap(({ deltas }) => deltas.filter(({ type }: { type: string }) => type === 'warning'))).toHaveLength(1);
    const { stderr } = await sidecar.stop();
    expect(stderr).toContain('MINE');
    expect(stderr).not.toContain('the-key');
  });

  test('G6 cancelled: a result with what had come; cancel again and of unknown ids does nothing', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\n' });
    const { host } = sidecar;
    const running = host.request('llm/prompt', { model: 'test-endless', prompt: 'x', promptId: 'p', stream: {} }, 9);
    await host.next(({ method, params }) => method === 'llm/delta' && params.deltas.some(({ type }: { type: string }) => type === 'text'));
    for (const id of [9, 9, 'nobody']) host.notify('$/cancelRequest', { id });
    const { result } = await running;
    expect(result.stopReason).toBe('cancelled');
    expect(result.text.length).toBeGreaterThan(0);
    expect(result.stream.textBytes).toBe(Buffer.byteLength(result.text));
    host.notify('$/cancelRequest', { id: 9 });
    expect((await host.request('ping')).result).toEqual({});
    expect(deltasOf(host, 'p').at(-1).seq).toBe(result.stream.lastSeq);
  });

  test('timeoutMs: providerTimeout with what had come', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\n' });
    const { error } = await sidecar.host.request('llm/prompt', {
      model: 'test-endless',
      prompt: 'x',
      promptId: 'p',
      stream: {},
      timeoutMs: 2000,
    });
    expect(error).toMatchObject({
      code: -31025,
      data: {
        kind: 'providerTimeout',
        retryable: true,
        partial: { content: [{ type: 'text', text: expect.stringMatching(/./) }], lastSeq: expect.any(Number) },
      },
    });
    expect(error.data.partial.lastSeq).toBe(deltasOf(sidecar.host, 'p').at(-1).seq);
  });

  test('5.7 a failure after text is an error with the partial answer, never a success', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\n' });
    const { host } = sidecar;
    const { error, result } = await host.request('llm/prompt', { model: 'test-fails', prompt: 'x', promptId: 'p', stream: {} });
    expect(result).toBeUndefined();
    const fold = createFold();
    for (const { deltas } of deltasOf(host, 'p')) for (const delta of deltas) applyDelta(fold, delta);
    expect(error).toMatchObject({
      code: -31020,
      data: {
        kind: 'providerError',
        partial: { content: [{ type: 'text', text: foldedText(fold) }], lastSeq: deltasOf(host, 'p').at(-1).seq },
      },
    });
    expect(foldedText(fold).length).toBeGreaterThan(0);
  });

  test('prompts run side by side; a promptId in use is refused', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\n' });
    const { host } = sidecar;
    const slow = host.request('llm/prompt', { model: 'test-endless', prompt: 'x', promptId: 'p', stream: {} }, 'slow');
    await host.next(({ method }) => method === 'llm/delta');
    expect((await host.request('llm/prompt', { model: 'echo', prompt: 'y' })).result.stopReason).toBe('end');
    expect((await host.request('llm/prompt', { model: 'echo', prompt: 'y', promptId: 'p' })).error).toMatchObject({
      code: -32600,
      data: { kind: 'duplicateId' },
    });
    host.notify('$/cancelRequest', { id: 'slow' });
    expect((await slow).result.stopReason).toBe('cancelled');
    expect((await host.request('llm/prompt', { model: 'echo', prompt: 'y', promptId: 'p' })).result.promptId).toBe('p');
  });

  test('too many at once: a few wait, then overloaded says when to come again', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\nlimits: {max_concurrent_prompts: 2}\n' });
    const { host } = sidecar;
    const all = Array.from({ length: 103 }, async (_, index) =>
      host.request('llm/prompt', { model: 'test-endless', prompt: 'x' }, `r${index}`),
    );
    expect(await all.at(-1)).toMatchObject({
      error: { code: -31004, data: { kind: 'overloaded', retryable: true, retryAfterMs: expect.any(Number) } },
    });
    for (const index of all.keys()) host.notify('$/cancelRequest', { id: `r${index}` });
    const answers = await Promise.all(all.slice(0, -1));
    expect(new Set(answers.map(({ result }) => result.stopReason))).toEqual(new Set(['cancelled']));
  });

  test('an answer larger than limits.max_response_bytes is stopped', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\nlimits: {max_response_bytes: 10000}\n' });
    const { error } = await sidecar.host.request('llm/prompt', { model: 'test-fast', prompt: 'x', options: { chunks: 100000 } });
    expect(error).toMatchObject({ code: -31006, data: { kind: 'messageTooLarge', limit: 10000 } });
  });

  test('1.10 a call in flight keeps the configuration it started with', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\ndefault_model: test-slow\n' });
    const { host, configPath } = sidecar;
    const running = host.request('llm/prompt', { prompt: 'x', promptId: 'p', stream: {}, options: { chunks: 20, delay_ms: 50 } });
    await host.next(({ method }) => method === 'llm/delta');
    await writeFile(configPath, 'default_model: echo\n');
    await host.next(({ method }) => method === 'llm/modelsChanged');
    expect((await host.request('llm/prompt', { prompt: 'y' })).result.model).toBe('echo');
    expect((await running).result).toMatchObject({ model: 'test-slow', stopReason: 'end' });
  });

  test('the text of a prompt is in no log', async () => {
    await using sidecar = await startReady({ config: 'test_models: true\n' });
    const { host } = sidecar;
    for (const model of ['echo', 'test-fails', 'nothing', 'gpt-4o'])
      await host.request('llm/prompt', { model, prompt: 'xyzzy', system: 'xyzzy', messages: [{ role: 'user', content: 'xyzzy' }] });
    host.send({ jsonrpc: '2.0', id: 'wrong', method: 'llm/prompt', params: { prompt: { xyzzy: 'xyzzy' } } });
    await host.next(({ id }) => id === 'wrong');
    expect((await sidecar.stop()).stderr).not.toContain('xyzzy');
  });
});
