import { expect, test } from 'vitest';
import { buildCatalogue, type CatalogueSources } from '../../src/catalogue/buildCatalogue.ts';
import type { BuiltInModel } from '../../src/catalogue/builtInModel.ts';
import type { Model, ModelFeatures } from '../../src/catalogue/model.ts';
import type { ProviderKind } from '../../src/catalogue/providerKind.ts';
import type { ConfiguredModel, ProviderSettings } from '../../src/catalogue/providerSettings.ts';

const seeing: ModelFeatures = { stream: true, tools: true, schema: true, reasoning: false, attachments: ['image/png', 'application/pdf'] };
const blind: ModelFeatures = { stream: true, tools: true, schema: false, reasoning: true, attachments: ['image/png'] };

const builtIn: BuiltInModel[] = [
  {
    id: 'gpt-4o',
    type: 'openai',
    upstreamId: 'gpt-4o',
    name: 'GPT-4o',
    aliases: ['4o'],
    features: seeing,
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
  },
  { id: 'o1', type: 'openai', upstreamId: 'o1', name: 'o1', aliases: [], features: blind },
  { id: 'claude-x', type: 'anthropic', upstreamId: 'claude-x-20250101', name: 'Claude X', aliases: ['claude-ten'], features: seeing },
  { id: 'groq/llama', type: 'groq', upstreamId: 'llama', name: 'Llama', aliases: [], features: blind },
];

const kind = (name: string, secret: string): ProviderKind => ({
  key: { name, secret, variables: [secret] },
  optionsSchema: (features) => ({ type: 'object', properties: { reasons: { const: features.reasoning } } }),
  discover: false,
});
const providerKinds = new Map<string, ProviderKind>([
  ['openai', kind('openai', 'OPENAI_API_KEY')],
  ['anthropic', kind('anthropic', 'ANTHROPIC_API_KEY')],
  ['groq', kind('groq', 'GROQ_API_KEY')],
  ['openai-compatible', { key: null, optionsSchema: () => ({ type: 'object' }), discover: true }],
]);

const echo: Model = { id: 'echo', provider: 'echo', upstreamId: 'echo', aliases: [], key: null, features: blind, optionsSchema: {} };

test('the built-in models, then the fixed ones, each with key, options and limits', () => {
  const catalogue = build({});
  expect(ids({})).toEqual(['gpt-4o', 'o1', 'claude-x', 'groq/llama', 'echo']);
  expect(catalogue.find('gpt-4o')).toEqual({
    id: 'gpt-4o',
    provider: 'openai',
    providerType: 'openai',
    upstreamId: 'gpt-4o',
    name: 'GPT-4o',
    aliases: ['4o'],
    key: { name: 'openai', secret: 'OPENAI_API_KEY', variables: ['OPENAI_API_KEY'] },
    features: seeing,
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    optionsSchema: { type: 'object', properties: { reasons: { const: false } } },
  });
  expect(catalogue.find('o1')?.optionsSchema).toEqual({ type: 'object', properties: { reasons: { const: true } } });
});

test('models of a type that nobody can serve are left out', () => {
  expect(ids({ providerKinds: new Map([['groq', providerKinds.get('groq')!]]) })).toEqual(['groq/llama', 'echo']);
});

const names: { name: string; sources: Partial<CatalogueSources>; found: Record<string, string | undefined> }[] = [
  {
    name: 'an id, an alias, provider and id, provider and upstream id',
    sources: {},
    found: {
      'gpt-4o': 'gpt-4o',
      '4o': 'gpt-4o',
      'openai/gpt-4o': 'gpt-4o',
      'anthropic/claude-x': 'claude-x',
      'anthropic/claude-x-20250101': 'claude-x',
      'groq/llama': 'groq/llama',
      llama: undefined,
    },
  },
  {
    name: "the user's alias before the built-in one, an id before both",
    sources: {
      aliases: new Map([
        ['4o', 'o1'],
        ['fast', 'claude-ten'],
        ['gpt-4o', 'o1'],
        ['lost', 'nothing'],
      ]),
    },
    found: { '4o': 'o1', fast: 'claude-x', 'gpt-4o': 'gpt-4o', lost: undefined },
  },
  {
    name: 'a configured model takes the plain id and the aliases of a built-in one',
    sources: { configured: [settings('proxy', { models: [model('gpt-4o')] })] },
    found: { 'gpt-4o': 'gpt-4o', 'proxy/gpt-4o': 'gpt-4o', 'openai/gpt-4o': 'openai/gpt-4o', '4o': 'gpt-4o' },
  },
  {
    name: 'a configured alias goes before a built-in one',
    sources: { configured: [settings('proxy', { models: [model('mine', { aliases: ['4o', 'm'] })] })] },
    found: { '4o': 'mine', m: 'mine' },
  },
  {
    name: 'two configured models of one id: the first has the plain one',
    sources: { configured: [settings('a', { models: [model('m'), model('m')] }), settings('b', { models: [model('m')] })] },
    found: { m: 'm', 'a/m': 'm', 'b/m': 'b/m' },
  },
  {
    name: 'a listed model takes no name that means something',
    sources: {
      configured: [settings('lan', {})],
      aliases: new Map([['fast', 'gpt-4o']]),
      discovered: new Map([['lan', ['gpt-4o', 'fast', '4o', 'claude-ten', 'openai/gpt-4o', 'qwen', 'echo'].map((id) => ({ id }))]]),
    },
    found: {
      'gpt-4o': 'gpt-4o',
      'lan/gpt-4o': 'lan/gpt-4o',
      fast: 'gpt-4o',
      'lan/fast': 'lan/fast',
      '4o': 'gpt-4o',
      'claude-ten': 'claude-x',
      'openai/gpt-4o': 'gpt-4o',
      'lan/openai/gpt-4o': 'lan/openai/gpt-4o',
      qwen: 'qwen',
      'lan/qwen': 'qwen',
      echo: 'echo',
      'lan/echo': 'lan/echo',
    },
  },
];

