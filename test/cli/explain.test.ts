import { describe, expect, test } from 'vitest';
import { folderWith } from './support/folder.ts';
import { runCli } from './support/runCli.ts';

const config = `default_model: { model: priced, key: TEAM_KEY }
models: [priced, echo]
purposes:
  chat: { model: echo, options: { example_bool: true }, system: "Be kind.\\nBe brief." }
providers:
  local:
    type: openai-compatible
    base_url: http://127.0.0.1:9/v1
    discover: false
    key: local
    models:
      - { id: priced, price: { input: 2.5, output: 10, cache_read: 0.25 } }
`;

const run = async (words: string[], env: Record<string, string> = {}) =>
  runCli(['explain', ...words], { folder: folderWith({ 'llm-sidecar.yaml': config }), env });

describe('explain', () => {
  test('is aligned rows, without colour where it is piped', async () => {
    expect(await run(['-o', 'temperature', '0.5'], { DATASETTE_SECRETS_LOCAL: 'v-a-l-u-e' })).toEqual({
      code: 0,
      out: `model    priced, the default_model
rules    config: allowed (models)
key      the secret LOCAL; not set: TEAM_KEY
price    $2.50 in, $10.00 out, $0.25 cached for a million tokens (config:priced)
options  temperature 0.5
`,
      err: '',
    });
  });

  test('the limits of the provider, as far as there are some', async () => {
    const limited = (limits: string) => config.replace('    discover: false', `    discover: false\n    limits: ${limits}`);
    const lineOf = async (limits: string) => {
      const folder = folderWith({ 'llm-sidecar.yaml': limited(limits) });
      return (await runCli(['explain'], { folder, env: { DATASETTE_SECRETS_LOCAL: 'v-a-l-u-e' } })).out
        .split('\n')
        .filter((line) => line.startsWith('limits'));
    };
    expect(
      await lineOf('{ max_concurrent: 3, requests_per_minute: 500, tokens_per_minute: 200000, max_waiting: 7, max_wait_ms: 1500 }'),
    ).toEqual(['limits   local: 3 requests at a time, 500 requests a minute, 200000 tokens a minute; 7 more may wait, each 1.5 s']);
    expect(await lineOf('{ requests_per_minute: 5 }')).toEqual(['limits   local: 5 requests a minute; 100 more may wait, each 30 s']);
    expect(await lineOf('{ max_waiting: 5 }')).toEqual([]);
  });

  test('a purpose, with its options and lines of system prompt', async () => {
    expect((await run(['--purpose', 'chat'])).out).toBe(`model    echo, the model of the purpose chat
rules    config: allowed (purposes.chat.model)
key      none needed
price    unknown
options  example_bool true
system   Be kind.
         Be brief.
`);
  });

  test('what would fail is said, with exit code 1', async () => {
    const { code, out } = await run(['-m', 'gpt-4o']);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      'model    gpt-4o, as asked',
      'rules    config: has no key (require_keys)',
      '         config: not in the list (models)',
      'key      none found',
      expect.stringMatching(/^price {4}\$2\.50 in, \$10\.00 out, .*genai-prices:openai\/gpt-4o\)$/),
      'it would fail (modelNotAllowed): The model gpt-4o may not be used: the configuration does not allow it. llm/models lists those that may.',
      '',
    ]);
    expect(await run(['-m', 'ecco'])).toMatchObject({ code: 1, out: expect.stringMatching(/^it would fail \(modelNotFound\): .*echo/) });
  });

  test('--json is what llm/explain answers', async () => {
    const { code, out } = await run(['--purpose', 'chat', '--actor', 'ann', '-s', 'Shout.', '--json']);
    expect({ code, told: JSON.parse(out) as object }).toMatchObject({
      code: 0,
      told: { model: 'echo', reason: 'purpose', system: 'Shout.', options: { example_bool: true } },
    });
  });

  test('it takes no text', async () => {
    expect(await run(['Hello'])).toMatchObject({ code: 2, err: expect.stringContaining('explain takes no TEXT') });
  });
});
