import { describe, expect, test } from 'vitest';
import { chatServer } from './support/chatServer.ts';
import { folderWith } from './support/folder.ts';
import { runCli, startCli } from './support/runCli.ts';

const echoConfig = `default_model: echo
test_models: true
purposes:
  kind: { model: echo, system: Be kind }
`;

/** What echo answers, without what is empty. */
function echoed(out: string): Record<string, unknown> {
  const { attachments, previous, system, ...rest } = JSON.parse(out) as Record<string, unknown>;
  return {
    ...rest,
    ...(system === '' ? {} : { system }),
    ...((attachments as []).length > 0 ? { attachments } : {}),
    ...((previous as []).length > 0 ? { previous } : {}),
  };
}

describe('what is sent', () => {
  test.each<[string, string[], string, object]>([
    ['TEXT', ['prompt', 'hi'], '', { prompt: 'hi', stream: true }],
    ['several words', ['prompt', 'hi', 'there'], '', { prompt: 'hi there', stream: true }],
    ['what is piped in, as it is', ['prompt'], 'from a pipe\n', { prompt: 'from a pipe\n', stream: true }],
    ['the pipe first, then TEXT', ['prompt', 'Summarize'], 'line 1\nline 2\n', { prompt: 'line 1\nline 2\n\nSummarize', stream: true }],
    ['an empty pipe is nothing', ['prompt', 'hi'], '\n', { prompt: 'hi', stream: true }],
    ['words after -- as they are', ['prompt', '--', '-m', '--help'], '', { prompt: '-m --help', stream: true }],
    ['the system prompt', ['prompt', '-s', 'Be brief', 'hi'], '', { prompt: 'hi', stream: true, system: 'Be brief' }],
    ['what the purpose adds', ['prompt', '--purpose', 'kind', 'hi'], '', { prompt: 'hi', stream: true, system: 'Be kind' }],
    ['an option', ['prompt', '-o', 'example_bool', 'true', 'hi'], '', { prompt: 'hi', stream: true, options: { example_bool: true } }],
    ['no wish for pieces', ['prompt', '--no-stream', 'hi'], '', { prompt: 'hi', stream: false }],
  ])('%s', async (_, words, input, expected) => {
    const { code, out, err } = await runCli(words, { input, folder: folderWith({ 'llm-sidecar.yaml': echoConfig }) });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(echoed(out)).toEqual(expected);
    expect(out.endsWith('}\n')).toBe(true);
  });

  test('attachments, from files and addresses', async () => {
    const gif = Buffer.from('R0lGODlhAQABAAAAACw=', 'base64');
    const { out } = await runCli(['prompt', '-m', 'echo', '-a', 'dot.gif', '-a', 'https://example.com/b.png'], {
      folder: folderWith({ 'dot.gif': gif }),
    });
    expect(echoed(out)['attachments']).toEqual([
      { type: 'image/gif', path: 'dot.gif', url: null, id: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { type: 'image/png', path: null, url: 'https://example.com/b.png', id: expect.any(String) },
    ]);
  });

  test('over a real wire: schema from a file, options, and what it cost', async () => {
    const { config, requests } = await chatServer(['{"name":', '"Ann"}']);
    const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
    const folder = folderWith({ 'own.yaml': config, 'person.json': JSON.stringify(schema) });
    const { code, out, err } = await runCli(
      ['prompt', 'Who?', '--schema', 'person.json', '-o', 'temperature', '0.5', '-c', 'own.yaml', '--usage'],
      { folder },
    );
    expect({ code, out }).toEqual({ code: 0, out: '{"name":"Ann"}\n' });
    expect(err).toMatch(/^local-model · 1000 tokens in · 100 out · \$0\.003 · \d+\.\d s\n$/);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      messages: [{ role: 'user', content: 'Who?' }],
      temperature: 0.5,
      response_format: { type: 'json_schema' },
    });
  });
});

test.each([
  [
    '--schema',
    'name, age int: in years',
    '{"name":"Ann","age":7}',
    {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer', description: 'in years' } },
      required: ['name', 'age'],
    },
  ],
  [
    '--schema-multi',
    'name',
    '{"items":[{"name":"Ann"}]}',
    { type: 'object', properties: { items: { type: 'array', items: { properties: { name: { type: 'string' } } } } }, required: ['items'] },
  ],
])('%s takes the short form %s', async (option, schema, answer, sent) => {
  const { config, requests } = await chatServer([answer]);
  const folder = folderWith({ 'own.yaml': config });
  expect(await runCli(['prompt', 'Who?', option, schema, '-c', 'own.yaml'], { folder })).toMatchObject({ code: 0, out: `${answer}\n` });
  expect(requests[0]).toMatchObject({ response_format: { json_schema: { schema: sent, strict: true } } });
});

