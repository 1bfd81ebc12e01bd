import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { hasTestModels, namedSecrets, toLimits, toProviderSettings, toRules } from '../../src/config/toSnapshot.ts';
import { names, parse, parsed } from './support.ts';

const read = async (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');
const ref = (model: string, key: string | null = null): object => ({ model, key });

describe('behaviour 1.11: the samples load as their comments say', () => {
  test('models and purposes', async () => {
    const { config, problems } = parse(await read('fixtures/sampleModels.yaml'));
    expect(problems).toEqual([]);
    const found = toRules(config!, names);
    expect(found.problems).toEqual([]);
    expect(found.rules).toMatchObject({
      defaultModel: ref('gpt-5.4-mini'),
      models: ['gpt-5.4', 'gpt-5.4-mini', 'gpt-5.4-nano', 'claude-sonnet-4-6'],
      blockedModels: ['gpt-5.4-pro'],
      requireKeys: true,
    });
    expect([...found.rules.purposes]).toEqual([
      ['enrichments', { model: ref('gpt-5.4-nano'), models: null, blockedModels: [] }],
      ['sql-assistant', { model: ref('gpt-5.4'), models: [ref('gpt-5.4'), ref('gpt-5.4-mini')], blockedModels: [] }],
      ['extract', { model: ref('claude-sonnet-4-6'), models: null, blockedModels: ['gpt-5.4-pro'] }],
      ['chat', { model: ref('claude-sonnet-4-6'), models: null, blockedModels: [] }],
    ]);
  });

  test('keys', async () => {
    const { config, problems } = parse(await read('fixtures/sampleKeys.yaml'));
    expect(problems).toEqual([]);
    const { rules } = toRules(config!, names);
    expect(rules.defaultModel).toEqual(ref('gpt-5.4-mini', 'CUSTOM_OPENAI_KEY'));
    expect(rules.models).toBeNull();
    expect([...rules.purposes]).toEqual([
      ['query-assistant', { model: ref('gpt-5.4-mini', 'QUERY_ASSISTANT_KEY'), models: null, blockedModels: [] }],
      [
        'enrichments',
        {
          model: ref('gpt-5.4-nano', 'ENRICHMENTS_NANO_KEY'),
          models: [ref('gpt-5.4', 'ENRICHMENTS_GPT5_KEY'), ref('gpt-5.4-mini', 'ENRICHMENTS_MINI_KEY'), ref('claude-sonnet-4-6')],
          blockedModels: [],
        },
      ],
    ]);
    expect(namedSecrets(config!)).toEqual([
      'CUSTOM_OPENAI_KEY',
      'QUERY_ASSISTANT_KEY',
      'ENRICHMENTS_NANO_KEY',
      'ENRICHMENTS_GPT5_KEY',
      'ENRICHMENTS_MINI_KEY',
    ]);
  });

  test('a datasette.yaml with much else in it', async () => {
    const { config, problems } = parse(await read('fixtures/datasette.yaml'));
    expect(problems).toEqual([]);
    expect(toRules(config!, names).rules).toMatchObject({
      defaultModel: ref('gpt-5.4-mini'),
      models: ['gpt-5.4-mini', 'gpt-5.4'],
      requireKeys: true,
    });
  });

  test('docs/llm-sidecar.yaml', async () => {
    const text = await read('../../docs/llm-sidecar.yaml');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./config.schema.json');
    const { config, problems } = parse(text);
    expect(problems).toEqual([]);
    const found = toRules(config!, names);
    expect(found.problems).toEqual([]);
    expect(found.rules.purposes.get('sql-assistant')).toEqual({
      model: ref('gpt-5.4'),
      models: [ref('gpt-5.4', 'SQL_ASSISTANT_KEY'), ref('gpt-5.4-mini')],
      blockedModels: [],
      system: 'Answer with one SQL query and nothing else.',
      options: { temperature: 0 },
    });
    expect(toLimits(config!)).toEqual({
      maxConcurrentPrompts: 1000,
      maxResponseBytes: 67_108_864,
      retries: 2,
      toolTimeoutMs: 120_000,
      maxToolResultBytes: 8_388_608,
    });
    expect(hasTestModels(config!)).toBe(false);
  });
});

describe('providers', () => {
  test('as the provider rooms take them', () => {
    const yaml = `
providers:
  openai: { api: chat, key: TEAM_KEY }
  here:
    type: openai-compatible
    base_url: http://localhost:8080/v1
    headers: { X-Team: { $env: TEAM }, X-Number: 7 }
    discover: true
    models:
      - plain
      - id: rich
        upstream_id: vendor/rich
        name: Rich
        aliases: [r]
        features: { tools: true, attachments: [image/png] }
        context_window: 1000
        max_output_tokens: 100
        price: { input: 0.29, output: "1.20", cache_read: 1e-7, cache_write: 12 }
`;
    const absent = {
      upstreamId: undefined,
      name: undefined,
      contextWindow: undefined,
      maxOutputTokens: undefined,
      price: undefined,
      optionsSchema: undefined,
      baseUrl: undefined,
      headers: undefined,
      keyName: undefined,
    };
    expect(toProviderSettings(parsed(yaml, { TEAM: 'blue' }))).toStrictEqual([
      { name: 'openai', type: 'openai', baseUrl: undefined, api: 'chat', key: 'TEAM_KEY', headers: {}, discover: undefined, models: [] },
      {
        name: 'here',
        type: 'openai-compatible',
        baseUrl: 'http://localhost:8080/v1',
        api: undefined,
        key: undefined,
        headers: { 'X-Team': 'blue', 'X-Number': '7' },
        discover: true,
        models: [
          { ...absent, id: 'plain', aliases: [], features: {} },
          {
            ...absent,
            id: 'rich',
            upstreamId: 'vendor/rich',
            name: 'Rich',
            aliases: ['r'],
            features: { tools: true, attachments: ['image/png'] },
            contextWindow: 1000,
            maxOutputTokens: 100,
            price: { input: '0.29', output: '1.20', cacheRead: '0.0000001', cacheWrite: '12' },
          },
        ],
      },
    ]);
  });

  test.each([
    ['0.1', '0.1'],
    ['1.25e-9', '0.00000000125'],
    ['1e21', '1000000000000000000000'],
    ['1.5e21', '1500000000000000000000'],
    ['15', '15'],
  ])('a price of %s is %s', (written, expected) => {
    const [provider] = toProviderSettings(parsed(`providers: {openai: {models: [{id: a, price: {input: ${written}, output: 1}}]}}`));
    expect(provider?.models[0]?.price?.input).toBe(expected);
  });

  test('limits and test models', () => {
    const config = parsed('limits: {max_concurrent_prompts: 2, max_response_bytes: 10, retries: 0, tool_timeout_ms: 5}\ntest_models: true');
    expect(toLimits(config)).toMatchObject({ maxConcurrentPrompts: 2, maxResponseBytes: 10, retries: 0, toolTimeoutMs: 5 });
    expect(hasTestModels(config)).toBe(true);
  });
});
