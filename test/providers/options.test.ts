import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../protocol/index.ts';
import type { ProviderCall } from '../../src/engine/ports.ts';
import { optionsSchemaOf } from '../../src/providers/optionsSchema.ts';
import { openai } from '../../src/providers/openai.ts';
import { providerKinds, providerTypes } from '../../src/providers/index.ts';
import { askToFail, callFor, settingsFor } from './support/call.ts';
import { json, startUpstream } from './support/upstream.ts';

/** What a wire's request holds for the options of a prompt. */
async function requestOf(type: string, model: string, more: Partial<ProviderCall> & { api?: string }): Promise<JsonObject> {
  await using upstream = await startUpstream(json(400, { error: { message: 'enough' } }));
  const settings = settingsFor(type, upstream.url, { api: more.api });
  const call = callFor(settings, more);
  const features = { ...call.model.features, reasoning: true };
  await askToFail(settings, { ...more, model: { ...call.model, upstreamId: model, features } });
  return upstream.received[0]?.json ?? {};
}

const every = { temperature: 0.5, max_tokens: 100, top_p: 0.9, stop: 'END' };
const reasoning = { max_tokens: 100, reasoning: 'low' };

const rows: readonly (readonly [type: string, model: string, options: JsonObject, request: JsonObject, api: string | undefined])[] = [
  [
    'openai',
    'gpt-4.1',
    { temperature: 0.5, max_tokens: 100, top_p: 0.9 },
    { temperature: 0.5, max_output_tokens: 100, top_p: 0.9, store: false },
    undefined,
  ],
  [
    'openai',
    'gpt-5.4',
    reasoning,
    { max_output_tokens: 100, reasoning: { effort: 'low' }, include: ['reasoning.encrypted_content'] },
    undefined,
  ],
  ['openai', 'a-model-of-tomorrow', reasoning, { max_output_tokens: 100, reasoning: { effort: 'low' } }, undefined],
  [
    'openai',
    'gpt-4.1',
    { ...every, seed: 7, presence_penalty: 0.1, frequency_penalty: 0.2 },
    { temperature: 0.5, max_tokens: 100, top_p: 0.9, stop: ['END'], seed: 7, presence_penalty: 0.1, frequency_penalty: 0.2 },
    'chat',
  ],
  [
    'anthropic',
    'claude-sonnet-4-6',
    { temperature: 0.5, max_tokens: 100, top_k: 40, stop: ['A', 'B'] },
    { temperature: 0.5, max_tokens: 100, top_k: 40, stop_sequences: ['A', 'B'] },
    undefined,
  ],
  ['anthropic', 'claude-sonnet-4-6', reasoning, { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, undefined],
  [
    'google',
    'gemini-3-pro-preview',
    { ...every, top_k: 40, seed: 7 },
    { generationConfig: { temperature: 0.5, maxOutputTokens: 100, topP: 0.9, topK: 40, seed: 7, stopSequences: ['END'] } },
    undefined,
  ],
  [
    'google',
    'gemini-3-pro-preview',
    reasoning,
    { generationConfig: { thinkingConfig: { thinkingLevel: 'low', includeThoughts: true } } },
    undefined,
  ],
  [
    'mistral',
    'mistral-small-latest',
    { ...every, seed: 7 },
    { temperature: 0.5, max_tokens: 100, top_p: 0.9, stop: ['END'], random_seed: 7 },
    undefined,
  ],
  [
    'groq',
    'openai/gpt-oss-120b',
    { ...every, ...reasoning, seed: 7 },
    { temperature: 0.5, max_tokens: 100, top_p: 0.9, stop: ['END'], seed: 7, reasoning_effort: 'low' },
    undefined,
  ],
  ['deepseek', 'deepseek-chat', every, { temperature: 0.5, max_tokens: 100, top_p: 0.9, stop: ['END'] }, undefined],
  [
    'xai',
    'grok-4.3',
    { temperature: 0.5, ...reasoning },
    { temperature: 0.5, max_output_tokens: 100, reasoning: { effort: 'low' }, store: false },
    undefined,
  ],
  ['xai', 'grok-4', { ...every, ...reasoning }, { temperature: 0.5, max_tokens: 100, stop: ['END'], reasoning_effort: 'low' }, 'chat'],
  [
    'cohere',
    'command-a-03-2025',
    { ...every, top_k: 40, seed: 7 },
    { temperature: 0.5, max_tokens: 100, p: 0.9, k: 40, stop_sequences: ['END'], seed: 7 },
    undefined,
  ],
  [
    'openrouter',
    'anthropic/claude-sonnet-4.6',
    { ...every, ...reasoning, top_k: 40 },
    { temperature: 0.5, max_tokens: 100, top_p: 0.9, top_k: 40, stop: ['END'], reasoning: { effort: 'low' } },
    undefined,
  ],
  [
    'openai-compatible',
    'qwen3',
    { ...every, ...reasoning, seed: 7 },
    { temperature: 0.5, max_tokens: 100, top_p: 0.9, stop: ['END'], seed: 7, reasoning_effort: 'low' },
    undefined,
  ],
];

describe('options in the words of each provider', () => {
  it.each(rows)('%s %s %j', async (type, model, options, request, api) => {
    expect(await requestOf(type, model, { options, api })).toMatchObject(request);
  });

  const own: readonly (readonly [string, string, JsonObject, JsonObject])[] = [
    ['openai', 'gpt-5.4', { store: true, textVerbosity: 'low' }, { store: true, text: { verbosity: 'low' } }],
    ['anthropic', 'claude-sonnet-4-6', { metadata: { userId: 'u1' } }, { metadata: { user_id: 'u1' } }],
    ['google', 'gemini-2.5-flash', { labels: { team: 'a' } }, { labels: { team: 'a' } }],
    ['openrouter', 'x/y', { provider: { order: ['Groq'] } }, { provider: { order: ['Groq'] } }],
    ['openai-compatible', 'qwen3', { repetition_penalty: 1.1 }, { repetition_penalty: 1.1 }],
  ];
  it.each(own)('%s %s: its own options win: %j', async (type, model, options, request) => {
    expect(await requestOf(type, model, { options: { [type]: options } })).toMatchObject(request);
  });
});

const closed: JsonObject = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const loose: JsonObject = { type: 'object', properties: { a: { type: 'string' } } };

describe('what a package refuses before anything is sent', () => {
  it('is told by its path', async () => {
    await using upstream = await startUpstream({});
    const settings = settingsFor('openai', upstream.url);
    const { failure } = await askToFail(settings, { options: { openai: { store: 'perhaps' } } });
    expect(failure).toMatchObject({
      kind: 'invalidParams',
      detail: { issues: [{ path: 'options.openai.store', message: 'Invalid input: expected boolean, received string' }] },
    });
    expect(upstream.received).toHaveLength(0);
  });

  it('an attachment that the wire has no place for', async () => {
    await using upstream = await startUpstream({});
    const audio = { type: 'attachment' as const, mediaType: 'audio/flac', data: 'AA==' };
    const { failure } = await askToFail(settingsFor('anthropic', upstream.url), { messages: [{ role: 'user', content: [audio] }] });
    expect(failure.kind).toBe('unsupportedFeature');
    expect(failure.message).toContain('audio/flac');
    expect(upstream.received).toHaveLength(0);
  });
});

describe('schemas and tools', () => {
  const strictIn: Record<string, (request: JsonObject) => Json | undefined> = {
    openai: (request) => at(request, 'text', 'format', 'strict'),
    'openai-compatible': (request) => at(request, 'response_format', 'json_schema', 'strict'),
    groq: (request) => at(request, 'response_format', 'json_schema', 'strict'),
    openrouter: (request) => at(request, 'response_format', 'json_schema', 'strict'),
  };
  it.each(Object.keys(strictIn))('%s: a schema is strict only where it meets the strict rules', async (type) => {
    expect(strictIn[type]?.(await requestOf(type, 'openai/gpt-oss-120b', { schema: closed }))).toBe(true);
    expect(strictIn[type]?.(await requestOf(type, 'openai/gpt-oss-120b', { schema: loose }))).toBe(false);
  });

  it('OpenAI takes tools as strict unless told otherwise', async () => {
    const tools = [
      { name: 'closed', inputSchema: closed },
      { name: 'loose', inputSchema: loose },
    ];
    const request = await requestOf('openai', 'gpt-4.1', { tools, toolChoice: { name: 'loose' } });
    expect(request['tools']).toMatchObject([
      { name: 'closed', strict: true },
      { name: 'loose', strict: false },
    ]);
    expect(request['tool_choice']).toEqual({ type: 'function', name: 'loose' });
  });

  const schemaIn: readonly (readonly [string, string, JsonObject])[] = [
    ['anthropic', 'claude-sonnet-4-6', { output_config: { format: { type: 'json_schema' } } }],
    ['google', 'gemini-2.5-flash', { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } } }],
    ['mistral', 'mistral-small-latest', { response_format: { type: 'json_schema' } }],
    ['cohere', 'command-a-03-2025', { response_format: { type: 'json_object', json_schema: { type: 'object' } } }],
    ['xai', 'grok-4.3', { text: { format: { type: 'json_schema' } } }],
  ];
  it.each(schemaIn)('%s %s is given the schema', async (type, model, request) => {
    expect(await requestOf(type, model, { schema: closed })).toMatchObject(request);
  });
});

