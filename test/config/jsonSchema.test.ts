import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { configJsonSchema } from '../../src/config/jsonSchema.ts';
import { checkJson } from '../../src/lib/checkJson.ts';
import { providerTypes as builtInTypes } from '../../src/providers/index.ts';
import { providerTypes } from './support.ts';

const committed = new URL('../../docs/config.schema.json', import.meta.url);

test('docs/config.schema.json is what the schema says (npm run generate)', () => {
  const content = `${JSON.stringify(configJsonSchema(providerTypes), null, 2)}\n`;
  if (process.env['UPDATE'] === '1') writeFileSync(committed, content);
  expect(readFileSync(committed, 'utf8')).toBe(content);
});

test('the types of providers in it are those that there are', () => {
  expect(builtInTypes().toSorted()).toEqual([
    'anthropic',
    'cohere',
    'deepseek',
    'google',
    'groq',
    'mistral',
    'openai',
    'openai-compatible',
    'openrouter',
    'xai',
  ]);
});

describe('what an editor makes of it', () => {
  const schema = configJsonSchema(providerTypes);

  test.each(['../../docs/llm-sidecar.yaml', 'fixtures/sampleModels.yaml', 'fixtures/sampleKeys.yaml'])('%s is fine', (path) => {
    expect(checkJson(schema, parseYaml(readFileSync(new URL(path, import.meta.url), 'utf8')))).toEqual([]);
  });

  test.each([
    ['an unknown key at the top', { databases: {} }],
    ['a variable in place of text', { default_model: { $env: 'A' } }],
    ['a variable in place of a list', { models: { $env: 'A' } }],
    ['a variable in a list', { models: ['a', { $env: 'A' }] }],
    ['a variable in place of a boolean', { require_keys: { $env: 'A' } }],
    ['a variable in place of a header', { providers: { openai: { headers: { a: { $env: 'A' } } } } }],
    ['a variable in place of a number', { limits: { retries: { $env: 'A' } } }],
  ])('%s is fine', (_what, value) => {
    expect(checkJson(schema, value)).toEqual([]);
  });

  test.each([
    ['a dict in models', { models: [{ model: 'a' }] }],
    ['an unknown key of a purpose', { purposes: { a: { modle: 'b' } } }],
    ['an unknown key of the plugin', { plugins: { 'datasette-llm': { modles: [] } } }],
    ['an unknown type', { providers: { a: { type: 'soap' } } }],
    ['no text', { default_model: 4 }],
    ['a variable and more', { default_model: { $env: 'A', b: 1 } }],
  ])('%s is not', (_what, value) => {
    expect(checkJson(schema, value)).not.toEqual([]);
  });

  test('every key is described', () => {
    const definitions = schema['definitions'] as Record<string, { description?: string }>;
    expect(Object.entries(definitions).filter(([, { description }]) => !description)).toEqual([]);
    expect(Object.keys(definitions)).toEqual([
      'default_model',
      'purposes',
      'models',
      'blocked_models',
      'require_keys',
      'enforce_models',
      'purpose_models',
      'strict_keys',
      'test_models',
      'providers',
      'mcp_servers',
      'plugins',
      'limits',
      'model_options',
      'prices',
      'attachments',
      'storage',
      'history',
      'conversations',
      'time_zone',
      'budgets',
      'unpriced',
      'default_reservation_usd',
      'auto_reservation_usd',
      'reservations',
      'secrets',
      'telemetry',
      'timeouts',
      'model_timeouts',
      'fallbacks',
      'env',
    ]);
  });
});
