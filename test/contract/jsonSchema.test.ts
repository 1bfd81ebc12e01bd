import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { JsonObject } from '../../protocol/index.ts';

// The committed document, as a host in another language reads it.
const schema = JSON.parse(await readFile(new URL('../../docs/protocol.schema.json', import.meta.url), 'utf8')) as { $defs: JsonObject };

function accepts(definition: string, value: unknown): boolean {
  return z.fromJSONSchema({ $ref: `#/$defs/${definition}`, $defs: schema.$defs } as z.core.JSONSchema.JSONSchema).safeParse(value).success;
}

const usage = { inputTokens: 3, outputTokens: null };
const cost = { usd: null, source: 'unknown' };
const promptResult = {
  promptId: 'p1',
  model: 'echo',
  stopReason: 'end',
  usage,
  cost,
  steps: [{ model: 'echo', stopReason: 'end', usage, cost }],
  timing: { startedAt: '2026-11-24T03:27:16Z', durationMs: 1 },
};

describe('accepts', () => {
  test.each([
    ['ClientMessage', { jsonrpc: '2.0', id: 1, method: 'llm/models', params: {} }],
    ['ClientMessage', { jsonrpc: '2.0', id: 'a', method: 'ping' }],
    ['ClientMessage', { jsonrpc: '2.0', method: 'exit', params: {} }],
    ['ServerMessage', { jsonrpc: '2.0', id: 0, method: 'ping', params: {} }],
    ['InitializeParams', { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'host', version: '1' }, capabilities: {} }],
    ['InitializeParams', { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'host', version: '1' } }],
    ['LlmPromptParams', { promptId: 'p1', prompt: 'Hello', stream: {} }],
    ['LlmPromptParams', { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }], aMemberOfALaterVersion: 1 }],
    ['LlmPromptResult', promptResult],
    ['LlmPromptResult', { ...promptResult, stopReason: 'aReasonOfALaterVersion' }],
    ['LlmDeltaParams', { promptId: 'p1', seq: 0, deltas: [{ type: 'text', part: 0, text: 'Hel' }] }],
    ['Error', { code: -31010, message: 'No model gpt-9.', data: { kind: 'modelNotFound', retryable: false, suggestions: ['gpt-5.4'] } }],
    ['LlmModelsParams', { actor: null }],
    ['LlmModelsParams', { actor: { id: 'ann', team: 'blue' } }],
    ['HookPromptEndResult', {}],
  ])('%s %j', (definition, value) => expect(accepts(definition, value)).toBe(true));
});

describe('refuses', () => {
  test.each([
    ['ClientMessage', { jsonrpc: '2.0', method: 'llm/models', params: {} }],
    ['ClientMessage', { jsonrpc: '2.0', id: 1, method: 'llm/delta', params: {} }],
    ['ClientMessage', { jsonrpc: '1.0', id: 1, method: 'ping' }],
    ['ServerMessage', { jsonrpc: '2.0', id: 0, method: 'llm/prompt', params: {} }],
    ['InitializeParams', { protocolVersion: 1, clientInfo: { name: 'host', version: '1' } }],
    ['LlmPromptParams', { prompt: 5 }],
    ['LlmPromptResult', { ...promptResult, usage: null }],
    ['LlmPromptResult', { ...promptResult, cost: { usd: 'free', source: 'unknown' } }],
    ['Error', { code: 'modelNotFound', message: 'No model gpt-9.' }],
  ])('%s %j', (definition, value) => expect(accepts(definition, value)).toBe(false));
});

test('a definition is an object, a value or a choice of them, never null: generators of types name it by what it is', () => {
  const nullable = Object.entries(schema.$defs).filter(([, definition]) => {
    const { type, anyOf = [] } = definition as { type?: unknown; anyOf?: { type?: unknown }[] };
    return [{ type }, ...anyOf].some((one) => [one.type].flat().includes('null'));
  });
  expect(nullable.map(([name]) => name)).toEqual([]);
});