test("a listed model's alias takes no name that means something either", () => {
  const listed = [
    { id: 'qwen:latest', aliases: ['qwen'] },
    { id: '4o:latest', aliases: ['4o'] },
  ];
  const catalogue = build({ configured: [settings('lan', {})], discovered: new Map([['lan', listed]]) });
  expect(catalogue.find('qwen')?.id).toBe('qwen:latest');
  expect(catalogue.find('4o')?.id).toBe('gpt-4o');
});

test.each(names)('names: $name', ({ sources, found }) => {
  const catalogue = build(sources);
  const answers = Object.fromEntries(Object.keys(found).map((name) => [name, catalogue.find(name)?.id]));
  expect(answers).toEqual(found);
});

test('a configured gpt-4o of a proxy is asked at the proxy', () => {
  const catalogue = build({ configured: [settings('proxy', { models: [model('gpt-4o')] })] });
  expect(catalogue.find('gpt-4o')).toMatchObject({ provider: 'proxy', key: null });
  expect(catalogue.find('openai/gpt-4o')).toMatchObject({ provider: 'openai', upstreamId: 'gpt-4o', aliases: [] });
});

test('an entry with a built-in name keeps the built-in models, changes those it lists in place and adds its own', () => {
  const configured = [
    settings('openai', {
      type: 'openai',
      key: 'work-openai',
      models: [model('4o', { contextWindow: 1000, features: { schema: false } }), model('ft:gpt-4o:me', { name: 'Mine' })],
    }),
  ];
  expect(ids({ configured })).toEqual(['gpt-4o', 'o1', 'claude-x', 'groq/llama', 'echo', 'ft:gpt-4o:me']);
  const catalogue = build({ configured });
  expect(catalogue.find('4o')).toMatchObject({
    id: 'gpt-4o',
    contextWindow: 1000,
    maxOutputTokens: 16_384,
    features: { ...seeing, schema: false },
    key: { name: 'work-openai', secret: 'WORK_OPENAI', variables: ['WORK_OPENAI'] },
  });
  expect(catalogue.find('o1')?.key?.secret).toBe('WORK_OPENAI');
});

test('an entry with another name has only what it lists, with what is known of it', () => {
  const price = { input: '0.29', output: '1', cacheRead: undefined, cacheWrite: undefined };
  const listed = [model('my-claude', { upstreamId: 'claude-x', price }), model('unheard')];
  const configured = [settings('work', { type: 'anthropic', models: listed })];
  expect(ids({ configured })).toEqual(['gpt-4o', 'o1', 'claude-x', 'groq/llama', 'echo', 'my-claude', 'unheard']);
  expect(build({ configured }).find('my-claude')).toMatchObject({
    provider: 'work',
    providerType: 'anthropic',
    upstreamId: 'claude-x',
    name: 'Claude X',
    features: seeing,
    key: { secret: 'ANTHROPIC_API_KEY' },
    price: { id: 'config:my-claude', input: 29_000_000_000n, output: 100_000_000_000n },
  });
});

