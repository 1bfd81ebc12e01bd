import { expect, test } from 'vitest';
import { buildCatalogue } from '../../src/catalogue/buildCatalogue.ts';
import { builtInModels } from '../../src/catalogue/builtInModels.ts';
import type { ProviderKind } from '../../src/catalogue/providerKind.ts';

const kind: ProviderKind = { key: null, optionsSchema: () => ({}), discover: false };
const types = ['openai', 'anthropic', 'google', 'mistral', 'groq', 'deepseek', 'xai', 'cohere', 'openrouter'];
const catalogue = buildCatalogue({
  builtIn: builtInModels,
  configured: [],
  discovered: new Map(),
  aliases: new Map(),
  providerKinds: new Map(types.map((type) => [type, kind])),
});

test.each([
  ['gpt-5.4', 'gpt-5.4'],
  ['gpt-5.4-mini', 'gpt-5.4-mini'],
  ['gpt-5.4-nano', 'gpt-5.4-nano'],
  ['gpt-5.4-pro', 'gpt-5.4-pro'],
  ['gpt-5.5', 'gpt-5.5'],
  ['gpt-4o', 'gpt-4o'],
  ['gpt-4o-mini', 'gpt-4o-mini'],
  ['gpt-4.1', 'gpt-4.1'],
  ['gpt-4.1-mini', 'gpt-4.1-mini'],
  ['4o', 'gpt-4o'],
  ['4.1-mini', 'gpt-4.1-mini'],
  ['openai/gpt-4o', 'gpt-4o'],
  ['claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ['claude-sonnet-4.6', 'claude-sonnet-4-6'],
  ['claude-4-sonnet', 'claude-sonnet-4-0'],
  ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
  ['anthropic/claude-sonnet-4.6', 'claude-sonnet-4-6'],
  ['openrouter/anthropic/claude-sonnet-4.6', 'openrouter/anthropic/claude-sonnet-4.6'],
  ['gemini/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['google/gemini-2.5-flash', 'gemini-2.5-flash'],
  ['mistral-large', 'mistral-large-latest'],
  ['mistral/mistral-large', 'mistral-large-latest'],
  ['groq/llama-3.3-70b-versatile', 'groq/llama-3.3-70b-versatile'],
  ['groq-llama-3.3-70b', 'groq/llama-3.3-70b-versatile'],
  ['deepseek/deepseek-v4-pro', 'deepseek-v4-pro'],
  ['command-a', 'command-a-03-2025'],
  ['3-small', 'text-embedding-3-small'],
  ['mistral/mistral-embed', 'mistral-embed'],
])('%s is %s', (name, id) => {
  expect(catalogue.find(name)?.id).toBe(id);
});

test('every model of every provider is there, under a name of its own', () => {
  expect(new Set(builtInModels.map(({ type }) => type))).toEqual(new Set(types));
  expect(catalogue.models.length).toBe(builtInModels.length);
  const names = builtInModels.flatMap(({ id, aliases }) => [id, ...aliases]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  for (const model of catalogue.models) expect(catalogue.find(`${model.provider}/${model.upstreamId}`)).toBe(model);
});

test('those that embed do nothing else', () => {
  const embedding = builtInModels.filter(({ features }) => features.embed === true);
  expect(embedding.map(({ type, id }) => `${type} ${id}`)).toEqual([
    'openai text-embedding-3-small',
    'openai text-embedding-3-large',
    'openai text-embedding-ada-002',
    'google gemini-embedding-001',
    'google gemini-embedding-2',
    'mistral mistral-embed',
    'mistral codestral-embed',
    'cohere embed-v4.0',
    'cohere embed-multilingual-v3.0',
    'cohere embed-english-v3.0',
  ]);
  for (const { features } of embedding) expect(features).toMatchObject({ stream: false, tools: false, schema: false, attachments: [] });
});

test('what some of them can do', () => {
  expect(catalogue.find('gpt-5.4-mini')).toMatchObject({
    provider: 'openai',
    features: { stream: true, tools: true, schema: true, reasoning: true },
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
  });
  expect(catalogue.find('claude-sonnet-4-6')).toMatchObject({ contextWindow: 1_000_000, maxOutputTokens: 128_000 });
  expect(catalogue.find('gpt-4o')?.features).toEqual({
    stream: true,
    tools: true,
    schema: true,
    reasoning: false,
    attachments: ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'application/pdf'],
  });
  expect(catalogue.find('groq/openai/gpt-oss-20b')).toMatchObject({ upstreamId: 'openai/gpt-oss-20b', features: { attachments: [] } });
});
