import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../protocol/index.ts';
import { classify } from '../../../src/providers/aiSdk/classify.ts';
import { decimalUsd } from '../../../src/providers/aiSdk/decimalUsd.ts';
import { retryAfterMs } from '../../../src/providers/aiSdk/retryAfter.ts';
import { createScrub, promptText } from '../../../src/providers/aiSdk/scrub.ts';
import { meetsStrictRules } from '../../../src/providers/aiSdk/strictRules.ts';
import { toUsage } from '../../../src/providers/aiSdk/toUsage.ts';

describe('toUsage', () => {
  const rows: readonly (readonly [string, JsonObject | undefined, object])[] = [
    ['nothing', undefined, { inputTokens: null, outputTokens: null }],
    ['an empty object', {}, { inputTokens: null, outputTokens: null }],
    ['zero is not silence', { prompt_tokens: 0, completion_tokens: 0 }, { inputTokens: 0, outputTokens: 0 }],
    ['half of it', { prompt_tokens: 3 }, { inputTokens: 3, outputTokens: null }],
    [
      'details that are null',
      { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: null, completion_tokens_details: null },
      { inputTokens: 3, outputTokens: 4 },
    ],
    [
      'cache of DeepSeek',
      { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 8 },
      { inputTokens: 9, outputTokens: 1, cacheReadTokens: 8 },
    ],
    [
      'cache of Moonshot',
      { prompt_tokens: 9, completion_tokens: 1, cached_tokens: 8 },
      { inputTokens: 9, outputTokens: 1, cacheReadTokens: 8 },
    ],
    [
      'cache of OpenRouter',
      { prompt_tokens: 9, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 6 } },
      { inputTokens: 9, outputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 6 },
    ],
    [
      'reasoning beside the output',
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } },
      { inputTokens: 10, outputTokens: 12, reasoningTokens: 7 },
    ],
    [
      'reasoning within the output',
      { prompt_tokens: 10, completion_tokens: 12, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } },
      { inputTokens: 10, outputTokens: 12, reasoningTokens: 7 },
    ],
    [
      'Responses',
      {
        input_tokens: 10,
        output_tokens: 5,
        total_tokens: 15,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens_details: { reasoning_tokens: 2 },
      },
      { inputTokens: 10, outputTokens: 5, reasoningTokens: 2, cacheReadTokens: 4 },
    ],
    [
      'Anthropic',
      { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 1000, output_tokens: 5 },
      { inputTokens: 1110, outputTokens: 5, cacheReadTokens: 100, cacheWriteTokens: 1000 },
    ],
    [
      'Gemini',
      { promptTokenCount: 10, toolUsePromptTokenCount: 3, candidatesTokenCount: 5, thoughtsTokenCount: 2, cachedContentTokenCount: 4 },
      { inputTokens: 13, outputTokens: 7, reasoningTokens: 2, cacheReadTokens: 4 },
    ],
    ['Gemini, blocked', { promptTokenCount: 10, totalTokenCount: 10 }, { inputTokens: 10, outputTokens: null }],
    [
      'Cohere',
      { billed_units: { input_tokens: 1, output_tokens: 2 }, tokens: { input_tokens: 10, output_tokens: 5 }, cached_tokens: 4 },
      { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4 },
    ],
    ['Cohere, billed only', { billed_units: { input_tokens: 1, output_tokens: 2 } }, { inputTokens: 1, outputTokens: 2 }],
    ['what is no count', { prompt_tokens: -1, completion_tokens: '5' }, { inputTokens: null, outputTokens: null }],
  ];
  it.each(rows)('%s', (_, raw, expected) => {
    expect(toUsage(raw)).toEqual(raw === undefined ? expected : { ...expected, raw });
  });
});