test('a configured model nobody knows can do what any of its type can; a listed one what all can', () => {
  const catalogue = build({
    configured: [settings('openai', { type: 'openai', models: [model('new')] }), settings('lan', { models: [model('local')] })],
    discovered: new Map([
      ['openai', [{ id: 'gpt-9' }, { id: 'gpt-4o' }, { id: 'gpt-4o-2024-08-06' }]],
      ['lan', [{ id: 'seen', contextWindow: 4096, features: { schema: true } }]],
      ['groq', [{ id: 'llama' }, { id: 'kimi' }]],
    ]),
  });
  expect(catalogue.models.map(({ id }) => id)).toEqual([
    'gpt-4o',
    'o1',
    'claude-x',
    'groq/llama',
    'echo',
    'new',
    'local',
    'gpt-9',
    'gpt-4o-2024-08-06',
    'groq/kimi',
    'seen',
  ]);
  expect(catalogue.find('new')?.features).toEqual({
    stream: true,
    tools: true,
    schema: true,
    reasoning: true,
    attachments: ['image/png', 'application/pdf'],
  });
  expect(catalogue.find('local')?.features).toEqual({ stream: true, tools: true, schema: true, reasoning: true, attachments: ['image/*'] });
  expect(catalogue.find('gpt-9')?.features).toEqual({
    stream: true,
    tools: true,
    schema: false,
    reasoning: false,
    attachments: ['image/png'],
  });
  expect(catalogue.find('gpt-4o-2024-08-06')).toMatchObject({ features: seeing, contextWindow: 128_000 });
  expect(catalogue.find('groq/kimi')).toMatchObject({ upstreamId: 'kimi', provider: 'groq' });
  expect(catalogue.find('seen')).toMatchObject({
    contextWindow: 4096,
    features: { stream: true, tools: true, schema: true, attachments: [] },
  });
});

test.each([
  ['null needs none', null, null],
  ['a name a type uses', 'groq', { name: 'groq', secret: 'GROQ_API_KEY', variables: ['GROQ_API_KEY'] }],
  ['another name', 'my server', { name: 'my server', secret: 'MY_SERVER_API_KEY', variables: ['MY_SERVER_API_KEY'] }],
  ['a name that says key', 'CUSTOM_KEY', { name: 'CUSTOM_KEY', secret: 'CUSTOM_KEY', variables: ['CUSTOM_KEY'] }],
])("a model's own key: %s", (_, keyName, key) => {
  const configured = [settings('lan', { key: 'LAN', models: [model('m', { keyName })] })];
  expect(build({ configured }).find('m')?.key).toEqual(key);
});

function build(sources: Partial<CatalogueSources>) {
  return buildCatalogue({ builtIn, fixed: [echo], configured: [], discovered: new Map(), aliases: new Map(), providerKinds, ...sources });
}

function ids(sources: Partial<CatalogueSources>): string[] {
  return build(sources).models.map(({ id }) => id);
}

function settings(name: string, rest: Partial<ProviderSettings>): ProviderSettings {
  return {
    name,
    type: 'openai-compatible',
    baseUrl: undefined,
    api: undefined,
    key: undefined,
    headers: {},
    discover: undefined,
    models: [],
    ...rest,
  };
}

function model(id: string, rest: Partial<ConfiguredModel> = {}): ConfiguredModel {
  const none = { upstreamId: undefined, name: undefined, contextWindow: undefined, maxOutputTokens: undefined, price: undefined };
  return {
    id,
    aliases: [],
    features: {},
    optionsSchema: undefined,
    baseUrl: undefined,
    headers: undefined,
    keyName: undefined,
    ...none,
    ...rest,
  };
}

test('a configured model may embed; models that embed say nothing about what listed ones can do', () => {
  const none = { stream: false, tools: false, schema: false, reasoning: false, attachments: [] };
  const embedder: BuiltInModel = {
    id: 'e-1',
    type: 'openai',
    upstreamId: 'e-1',
    name: 'E 1',
    aliases: [],
    features: { ...none, embed: true },
  };
  const catalogue = build({
    builtIn: [...builtIn.slice(0, 1), embedder],
    configured: [
      settings('openai', {
        type: 'openai',
        models: [model('gpt-embeds', { features: { embed: true } }), model('e-1', { name: 'Renamed' })],
      }),
    ],
    discovered: new Map([['openai', [{ id: 'gpt-new' }, { id: 'e-1-2026-01-01' }]]]),
  });
  expect(catalogue.find('gpt-embeds')?.features).toEqual({ ...none, embed: true });
  expect(catalogue.find('e-1')).toMatchObject({ name: 'Renamed', features: { ...none, embed: true } });
  expect(catalogue.find('gpt-new')?.features).toEqual(seeing);
  expect(catalogue.find('e-1-2026-01-01')?.features).toEqual({ ...none, embed: true });
});
