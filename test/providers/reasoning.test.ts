import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/index.ts';
import { askToFail, callFor, settingsFor } from './support/call.ts';
import { json, startUpstream } from './support/upstream.ts';

const levels = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

async function requestOf([type = '', model = '', api]: readonly (string | undefined)[], options: JsonObject): Promise<JsonObject> {
  await using upstream = await startUpstream(json(400, { error: { message: 'enough' } }));
  const settings = settingsFor(type, upstream.url, { api });
  const call = callFor(settings);
  const features = { ...call.model.features, reasoning: true };
  await askToFail(settings, { options, model: { ...call.model, upstreamId: model, maxOutputTokens: 64_000, features } });
  return upstream.received[0]?.json ?? {};
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as JsonObject | undefined)?.[name], value);
}

/** Where the wire has it, and what it has there for each of the levels. */
const rows: [wire: readonly string[], path: string, sent: unknown[]][] = [
  [['openai', 'gpt-5.4'], 'reasoning.effort', ['none', 'low', 'low', 'medium', 'high', 'xhigh', 'xhigh']],
  [['openai', 'gpt-5.4', 'chat'], 'reasoning_effort', ['none', 'low', 'low', 'medium', 'high', 'xhigh', 'xhigh']],
  [['anthropic', 'claude-sonnet-4-6'], 'output_config.effort', [undefined, 'low', 'low', 'medium', 'high', 'high', 'max']],
  [['anthropic', 'claude-sonnet-4-6'], 'thinking.type', ['disabled', ...Array.from({ length: 6 }, () => 'adaptive')]],
  [['anthropic', 'claude-sonnet-4-5'], 'thinking.budget_tokens', [undefined, 1024, 2000, 6000, 12_000, 18_000, 19_000]],
  [['anthropic', 'claude-opus-4-1-20250805'], 'thinking.type', ['disabled', ...Array.from({ length: 6 }, () => 'enabled')]],
  [
    ['google', 'gemini-3-pro-preview'],
    'generationConfig.thinkingConfig.thinkingLevel',
    ['low', 'low', 'low', 'medium', 'high', 'high', 'high'],
  ],
  [['google', 'gemini-2.5-flash'], 'generationConfig.thinkingConfig.thinkingBudget', [0, 1311, 6554, 19_661, 24_576, 24_576, 24_576]],
  [['mistral', 'mistral-small-latest'], 'reasoning_effort', ['none', 'high', 'high', 'high', 'high', 'high', 'high']],
  [['groq', 'openai/gpt-oss-120b'], 'reasoning_effort', ['low', 'low', 'low', 'medium', 'high', 'high', 'high']],
  [['groq', 'qwen/qwen3-32b'], 'reasoning_effort', ['none', 'default', 'default', 'default', 'default', 'default', 'default']],
  [['deepseek', 'deepseek-v4-pro'], 'thinking.type', ['disabled', ...Array.from({ length: 6 }, () => 'enabled')]],
  [['deepseek', 'deepseek-v4-pro'], 'reasoning_effort', [undefined, 'low', 'low', 'high', 'high', 'max', 'max']],
  [['xai', 'grok-4.3'], 'reasoning.effort', ['none', 'low', 'low', 'medium', 'high', 'high', 'high']],
  [['xai', 'grok-4.3', 'chat'], 'reasoning_effort', levels],
  [['cohere', 'command-a-reasoning-08-2025'], 'thinking.token_budget', [undefined, 1024, 3277, 9830, 19_661, 29_491, 29_491]],
  [['openrouter', 'x/y'], 'reasoning.effort', ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'xhigh']],
  [['openai-compatible', 'qwen3'], 'reasoning_effort', levels],
];

describe('reasoning: the nearest level that the model has', () => {
  test.each(rows)('%j %s', async (wire, path, sent) => {
    const requests = await Promise.all(levels.map(async (reasoning) => requestOf(wire, { reasoning, max_tokens: 20_000 })));
    expect(requests.map((request) => at(request, path))).toEqual(sent);
  });
});

const limits: [model: string, options: JsonObject, sent: JsonObject][] = [
  ['claude-sonnet-4-5', { reasoning: 'high', max_tokens: 5000 }, { max_tokens: 5000, thinking: { type: 'enabled', budget_tokens: 3000 } }],
  ['claude-sonnet-4-5', { reasoning: 'max', max_tokens: 1025 }, { max_tokens: 1025, thinking: { type: 'enabled', budget_tokens: 1024 } }],
  ['claude-sonnet-4-5', { reasoning: 'high', max_tokens: 1000 }, { max_tokens: 1000, thinking: { type: 'disabled' } }],
  ['claude-sonnet-4-5', { reasoning: 'low' }, { max_tokens: 32_768, thinking: { type: 'enabled', budget_tokens: 3276 } }],
  [
    'claude-sonnet-4-6',
    { reasoning: 'high', max_tokens: 5000 },
    { max_tokens: 5000, thinking: { type: 'adaptive', display: 'summarized' } },
  ],
  [
    'claude-sonnet-4-5',
    { reasoning: 'high', max_tokens: 5000, anthropic: { thinking: { type: 'enabled', budgetTokens: 2000 } } },
    { max_tokens: 7000, thinking: { type: 'enabled', budget_tokens: 2000 } },
  ],
];

test.each(limits)('%s %j: max_tokens counts reasoning too', async (model, options, sent) => {
  expect(await requestOf(['anthropic', model], options)).toMatchObject(sent);
});