describe('--json', () => {
  test('is one document with the answer, usage and messages', async () => {
    const { code, out, err } = await runCli(['prompt', '--json', '-m', 'echo', '{"raw":"Hello"}']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({
      promptId: expect.any(String),
      model: 'echo',
      stopReason: 'end',
      usage: { inputTokens: 1, outputTokens: 1 },
      cost: { usd: null, source: 'unknown' },
      steps: [expect.objectContaining({ model: 'echo', content: [{ type: 'text', text: 'Hello' }] })],
      text: 'Hello',
      messages: [
        { role: 'user', content: '{"raw":"Hello"}' },
        { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      ],
      timing: { startedAt: expect.any(String), durationMs: expect.any(Number), firstDeltaMs: expect.any(Number) },
    });
  });

  test('is the error with what had arrived', async () => {
    const folder = folderWith({ 'llm-sidecar.yaml': echoConfig });
    const { code, out } = await runCli(['prompt', '--json', '-m', 'test-fails', '-o', 'after', '1', 'x'], { folder });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: -31020, data: { kind: 'providerError', partial: { content: [{ type: 'text', text: '0 grün 東京 🚀 ' }] } } },
    });
  });
});

describe('what goes wrong', () => {
  test.each<[string, string[], number, string]>([
    [
      'no prompt',
      ['prompt'],
      2,
      'error: there is no prompt: give it as TEXT, or pipe it in\nllm-sidecar prompt --help shows how it is used.\n',
    ],
    [
      'a mistyped option',
      ['prompt', '--modle', 'x'],
      2,
      'error: there is no option --modle. Did you mean --model?\nllm-sidecar prompt --help shows how it is used.\n',
    ],
    [
      'half an option pair',
      ['prompt', '-o', 'seed'],
      2,
      'error: -o takes a name and a value, such as -o temperature 0.2\nllm-sidecar prompt --help shows how it is used.\n',
    ],
    [
      'a timeout that is none',
      ['prompt', 'x', '--timeout', 'soon'],
      2,
      'error: --timeout takes a number of seconds greater than 0, such as --timeout 30; not soon\nllm-sidecar prompt --help shows how it is used.\n',
    ],
    [
      'a schema that is none',
      ['prompt', 'x', '--schema', '{'],
      2,
      'error: --schema is not a JSON object\nllm-sidecar prompt --help shows how it is used.\n',
    ],
    [
      'a schema file that is not there',
      ['prompt', 'x', '--schema', 'gone.json'],
      2,
      'error: --schema: the file gone.json cannot be read\nllm-sidecar prompt --help shows how it is used.\n',
    ],
    [
      'a short form with an unknown type',
      ['prompt', 'x', '--schema', 'name, age number'],
      2,
      'error: --schema: The field age of the schema has the unknown type number: use str, int, float, bool. It also takes a JSON Schema, or a file that holds one.\nllm-sidecar prompt --help shows how it is used.\n',
    ],
    [
      'two schemas',
      ['prompt', 'x', '--schema', 'name', '--schema-multi', 'name'],
      2,
      'error: give --schema or --schema-multi, not both\nllm-sidecar prompt --help shows how it is used.\n',
    ],
    ['an unknown model', ['prompt', '-m', 'ehco', 'x'], 1, 'error (modelNotFound): There is no model "ehco". Did you mean echo?\n'],
    [
      'an unknown option of the model',
      ['prompt', '-o', 'seed', '1', 'x'],
      1,
      'error (invalidParams): Unknown option seed: echo knows example_bool, thinking.\n',
    ],
    [
      'a file that is not there',
      ['prompt', '-a', 'gone.png'],
      1,
      'error (invalidParams): The attachment gone.png cannot be read: ENOENT.\n',
    ],
  ])('%s', async (_, words, code, err) => {
    const folder = folderWith({ 'llm-sidecar.yaml': echoConfig });
    expect(await runCli(words, { folder })).toEqual({ code, out: '', err });
  });

  test('without any default the message says what to set', async () => {
    const { code, err } = await runCli(['prompt', 'x']);
    expect(code).toBe(1);
    expect(err).toMatch(/^error \(noDefaultModel\): .*set default_model/);
  });

  test('an answer that broke off is marked as partial', async () => {
    const { code, out, err } = await runCli(['prompt', '-m', 'test-fails', '-o', 'after', '2', 'x'], {
      folder: folderWith({ 'llm-sidecar.yaml': echoConfig }),
    });
    expect({ code, out }).toEqual({ code: 1, out: '0 grün 東京 🚀 1 grün 東京 🚀 \n' });
    expect(err).toBe(
      'error (providerError): test-fails broke off after 2 chunks, as it always does\n  The answer above is partial.\n  provider test\n  used so far: 1 token in · ? out · cost unknown\n',
    );
  });

  test('an answer that the provider ended early is a failure', async () => {
    const { config } = await chatServer(['Half an'], { cut: true });
    const { code, out, err } = await runCli(['prompt', 'x'], { folder: folderWith({ 'llm-sidecar.yaml': config }) });
    expect({ code, out }).toEqual({ code: 1, out: 'Half an\n' });
    expect(err).toBe('the answer is partial: the provider ended it without saying that it was complete\n');
  });

  test('--timeout gives up and keeps what came', async () => {
    const folder = folderWith({ 'llm-sidecar.yaml': echoConfig });
    const { code, out, err } = await runCli(['prompt', '-m', 'test-endless', '--timeout', '3', 'x'], { folder });
    expect({ code, begins: out.slice(0, 2), ends: out.at(-1) }).toEqual({ code: 1, begins: '0 ', ends: '\n' });
    expect(err).toMatch(/^error \(providerTimeout\): .*\n {2}The answer above is partial\./);
  });

  test('a named key that is unset is one warning, and its value is nowhere', async () => {
    const folder = folderWith({ 'llm-sidecar.yaml': 'default_model: { model: echo-needs-key, key: TEAM_KEY }\n' });
    const { code, err } = await runCli(['prompt', '{"raw":"ok"}'], { folder, env: { LLM_ECHO_NEEDS_KEY_KEY: 'a-very-secret-value' } });
    expect({ code, err }).toEqual({
      code: 0,
      err: 'warning: The secret TEAM_KEY, which the configuration names for echo-needs-key, is not set; another key was used and may be billed to another account.\n',
    });
  });

  test('with errors in the configuration nothing is sent', async () => {
    const folder = folderWith({ 'llm-sidecar.yaml': 'default_model: echo\nrequire_keys: maybe\n' });
    const { code, out, err } = await runCli(['prompt', 'x'], { folder });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('llm-sidecar.yaml:2:15: error: ');
    expect(err).toContain('error: nothing was done, because the configuration has an error\n');
  });
});