describe('classify', () => {
  const row = (status: number | undefined, message: string, code?: string, type?: string) => ({
    status,
    message,
    code,
    type,
    headers: {},
    body: undefined,
    place: 'response' as const,
  });
  const rows: readonly (readonly [object: ReturnType<typeof row>, kind: string, retryable: boolean])[] = [
    [row(400, "This model's maximum context length is 8192 tokens.", 'context_length_exceeded'), 'contextLength', false],
    [row(400, 'prompt is too long: 210000 tokens > 200000 maximum', undefined, 'invalid_request_error'), 'contextLength', false],
    [
      row(400, 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', '400', 'INVALID_ARGUMENT'),
      'contextLength',
      false,
    ],
    [row(400, 'Please reduce the length of the messages.', undefined), 'contextLength', false],
    [row(413, 'Request exceeds the maximum allowed number of bytes.', undefined, 'request_too_large'), 'contextLength', false],
    [
      row(400, 'the request exceeds the available context size, try increasing it', '400', 'exceed_context_size_error'),
      'contextLength',
      false,
    ],
    [row(400, 'too many tokens: size limit exceeded by 100 tokens'), 'contextLength', false],
    [row(401, 'Incorrect API key provided', 'invalid_api_key'), 'providerAuth', false],
    [row(400, 'API key not valid. Please pass a valid API key.', '400', 'INVALID_ARGUMENT'), 'providerAuth', false],
    [row(403, 'Your project may not use this model', undefined, 'permission_error'), 'providerAuth', false],
    [row(401, 'No auth credentials found', '401'), 'providerAuth', false],
    [row(429, 'You exceeded your current quota', 'insufficient_quota', 'insufficient_quota'), 'providerQuota', false],
    [row(402, 'Insufficient Balance', 'invalid_request_error'), 'providerQuota', false],
    [row(403, 'Your team has either used all available credits or reached its monthly spending limit.'), 'providerQuota', false],
    [row(429, 'Rate limit reached for gpt-4.1 on tokens per min (TPM)', 'rate_limit_exceeded', 'tokens'), 'rateLimited', true],
    [row(429, 'You exceeded your current quota, please check your plan', '429', 'RESOURCE_EXHAUSTED'), 'rateLimited', true],
    [row(429, ''), 'rateLimited', true],
    [
      row(400, "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", 'content_filter'),
      'contentFiltered',
      false,
    ],
    [row(403, 'Content violates usage guidelines.', 'content_policy_violation'), 'contentFiltered', false],
    [row(404, 'The model `gpt-9` does not exist or you do not have access to it.', 'model_not_found'), 'modelNotFound', false],
    [row(404, 'model: claude-9', undefined, 'not_found_error'), 'modelNotFound', false],
    [
      row(404, 'models/gemini-9 is not found for API version v1beta, or is not supported for generateContent.', '404', 'NOT_FOUND'),
      'modelNotFound',
      false,
    ],
    [row(404, 'model "qwen9" not found, try pulling it first', undefined, 'api_error'), 'modelNotFound', false],
    [row(400, 'The model `llama-2` has been decommissioned and is no longer supported.', 'model_decommissioned'), 'modelNotFound', false],
    [row(404, 'Not Found'), 'providerError', false],
    [row(400, 'temperature must be at most 2', undefined, 'invalid_request_error'), 'providerError', false],
    [row(422, 'Unprocessable'), 'providerError', false],
    [row(408, 'Request timed out'), 'providerTimeout', true],
    [row(504, 'Deadline expired', '504', 'DEADLINE_EXCEEDED'), 'providerTimeout', true],
    [row(500, 'Internal error'), 'providerError', true],
    [row(503, 'The model is overloaded. Please try again later.', '503', 'UNAVAILABLE'), 'providerError', true],
    [row(529, 'Overloaded', undefined, 'overloaded_error'), 'providerError', true],
  ];
  it.each(rows)('%j', (problem, kind, retryable) => {
    expect(classify(problem)).toMatchObject({ kind, retryable });
  });

  it('x-should-retry has the last word on errors of no other kind', () => {
    expect(classify({ ...row(500, 'x'), headers: { 'x-should-retry': 'false' } }).retryable).toBe(false);
    expect(classify({ ...row(400, 'x'), headers: { 'x-should-retry': 'true' } }).retryable).toBe(true);
  });

  it('what the network says is not taken for the provider', () => {
    const problem = { ...row(undefined, 'its host name is unknown', 'ENOTFOUND'), place: 'network' as const };
    expect(classify(problem)).toMatchObject({ kind: 'providerError', retryable: true });
    expect(classify({ ...problem, code: 'ETIMEDOUT' })).toMatchObject({ kind: 'providerTimeout', retryable: true });
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-24T10:00:00Z');
  const info = (retryDelay: string) => ({ error: { details: [{ '@type': 'type.googleapis.com/google.rpc.Help' }, { retryDelay }] } });
  const rows: readonly (readonly [Record<string, string>, unknown, number | undefined])[] = [
    [{}, undefined, undefined],
    [{ 'retry-after': '3' }, undefined, 3000],
    [{ 'retry-after': '0.5' }, undefined, 500],
    [{ 'retry-after': 'Tue, 24 Nov 2026 10:00:20 GMT' }, undefined, 20_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 09:00:00 GMT' }, undefined, 0],
    [{ 'retry-after': 'soon' }, undefined, undefined],
    [{ 'retry-after-ms': '0', 'retry-after': '1' }, undefined, 0],
    [{}, info('48s'), 48_000],
    [{}, info('1.25s'), 1250],
    [{}, [info('2s')], 2000],
    [{}, info('a while'), undefined],
    [{}, 'text', undefined],
    [{}, null, undefined],
  ];
  it.each(rows)('%j %j → %s', (headers, body, expected) => {
    expect(retryAfterMs(headers, body, now)).toBe(expected);
  });
});

describe('decimalUsd', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['0', '0'],
    ['0.00007159', '0.00007159'],
    ['7.159e-7', '0.0000007159'],
    ['0.29', '0.29'],
    ['5596400e-10', '0.00055964'],
    ['10000000000e-10', '1'],
    ['1.5e3', '1500'],
    ['12.50', '12.5'],
    ['1e21', '1000000000000000000000'],
  ];
  it.each(rows)('%s → %s', (number, expected) => {
    expect(decimalUsd(number)).toBe(expected);
  });
});

describe('meetsStrictRules', () => {
  const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    ...more,
  });
  const rows: readonly (readonly [boolean, JsonObject])[] = [
    [
      true,
      object({ a: { type: 'string' }, b: { type: 'array', items: object({ c: { anyOf: [{ type: 'null' }, { type: 'number' }] } }) } }),
    ],
    [true, object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: object({}) } })],
    [false, { type: 'string' }],
    [false, object({ a: { type: 'string' } }, { additionalProperties: true })],
    [false, object({ a: { type: 'string' } }, { required: [] })],
    [false, object({ a: { type: 'object', properties: { b: {} } } })],
    [false, object({ a: { allOf: [{ type: 'string' }] } })],
    [false, object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: { type: 'object' } } })],
  ];
  it.each(rows)('%s: %j', (expected, schema) => {
    expect(meetsStrictRules(schema)).toBe(expected);
  });
});

