import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/index.ts';
import { fixture, startUpstream } from '../providers/support/upstream.ts';
import { startReady } from '../support/sidecar.ts';

const config = (url: string): string => `providers: {openai: {base_url: '${url}', api: chat}}
model_options:
  gpt-4o: {temperature: 0.1, max_tokens: 100, openai: {user: of-the-model}}
purposes:
  exact: {model: gpt-4o, options: {temperature: 0.2, seed: 7}, system: Be exact.}
  plain: {model: gpt-4.1}
`;

/** The params; what the request has, and what it has not. */
const rows: [what: string, params: JsonObject, sent: JsonObject, absent: string[]][] = [
  ['of the model', { model: 'gpt-4o' }, { temperature: 0.1, max_tokens: 100, user: 'of-the-model' }, ['seed']],
  ['of the purpose over those of the model', { purpose: 'exact' }, { temperature: 0.2, max_tokens: 100, seed: 7 }, []],
  [
    'of the request over both',
    { purpose: 'exact', options: { temperature: 0, seed: 8 } },
    { temperature: 0, max_tokens: 100, seed: 8 },
    [],
  ],
  ["in the provider's words over the common ones", { model: 'gpt-4o', options: { openai: { user: 'mine' } } }, { user: 'mine' }, []],
  ['of another model: none', { purpose: 'plain' }, { model: 'gpt-4.1' }, ['temperature', 'max_tokens', 'seed', 'user']],
];

describe('options in force, as the provider gets them', () => {
  test.each(rows)('%s', async (_, params, sent, absent) => {
    await using upstream = await startUpstream(fixture('openai-chat.sse'));
    await using sidecar = await startReady({ config: config(upstream.url), env: { OPENAI_API_KEY: 'sk-000000' } });
    const { error } = await sidecar.host.request('llm/prompt', { prompt: 'Hi', promptId: 'p', stream: {}, ...params });
    expect(error).toBeUndefined();
    expect(upstream.received[0]?.json).toMatchObject(sent);
    for (const name of absent) expect(upstream.received[0]?.json).not.toHaveProperty(name);
  });

  test("the purpose's system prompt goes with them, unless the request has its own", async () => {
    await using upstream = await startUpstream(fixture('openai-chat.sse'));
    await using sidecar = await startReady({ config: config(upstream.url), env: { OPENAI_API_KEY: 'sk-000000' } });
    const ask = async (params: JsonObject) =>
      sidecar.host.request('llm/prompt', { prompt: 'Hi', promptId: 'p', stream: {}, purpose: 'exact', ...params });
    await ask({});
    await ask({ system: 'Be brief.' });
    const systems = upstream.received.map(({ json: { messages } }) => (messages as JsonObject[])[0]?.['content']);
    expect(systems).toEqual(['Be exact.', 'Be brief.']);
  });

  test('a default that is wrong is refused where it is used, by its name', async () => {
    await using sidecar = await startReady({ config: 'model_options: {echo: {temperature: 1}}\n' });
    const { error } = await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'Hi' });
    expect(error).toMatchObject({
      message: 'Unknown option temperature: echo knows example_bool, thinking.',
      data: { kind: 'invalidParams' },
    });
  });
});
