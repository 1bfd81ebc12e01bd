import { describe, expect, test } from 'vitest';
import { folderWith } from './support/folder.ts';
import { runCli } from './support/runCli.ts';

const config = `default_model: tiny
models: [tiny, "東京", echo]
purposes:
  chat: { model: echo, models: [echo] }
providers:
  local:
    type: openai-compatible
    base_url: http://127.0.0.1:9/v1
    discover: false
    models:
      - { id: tiny, context_window: 131072, features: { tools: true, schema: false, reasoning: false, attachments: [] }, price: { input: 0.075, output: 2 } }
      - { id: "東京", context_window: 1050000, features: { tools: false, schema: true, reasoning: false, attachments: [image/png, image/jpeg, application/pdf] } }
`;

const run = async (...words: string[]) => runCli(['models', ...words], { folder: folderWith({ 'llm-sidecar.yaml': config }) });

describe('models', () => {
  test('is an aligned table, without colour where it is piped', async () => {
    expect(await run()).toEqual({
      code: 0,
      out: `MODEL  PROVIDER  KEY  FEATURES               CONTEXT     IN   OUT
tiny   local     -    tools,schema              131K  0.075  2.00  default
東京   local     -    schema,image,pdf         1.05M      -     -
echo   echo      -    tools,reasoning,image        -      -     -
`,
      err: '',
    });
  });

  test('--purpose lists what the purpose allows', async () => {
    expect((await run('--purpose', 'chat')).out).toBe(`MODEL  PROVIDER  KEY  FEATURES               CONTEXT  IN  OUT
echo   echo      -    tools,reasoning,image        -   -    -  default
`);
  });

  test('--all says why the others may not be used', async () => {
    const lines = (await run('--all')).out.split('\n');
    expect(lines.find((line) => line.startsWith('echo-needs-key '))).toMatch(
      / echo {2,}needs echo-needs-key {2,}tools,reasoning,image .* no key$/,
    );
    expect(lines.find((line) => line.startsWith('gpt-4o '))).toMatch(/ openai {2,}needs openai .* 2\.50 +10\.00 {2}no key$/);
    expect(lines.slice(1, 4).map((line) => line.split(' ')[0])).toEqual(['tiny', '東京', 'echo']);
  });

  test('where a key was found', async () => {
    const found = await runCli(['models'], { env: { OPENAI_API_KEY: 'sk-not-shown' } });
    expect(found.out).toMatch(/^gpt-4o {2,}openai {2,}environment {2}/m);
    expect(found.out).not.toContain('sk-not-shown');
  });

  test('--json is what llm/models answers', async () => {
    const { out } = await run('--json');
    const listed = JSON.parse(out) as { models: { id: string; available: boolean }[]; default: string };
    expect(listed.default).toBe('tiny');
    expect(listed.models.map(({ id }) => id)).toEqual(['tiny', '東京', 'echo']);
    expect(listed.models[0]).toMatchObject({
      provider: 'local',
      isDefault: true,
      available: true,
      needsKey: null,
      contextWindow: 131072,
      price: { inputUsdPerMillion: '0.075', outputUsdPerMillion: '2' },
    });
  });

  test('--json --all has the reasons', async () => {
    const { models } = JSON.parse((await run('--json', '--all')).out) as { models: { id: string; unavailableReason?: string }[] };
    expect(models.find(({ id }) => id === 'gpt-4o')).toMatchObject({ available: false, unavailableReason: 'noKey' });
  });
});
