import { rename, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { ModelInfo } from '../../../protocol/index.ts';
import { startReady, type SidecarOptions } from '../../support/sidecar.ts';

const openai = { OPENAI_API_KEY: 'sk-openai-000000' };
const union = `models: [gpt-4o, gpt-4o-mini, echo, gpt-4.1, gpt-4.1-mini]
purposes:
  p: {model: gpt-4.1-mini, models: [echo, gpt-4.1-mini], blocked_models: [gpt-4o]}
`;

/** In order, the default starred; the configuration, the environment, the params. */
const rows: [
  statement: string,
  given: Pick<SidecarOptions, 'config' | 'env' | 'llmFolder'>,
  params: object,
  listed: string[],
  defaultId: string | null,
][] = [
  ['1.7 no configuration and no keys: what needs none', {}, {}, ['echo'], null],
  [
    '3 require_keys: false lists models without a key',
    { config: 'require_keys: false\nmodels: [gpt-4o, echo]\n' },
    {},
    ['gpt-4o', 'echo'],
    null,
  ],
  ['3 a model whose key resolves', { config: 'models: [gpt-4o, claude-sonnet-4-6, echo]\n', env: openai }, {}, ['gpt-4o', 'echo'], null],
  [
    '3.7 the example, union',
    { config: `purpose_models: union\n${union}`, env: openai },
    { purpose: 'p' },
    ['gpt-4.1-mini*', 'echo', 'gpt-4o-mini', 'gpt-4.1'],
    'gpt-4.1-mini',
  ],
  ['3.3 the example, override', { config: union, env: openai }, { purpose: 'p' }, ['gpt-4.1-mini*', 'echo'], 'gpt-4.1-mini'],
  [
    '3.4 the example without the purpose',
    { config: union, env: openai },
    {},
    ['gpt-4o', 'gpt-4o-mini', 'echo', 'gpt-4.1', 'gpt-4.1-mini'],
    null,
  ],
  [
    '3.4 the example with an unknown purpose',
    { config: union, env: openai },
    { purpose: 'q' },
    ['gpt-4o', 'gpt-4o-mini', 'echo', 'gpt-4.1', 'gpt-4.1-mini'],
    null,
  ],
  [
    '3.2 default_model is allowed, and first',
    { config: 'default_model: echo\nmodels: [gpt-4o]\n', env: openai },
    {},
    ['echo*', 'gpt-4o'],
    'echo',
  ],
  ['1.7 models: [] allows the default alone', { config: 'default_model: echo\nmodels: []\n', env: openai }, {}, ['echo*'], 'echo'],
  [
    '3.1 a blocked default is not listed and not the default',
    { config: 'default_model: echo\nblocked_models: [echo]\nmodels: [gpt-4o]\n', env: openai },
    {},
    ['gpt-4o'],
    null,
  ],
  [
    '1.8 aliases in the configuration',
    { config: 'models: [claude-sonnet-4.6]\n', env: { ANTHROPIC_API_KEY: 'sk-ant-00000000' } },
    {},
    ['claude-sonnet-4-6'],
    null,
  ],
  ["1.8 the user's aliases.json", { config: 'models: [mine]\n', llmFolder: { 'aliases.json': '{"mine": "echo"}' } }, {}, ['echo'], null],
  [
    '1.1 nested under plugins: datasette-llm:',
    { config: 'plugins:\n  datasette-llm:\n    default_model: echo\n    models: [echo]\n' },
    {},
    ['echo*'],
    'echo',
  ],
  [
    '4 (3) DATASETTE_SECRETS_<PROVIDER>_API_KEY',
    { config: 'models: [gpt-4o]\n', env: { DATASETTE_SECRETS_OPENAI_API_KEY: 'sk-000000000' } },
    {},
    ['gpt-4o'],
    null,
  ],
  ['4 (4) keys.json', { config: 'models: [gpt-4o]\n', llmFolder: { 'keys.json': '{"openai": "sk-000000000"}' } }, {}, ['gpt-4o'], null],
  ['4.2 an empty variable is unset', { config: 'models: [gpt-4o]\n', env: { OPENAI_API_KEY: '' } }, {}, [], null],
  [
    '10.3 echo-needs-key with its key',
    { config: 'models: [echo-needs-key, echo]\n', env: { LLM_ECHO_NEEDS_KEY_KEY: 'k' } },
    {},
    ['echo-needs-key', 'echo'],
    null,
  ],
];

describe('llm/models', () => {
  test.each(rows)('%s', async (_, given, params, listed, defaultId) => {
    await using sidecar = await startReady(given);
    const { result } = await sidecar.host.request('llm/models', params);
    expect(result.models.map(({ id, isDefault }: ModelInfo) => (isDefault ? `${id}*` : id))).toEqual(listed);
    expect(result.default).toBe(defaultId);
  });

  test('3.5 keys are per model: two of one provider, one with its own key', async () => {
    const config = `strict_keys: true
purposes:
  p: {models: [{model: gpt-4o, key: OWN_KEY}, {model: gpt-4.1, key: OTHER_KEY}]}
`;
    await using sidecar = await startReady({ config, env: { DATASETTE_SECRETS_OWN_KEY: 'sk-own-00000' } });
    const { result } = await sidecar.host.request('llm/models', { purpose: 'p', includeUnavailable: true });
    const seen = result.models
      .slice(0, 2)
      .map(({ id, available, keySource, unavailableReason }: ModelInfo) => ({ id, available, keySource, unavailableReason }));
    expect(seen).toEqual([
      { id: 'gpt-4o', available: true, keySource: 'purpose', unavailableReason: undefined },
      { id: 'gpt-4.1', available: false, keySource: undefined, unavailableReason: 'noKey' },
    ]);
  });

  test.each([
    [
      'secret',
      { env: { DATASETTE_SECRETS_OPENAI_API_KEY: 'sk-1', OPENAI_API_KEY: 'sk-2' }, llmFolder: { 'keys.json': '{"openai": "sk-3"}' } },
    ],
    ['keysFile', { env: { OPENAI_API_KEY: 'sk-2' }, llmFolder: { 'keys.json': '{"openai": "sk-3"}' } }],
    ['environment', { env: { OPENAI_API_KEY: 'sk-2' } }],
    ['default', { env: { OPENAI_API_KEY: 'sk-2', DATASETTE_SECRETS_MINE: 'sk-4' }, config: 'default_model: {model: gpt-4o, key: MINE}\n' }],
  ])('4 the order of the sources: %s', async (source, given) => {
    await using sidecar = await startReady({ config: 'models: [gpt-4o]\n', ...given });
    const { result } = await sidecar.host.request('llm/models', {});
    expect(result.models.find(({ id }: ModelInfo) => id === 'gpt-4o').keySource).toBe(source);
  });

  test('describes a model: abilities, limits, price, options', async () => {
    await using sidecar = await startReady({ config: 'models: [claude-sonnet-4-6]\n', env: { ANTHROPIC_API_KEY: 'sk-ant-00000000' } });
    const { result } = await sidecar.host.request('llm/models', {});
    expect(result.models[0]).toMatchObject({
      id: 'claude-sonnet-4-6',
      provider: 'anthropic',
      needsKey: 'anthropic',
      keySource: 'environment',
      available: true,
      isDefault: false,
      aliases: ['claude-sonnet-4.6'],
      features: { stream: {}, tools: {}, schema: {}, reasoning: {}, attachments: expect.arrayContaining(['image/png', 'application/pdf']) },
      price: { inputUsdPerMillion: '3', outputUsdPerMillion: '15', cacheReadUsdPerMillion: '0.3', cacheWriteUsdPerMillion: '3.75' },
      optionsSchema: { type: 'object', additionalProperties: false },
    });
  });

  test('says with includeUnavailable why a model may not be used', async () => {
    await using sidecar = await startReady({ config: 'models: [gpt-4o, claude-sonnet-4-6]\nblocked_models: [gpt-4o-mini]\n', env: openai });
    const { result } = await sidecar.host.request('llm/models', { includeUnavailable: true });
    const reasons = Object.fromEntries(result.models.map(({ id, unavailableReason = 'available' }: ModelInfo) => [id, unavailableReason]));
    expect(reasons).toMatchObject({ 'gpt-4o': 'available', 'claude-sonnet-4-6': 'noKey', 'gpt-4o-mini': 'notAllowed', echo: 'notAllowed' });
  });

  test('1.10 a save takes effect without restart, and the host is told', async () => {
    await using sidecar = await startReady({ config: 'models: [echo]\n' });
    const { host, configPath } = sidecar;
    expect((await host.request('llm/models', {})).result.default).toBeNull();
    await writeFile(`${configPath}.new`, 'models: [echo]\ndefault_model: echo\n');
    await rename(`${configPath}.new`, configPath);
    await host.next(({ method }) => method === 'llm/modelsChanged');
    expect((await host.request('llm/models', {})).result.default).toBe('echo');
  });

  test('1.10 an invalid file changes nothing; its problems are told with line, column and a suggestion', async () => {
    await using sidecar = await startReady({ config: 'default_model: echo\n' });
    const { host, configPath } = sidecar;
    await writeFile(configPath, 'default_model: {model: echo, kee: X}\nmodels: [{model: echo}]\n');
    const { params } = await host.next(({ method }) => method === 'config/diagnostics');
    expect(params.path).toBe(configPath);
    expect(
      params.diagnostics.map(({ severity, path, range }: { severity: string; path: string; range: { start: object } }) => [
        severity,
        path,
        range.start,
      ]),
    ).toEqual([
      ['warning', 'default_model.kee', { line: 0, character: 29 }],
      ['error', 'models[0]', { line: 1, character: 9 }],
    ]);
    expect(params.diagnostics[0].message).toMatch(/Did you mean "?key"?\?/);
    expect((await host.request('llm/models', {})).result.default).toBe('echo');
  });

  test('1.8 an unknown name in the configuration is a warning with its place and the nearest name', async () => {
    await using sidecar = await startReady({ config: 'default_model: gpt-5.4-mimi\n' });
    const { diagnostics } = (await sidecar.host.request('config/read')).result;
    expect(diagnostics).toEqual([
      {
        severity: 'warning',
        code: 'unknownModel',
        message: expect.stringContaining('gpt-5.4-mini'),
        path: 'default_model',
        range: { start: { line: 0, character: 15 }, end: { line: 0, character: 27 } },
        source: sidecar.configPath,
      },
    ]);
  });

  test.each([
    ['actor is not an object', { actor: 'me' }, 'actor'],
    ['purpose is not a string', { purpose: 3 }, 'purpose'],
  ])('wrong params are named: %s', async (_, params, path) => {
    await using sidecar = await startReady();
    const { error } = await sidecar.host.request('llm/models', params);
    expect(error).toMatchObject({ code: -32602, data: { kind: 'invalidParams', issues: [{ path }] } });
  });
});