describe('scrub', () => {
  const key = 'sk/secret+key=42';
  const prompt = promptText('You are a careful assistant of the museum.', [
    { role: 'user', content: 'Translate the diary entry of 3 May 1912 into French, please.' },
    { role: 'user', content: [{ type: 'text', text: 'And then the one of 4 May, which is longer.' }] },
  ]);
  const scrub = createScrub([key], () => prompt);
  const rows: readonly (readonly [string, string])[] = [
    [`bad key ${key}!`, 'bad key [key]!'],
    ['url ?key=sk%2Fsecret%2Bkey%3D42', 'url ?key=[key]'],
    [`basic ${Buffer.from(key).toString('base64')}`, 'basic [key]'],
    ['key sk-pr**********wxyz is wrong', 'key [key] is wrong'],
    ['Cannot handle "the diary entry of 3 May 1912 into French" here', 'Cannot handle "[prompt]" here'],
    ['May is no reason', 'May is no reason'],
  ];
  it.each(rows)('%s', (text, expected) => {
    expect(scrub(text)).toBe(expected);
  });

  it('finds every quotation of 32 characters and more, wherever it begins', () => {
    for (let from = 0; from + 32 < prompt.length; from++) {
      for (const pad of ['', 'x', 'xxxxxxx', 'xxxxxxxxxxxxxxx'])
        expect(scrub(`${pad}${prompt.slice(from, from + 32)}`)).not.toContain(prompt.slice(from + 8, from + 24));
    }
  });

  it('cuts what is long', () => {
    expect(scrub('x'.repeat(10_000))).toHaveLength(500);
  });
});
