import { describe, expect, test } from 'vitest';
import { startReady, startSidecar } from '../../support/sidecar.ts';

const config = `default_model: echo
models: [echo, echo-needs-key, gpt-4o, priced]
blocked_models: [gpt-4o]
model_options: { echo: { example_bool: true } }
purposes:
  thinking: { model: { model: echo, key: NOT_SET }, options: { thinking: true }, system: Think. }
  narrow: { models: [priced], blocked_models: [priced] }
providers:
  local:
    type: openai-compatible
    base_url: http://127.0.0.1:9/v1
    discover: false
    limits: { max_concurrent: 2 }
    models:
      - { id: priced, features: { tools: true }, price: { input: 2.5, output: 10, cache_read: 0.25 } }
`;

async function explain(params: object, options: Parameters<typeof startReady>[0] = { config }) {
  await using sidecar = await startReady(options);
  return (await sidecar.host.request('llm/explain', params)).result;
}

const allowed = (detail: string) => [{ by: 'config', verdict: 'allowed', detail }];

describe('llm/explain', () => {
  test('the whole answer, for the default', async () => {
    expect(await explain({ prompt: 'Hello', options: { thinking: false }, system: 'Be brief.' })).toEqual({
      model: 'echo',
      wanted: 'echo',
      reason: 'default',
      considered: allowed('models'),
      key: { needed: false, missed: [] },
      price: null,
      options: { example_bool: true, thinking: false },
      system: 'Be brief.',
      hooks: [],
    });
  });

  test.each([
    [
      'asked for',
      { model: 'priced' },
      {
        model: 'priced',
        reason: 'asked',
        price: { priceId: 'config:priced', inputUsdPerMillion: '2.5', outputUsdPerMillion: '10', cacheReadUsdPerMillion: '0.25' },
        limits: { provider: 'local', maxConcurrent: 2, maxWaiting: 100, maxWaitMs: 30_000 },
      },
    ],
    [
      'of a purpose, with its options and system prompt',
      { purpose: 'thinking' },
      { model: 'echo', reason: 'purpose', options: { example_bool: true, thinking: true }, system: 'Think.' },
    ],
    ['without a text', {}, { model: 'echo', reason: 'default' }],
    ['with tools', { prompt: 'x', tools: [{ name: 'weigh', inputSchema: {} }] }, { model: 'echo', tools: ['weigh'] }],
    ['streamed', { prompt: 'x', stream: {} }, { model: 'echo' }],
  ])('%s', async (_, params, expected) => {
    expect(await explain(params)).toMatchObject(expected);
  });

  test.each([
    ['an unknown model', { model: 'ecco' }, 'modelNotFound', { reason: 'asked', considered: [] }],
    [
      'no key',
      { model: 'echo-needs-key' },
      'keyMissing',
      {
        wanted: 'echo-needs-key',
        key: { needed: true, missed: [] },
        considered: [{ by: 'config', verdict: 'noKey', detail: 'require_keys' }, ...allowed('models')],
      },
    ],
    [
      'not in the list',
      { model: 'gpt-4.1' },
      'modelNotAllowed',
      {
        wanted: 'gpt-4.1',
        price: { inputUsdPerMillion: '2' },
        considered: [{ verdict: 'noKey' }, { by: 'config', verdict: 'notAllowed', detail: 'models' }],
      },
    ],
    [
      'blocked',
      { model: 'gpt-4o' },
      'modelNotAllowed',
      { considered: [{ verdict: 'noKey' }, { by: 'config', verdict: 'blocked', detail: 'blocked_models' }] },
    ],
    [
      "not in the purpose's list",
      { model: 'echo', purpose: 'narrow' },
      'modelNotAllowed',
      { considered: [{ verdict: 'notAllowed', detail: 'purposes.narrow.models' }] },
    ],
    [
      'blocked for the purpose',
      { model: 'priced', purpose: 'narrow' },
      'modelNotAllowed',
      { considered: [{ verdict: 'blocked', detail: 'purposes.narrow.blocked_models' }] },
    ],
    ['an unknown option', { options: { wrong: 1 } }, 'invalidParams', { wanted: 'echo', options: { example_bool: true, wrong: 1 } }],
    ['what the model cannot do', { schema: { type: 'object' } }, 'unsupportedFeature', { wanted: 'echo' }],
    ['a tool that there is not', { toolNames: ['nothing'] }, 'toolNotFound', { wanted: 'echo' }],
    ['a group that there is not', { groupId: 'g' }, 'groupNotFound', { considered: [], hooks: [] }],
  ])('a prompt that would fail is explained: %s', async (_, params, kind, expected) => {
    const result = await explain(params);
    expect(result).toMatchObject({ model: null, failure: { kind, message: expect.stringMatching(/./) }, ...expected });
  });

  test('no default', async () => {
    const result = await explain({}, {});
    expect(result).toEqual({
      model: null,
      considered: [],
      hooks: [],
      failure: { kind: 'noDefaultModel', message: expect.stringContaining('default_model') },
    });
  });

  test('it says what the prompt then says', async () => {
    await using sidecar = await startReady({ config });
    for (const params of [
      { model: 'ecco' },
      { model: 'echo-needs-key' },
      { model: 'gpt-4o' },
      { options: { wrong: 1 } },
      { schema: { type: 'object' } },
      { groupId: 'g' },
    ]) {
      const { failure } = (await sidecar.host.request('llm/explain', { prompt: 'x', ...params })).result;
      const { error } = await sidecar.host.request('llm/prompt', { prompt: 'x', ...params });
      expect({ kind: error.data.kind, message: error.message }).toEqual(failure);
    }
  });

  test.each([
    [
      'the variable of the provider',
      { env: { LLM_ECHO_NEEDS_KEY_KEY: 'v-a-l-u-e' } },
      { source: 'environment', name: 'LLM_ECHO_NEEDS_KEY_KEY' },
    ],
    ['a secret', { env: { DATASETTE_SECRETS_ECHO_NEEDS_KEY_API_KEY: 'v-a-l-u-e' } }, { source: 'secret', name: 'ECHO_NEEDS_KEY_API_KEY' }],
    ['keys.json', { llmFolder: { 'keys.json': '{"echo-needs-key": "v-a-l-u-e"}' } }, { source: 'keysFile', name: 'echo-needs-key' }],
  ])('where the key was found, and never the key: %s', async (_, options, found) => {
    const result = await explain({ model: 'echo-needs-key' }, { config, ...options });
    expect(result).toMatchObject({ model: 'echo-needs-key', key: { needed: true, ...found, missed: [] } });
    expect(JSON.stringify(result)).not.toContain('v-a-l-u-e');
  });

  test('a named secret that is not set is told, and which one took its place', async () => {
    const named = 'default_model: { model: echo-needs-key, key: TEAM_KEY }\n';
    const env = { LLM_ECHO_NEEDS_KEY_KEY: 'k' };
    expect(await explain({}, { config: named, env })).toMatchObject({ key: { source: 'environment', missed: ['TEAM_KEY'] } });
    const set = await explain({}, { config: named, env: { ...env, DATASETTE_SECRETS_TEAM_KEY: 'k' } });
    expect(set.key).toEqual({ needed: true, source: 'default', name: 'TEAM_KEY', missed: [] });
    expect(await explain({}, { config: `${named}strict_keys: true\n`, env })).toMatchObject({
      model: null,
      failure: { kind: 'keyMissing', message: expect.stringContaining('TEAM_KEY') },
    });
  });

  test('a list that is advice only', async () => {
    const result = await explain({ model: 'echo' }, { config: 'models: [gpt-4o]\nenforce_models: false\n' });
    expect(result).toMatchObject({
      model: 'echo',
      considered: [{ verdict: 'notAllowed', detail: 'models; advice only, since enforce_models is false' }],
    });
  });

  test('in a group, and in a conversation', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    const ask = async (params: object) => (await host.request('llm/explain', params)).result;
    await host.request('llm/groupOpen', { groupId: 'g', purpose: 'thinking' });
    expect(await ask({ groupId: 'g' })).toMatchObject({ model: 'echo', reason: 'group', system: 'Think.' });
    await host.request('llm/prompt', { conversationId: 'c', prompt: 'x', system: 'Be kind.' });
    expect(await ask({ conversationId: 'c', prompt: 'y' })).toMatchObject({ model: 'echo', reason: 'conversation', system: 'Be kind.' });
    await host.request('llm/groupClose', { groupId: 'g' });
    expect(await ask({ groupId: 'g' })).toMatchObject({ model: null, failure: { kind: 'groupClosed' } });
    expect((await host.request('conversation/read', { id: 'c' })).result.messages).toHaveLength(3);
  });

  test('hooks of the host: each filter is asked, and says its own', async () => {
    await using sidecar = await startSidecar({ config });
    const { host } = sidecar;
    const hooks = [
      { id: 'budget', point: 'filterModels' },
      { id: 'taste', point: 'filterModels' },
      { id: 'chooser', point: 'defaultModel' },
      { id: 'audit', point: 'promptStart' },
      { id: 'others', point: 'promptStart', match: { models: ['priced'] } },
    ];
    await sidecar.initialize({ capabilities: { hooks: {} }, hooks });
    const answers: Record<string, object> = {
      'hook/filterModels budget': { models: ['echo', 'priced'] },
      'hook/filterModels taste': { models: ['priced'] },
      'hook/defaultModel chooser': { model: 'echo' },
    };
    host.send({ jsonrpc: '2.0', id: 'explain', method: 'llm/explain', params: {} });
    for (let count = 0; count < 3; count += 1) {
      const { id, method, params } = await host.next((message) => message.method?.startsWith('hook/') === true);
      host.answer(id, answers[`${method} ${params.registrationId}`]);
    }
    const { result } = await host.next(({ id, method }) => id === 'explain' && method === undefined);
    expect(result).toMatchObject({
      model: null,
      wanted: 'echo',
      reason: 'hook',
      failure: { kind: 'modelNotAllowed' },
      considered: [...allowed('models'), { by: 'budget', verdict: 'allowed' }, { by: 'taste', verdict: 'filtered' }],
    });
    expect(result.hooks).toEqual([
      { id: 'budget', point: 'filterModels', registeredBy: 'host' },
      { id: 'taste', point: 'filterModels', registeredBy: 'host' },
      { id: 'chooser', point: 'defaultModel', registeredBy: 'host' },
      { id: 'audit', point: 'prompt', registeredBy: 'host' },
    ]);
    expect(host.messages.filter(({ method }) => method === 'hook/promptStart')).toEqual([]);
  });

  test('what it would hold, and how its budgets stand', async () => {
    const money = `default_model: echo
storage: ./sidecar.db
auto_reservation_usd: 0.1
budgets: [{ name: chat, match: { purpose: chat }, limit_usd: 0.25, per: total, each: actor }]
prices: { echo: { input: 1, output: 2 } }
`;
    await using sidecar = await startReady({ config: money });
    const ask = async (method: string, params: object) => (await sidecar.host.request(method, { purpose: 'chat', ...params })).result;
    await ask('llm/prompt', { prompt: '{"raw": "Yes."}', actor: { id: 'ann' } });
    expect(await ask('llm/explain', { actor: { id: 'ann' } })).toMatchObject({
      model: 'echo',
      reservation: { usd: '0.1', source: 'auto' },
      budgets: [
        {
          name: 'chat',
          limitUsd: '0.25',
          spentUsd: '0.000004',
          reservedUsd: '0',
          leftUsd: '0.249996',
          per: 'total',
          windowStart: '1970-01-01T00:00:00.000Z',
          windowEnd: null,
          hasRoom: true,
        },
      ],
    });
    expect(await ask('llm/explain', { actor: { id: 'bob' } })).toMatchObject({ budgets: [{ spentUsd: '0', leftUsd: '0.25' }] });
    expect((await ask('llm/explain', { purpose: 'other' })).budgets).toBeUndefined();
  });
});
