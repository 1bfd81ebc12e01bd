import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../protocol/index.ts';
import { builtInModels } from '../../src/catalogue/builtInModels.ts';
import { createProviders, providerKinds, providerTypes } from '../../src/providers/index.ts';
import { askToFail, callFor, settingsFor } from '../providers/support/call.ts';
import { startUpstream } from '../providers/support/upstream.ts';
import { readPage } from './support/pages.ts';
import { tableAfter } from './support/tables.ts';

const { text } = readPage('docs/providers.md');

test('the table of providers is what their files say', () => {
  const written = [...providerKinds].map(([type, { key, baseUrl, apis, discover }]) => [
    `\`${type}\``,
    key === null ? '–' : `\`${key.name}\``,
    key === null ? '–' : [...key.variables].map((name) => `\`${name}\``).join(', '),
    baseUrl === undefined ? '–' : `\`${baseUrl}\``,
    apis.length === 0 ? '–' : apis.map((api) => `\`${api}\``).join(', '),
    discover ? 'yes' : 'no',
    key?.obtainUrl === undefined ? '–' : `<${key.obtainUrl}>`,
  ]);
  expect(tableAfter(text, '## Providers')).toEqual(written);
});

test('the providers of embeddings are those that are named', () => {
  const named = [...(/\*\*Embeddings\*\* are there for ([^.]+)\./.exec(text)?.[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, type]) => type);
  const settings = providerTypes().map((type) => settingsFor(type, 'http://localhost/v1'));
  const embedding = [...createProviders(settings).values()].filter(({ name, embed }) => name.startsWith('my-') && embed !== undefined);
  expect(named).toEqual(embedding.map(({ name }) => name.replace('my-', '')));
});

// Models that do not reason, where the provider has such: what reasoning models leave out is said below the table.
const wires: readonly [type: string, api: string | undefined, model: string, reasoningModel: string][] = [
  ['openai', 'responses', 'gpt-4.1', 'gpt-5.4'],
  ['openai', 'chat', 'gpt-4.1', 'gpt-5.4'],
  ['anthropic', undefined, 'claude-sonnet-4-5', 'claude-sonnet-5'],
  ['google', undefined, 'gemini-3.5-flash', 'gemini-3.5-flash'],
  ['mistral', undefined, 'mistral-large-latest', 'mistral-small-latest'],
  ['groq', undefined, 'llama-3.3-70b-versatile', 'openai/gpt-oss-120b'],
  ['deepseek', undefined, 'deepseek-flash', 'deepseek-v4-pro'],
  ['xai', 'responses', 'grok-4.3', 'grok-4.3'],
  ['xai', 'chat', 'grok-4.3', 'grok-4.3'],
  ['cohere', undefined, 'command-a-03-2025', 'command-a-reasoning-08-2025'],
  ['openrouter', undefined, 'openai/gpt-4.1', 'openai/gpt-5.5'],
  ['openai-compatible', undefined, 'llama', 'llama'],
];
const values: JsonObject = {
  temperature: 0.5,
  max_tokens: 77,
  top_p: 0.25,
  top_k: 7,
  stop: ['STOP'],
  seed: 99,
  presence_penalty: 0.5,
  frequency_penalty: 0.25,
  reasoning: 'low',
};

describe('the table of options is what is sent', () => {
  const rows = tableAfter(text, '## Options');

  test('of every wire', () => {
    expect(rows.map(([wire]) => wire)).toEqual(wires.map(([type, api]) => `\`${type}\`${api === undefined ? '' : ` ${api}`}`));
    expect([...new Set(wires.map(([type]) => type))].toSorted()).toEqual(providerTypes().toSorted());
  });

  test.each(wires.map((wire, index) => ({ wire, row: rows[index] ?? [], name: `${wire[0]} ${wire[1] ?? ''}` })))(
    '$name',
    async ({ wire, row }) => {
      const sent = await Promise.all(Object.entries(values).map(async ([option, value]) => membersOf(wire, option, value)));
      expect(row.slice(1)).toEqual(sent);
    },
  );
});

/** The members of the request that an option becomes, as a cell: `–` where the type does not offer it, nothing where it is not sent. */
async function membersOf([type, api, plain, reasoning]: (typeof wires)[number], option: string, value: Json | undefined): Promise<string> {
  const upstreamId = option === 'reasoning' ? reasoning : plain;
  const features = { stream: true, tools: true, schema: true, reasoning: true, attachments: [] };
  const schema = providerKinds.get(type)!.optionsSchema(features) as { properties: JsonObject };
  if (!(option in schema.properties)) return '–';
  await using upstream = await startUpstream({
    status: 400,
    body: '{"error":{"message":"no"}}',
    headers: { 'content-type': 'application/json' },
  });
  const settings = settingsFor(type, `${upstream.url}/v1`, { api });
  const known = builtInModels.find((model) => model.type === type && model.upstreamId === upstreamId);
  const { model } = callFor(settings);
  for (const options of [{}, { [option]: value ?? null }]) {
    await askToFail(settings, { model: { ...model, upstreamId, features: known?.features ?? features }, options, stream: false });
  }
  const [before, after] = upstream.received.map(({ json }) => flat(json));
  const changed = Object.keys(after!).filter((name) => JSON.stringify(after![name]) !== JSON.stringify(before![name]));
  const wanted = changed.filter((name) => option === 'max_tokens' || name !== 'max_tokens');
  return wanted.map((name) => `\`${name}\``).join(', ');
}

/** The members of a body; Gemini has its options one level down. */
function flat({ generationConfig, ...rest }: JsonObject): JsonObject {
  return { ...rest, ...(generationConfig as JsonObject | undefined) };
}