describe('ending early', () => {
  const folder = () => folderWith({ 'llm-sidecar.yaml': echoConfig });

  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s keeps what came', async (signal, code) => {
    const cli = startCli(['prompt', '-m', 'test-endless', 'x'], { folder: folder() });
    await cli.wrote('out', '1 grün');
    cli.child.kill(signal);
    const ran = await cli.ended;
    expect({ code: ran.code, err: ran.err, begins: ran.out.slice(0, 24), ends: ran.out.at(-1) }).toEqual({
      code,
      err: 'cancelled: the answer is partial\n',
      begins: '0 grün 東京 🚀 1 grün 東京 🚀 '.slice(0, 24),
      ends: '\n',
    });
  });

  test('Ctrl-C with --json gives the document of what came', async () => {
    const cli = startCli(['prompt', '--json', '-m', 'test-endless', '-o', 'delay_ms', '1', 'x'], {
      folder: folder(),
      env: { NODE_OPTIONS: `--import=${new URL('./support/tellStarted.mjs', import.meta.url).href}` },
    });
    await cli.wrote('err', 'handles SIGINT');
    cli.child.kill('SIGINT');
    const { code, out } = await cli.ended;
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ stopReason: 'cancelled' });
  });

  test('Ctrl-C while it waits for the pipe', async () => {
    const cli = startCli(['prompt', 'x'], {
      folder: folder(),
      input: null,
      env: { NODE_OPTIONS: `--import=${new URL('./support/tellStarted.mjs', import.meta.url).href}` },
    });
    await cli.wrote('err', 'handles SIGINT');
    cli.child.kill('SIGINT');
    expect(await cli.ended).toMatchObject({ code: 130, out: '' });
  });

  test('a reader that goes away ends it quietly', async () => {
    const cli = startCli(['prompt', '-m', 'test-endless', '-o', 'delay_ms', '1', 'x'], { folder: folder() });
    await cli.wrote('out', '3 grün');
    cli.child.stdout.destroy();
    expect(await cli.ended).toMatchObject({ code: 0, err: '' });
  });
});