describe('what the catalogue is told', () => {
  it('of options', () => {
    const features = { stream: true, tools: true, schema: true, reasoning: false, attachments: [] };
    const names = (reasoningToo: boolean) =>
      Object.keys(optionsSchemaOf(openai, { ...features, reasoning: reasoningToo })['properties'] as JsonObject);
    expect(names(false)).toEqual(['temperature', 'max_tokens', 'top_p', 'stop', 'seed', 'presence_penalty', 'frequency_penalty', 'openai']);
    expect(names(true)).toContain('reasoning');
    expect(optionsSchemaOf(openai, features)['additionalProperties']).toBe(false);
  });

  it('of keys', () => {
    const keys = [...providerKinds.values()].map(({ key }) => key && [key.name, key.secret, key.variables[0]].join(' '));
    expect(keys).toEqual([
      'openai OPENAI_API_KEY OPENAI_API_KEY',
      'anthropic ANTHROPIC_API_KEY ANTHROPIC_API_KEY',
      'gemini GEMINI_API_KEY GEMINI_API_KEY',
      'mistral MISTRAL_API_KEY MISTRAL_API_KEY',
      'groq GROQ_API_KEY GROQ_API_KEY',
      'deepseek DEEPSEEK_API_KEY DEEPSEEK_API_KEY',
      'xai XAI_API_KEY XAI_API_KEY',
      'cohere COHERE_API_KEY COHERE_API_KEY',
      'openrouter OPENROUTER_API_KEY OPENROUTER_API_KEY',
      null,
    ]);
    expect(providerTypes()).toHaveLength(10);
  });
});

function at(value: Json | undefined, ...path: string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, name) => (typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner[name] : undefined),
    value,
  );
}
