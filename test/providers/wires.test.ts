import { describe, expect, it } from 'vitest';
import type { ContentPart, JsonObject, ToolSpec } from '../../protocol/index.ts';
import { ask, canaryKey, settingsFor, withoutRaw } from './support/call.ts';
import { fixture, startUpstream } from './support/upstream.ts';

/** What a wire's fixture says, in our words, and what the next turn has to carry back of it. */
interface Row {
  readonly fixture: string;
  readonly type: string;
  readonly api?: string;
  readonly request: { readonly path: string; readonly header: string; readonly value: string };
  readonly content: readonly unknown[];
  readonly stopReason: string;
  readonly usage: JsonObject;
  readonly responseId: string;
  readonly costUsd?: string;
  readonly echo: readonly string[];
}

const bearer = { header: 'authorization', value: `Bearer ${canaryKey}` };
const weather = { type: 'toolCall', name: 'weather', args: { city: 'Rome' } };

const rows: readonly Row[] = [
  {
    fixture: 'openai-responses.sse',
    type: 'openai',
    request: { path: '/responses', ...bearer },
    content: [
      {
        type: 'reasoning',
        text: 'Two tools are needed.',
        signature: 'enc-final',
        providerMetadata: { openai: { itemId: 'rs_1', reasoningEncryptedContent: 'enc-final' } },
      },
      { type: 'text', text: 'Ich prüfe das 🙂', providerMetadata: { openai: { itemId: 'msg_1' } } },
      { ...weather, toolCallId: 'call_1' },
    ],
    stopReason: 'toolCalls',
    usage: { inputTokens: 70, outputTokens: 30, reasoningTokens: 12, cacheReadTokens: 64 },
    responseId: 'resp_1',
    echo: ['rs_1', 'enc-final', 'call_1'],
  },
  {
    fixture: 'openai-responses-reasoning-text.sse',
    type: 'openai',
    request: { path: '/responses', ...bearer },
    content: [
      { type: 'reasoning', text: 'Say pong.' },
      { type: 'text', text: 'pong' },
    ],
    stopReason: 'end',
    usage: { inputTokens: 9, outputTokens: 6 },
    responseId: 'resp_2',
    echo: ['rs_2'],
  },
  {
    fixture: 'openai-responses-reasoning-text.json',
    type: 'openai',
    request: { path: '/responses', ...bearer },
    content: [
      { type: 'reasoning', text: 'Say pong.' },
      { type: 'text', text: 'pong' },
    ],
    stopReason: 'end',
    usage: { inputTokens: 9, outputTokens: 6 },
    responseId: 'resp_3',
    echo: ['rs_3'],
  },
  {
    fixture: 'openai-chat.sse',
    type: 'openai',
    api: 'chat',
    request: { path: '/chat/completions', ...bearer },
    content: [
      { type: 'text', text: 'Looking' },
      { ...weather, toolCallId: 'call_a' },
      { type: 'toolCall', toolCallId: 'call_b', name: 'time', args: {} },
    ],
    stopReason: 'toolCalls',
    usage: { inputTokens: 50, outputTokens: 20, reasoningTokens: 0, cacheReadTokens: 16 },
    responseId: 'chatcmpl-1',
    echo: ['call_a', 'call_b'],
  },
  {
    fixture: 'anthropic.sse',
    type: 'anthropic',
    request: { path: '/messages', header: 'x-api-key', value: canaryKey },
    content: [
      { type: 'reasoning', text: 'A tool is needed.', signature: 'sig-anthropic' },
      { type: 'reasoning', text: '', signature: 'redacted-anthropic', redacted: true },
      { type: 'text', text: 'Looking' },
      { ...weather, toolCallId: 'toolu_1' },
    ],
    stopReason: 'toolCalls',
    usage: { inputTokens: 115, outputTokens: 40, cacheReadTokens: 100, cacheWriteTokens: 5 },
    responseId: 'msg_01',
    echo: ['sig-anthropic', 'redacted-anthropic', 'toolu_1'],
  },
  {
    fixture: 'google.sse',
    type: 'google',
    request: { path: '/models/some-model:streamGenerateContent?alt=sse', header: 'x-goog-api-key', value: canaryKey },
    content: [
      { type: 'reasoning', text: 'A tool is needed.' },
      { type: 'text', text: 'Looking' },
      { ...weather, toolCallId: 'fn_1', signature: 'sig-google' },
      { type: 'toolCall', toolCallId: 'fn_2', name: 'time', args: {} },
    ],
    stopReason: 'toolCalls',
    usage: { inputTokens: 30, outputTokens: 20, reasoningTokens: 11, cacheReadTokens: 8 },
    responseId: 'g-1',
    echo: ['sig-google'],
  },
  {
    fixture: 'mistral.sse',
    type: 'mistral',
    request: { path: '/chat/completions', ...bearer },
    content: [
      { type: 'reasoning', text: 'Twice two.' },
      { type: 'text', text: 'Four' },
    ],
    stopReason: 'end',
    usage: { inputTokens: 12, outputTokens: 8 },
    responseId: 'cmpl-m',
    echo: ['Twice two.'],
  },
  {
    fixture: 'groq.sse',
    type: 'groq',
    request: { path: '/chat/completions', ...bearer },
    content: [
      { type: 'reasoning', text: 'Easy.' },
      { type: 'text', text: 'Four' },
    ],
    stopReason: 'end',
    usage: { inputTokens: 12, outputTokens: 8, reasoningTokens: 3 },
    responseId: 'chatcmpl-g',
    echo: ['Easy.'],
  },
  {
    fixture: 'deepseek.sse',
    type: 'deepseek',
    request: { path: '/chat/completions', ...bearer },
    content: [
      { type: 'reasoning', text: 'Easy.' },
      { type: 'text', text: 'Four' },
    ],
    stopReason: 'end',
    usage: { inputTokens: 12, outputTokens: 8, reasoningTokens: 3, cacheReadTokens: 10 },
    responseId: 'ds-1',
    echo: [],
  },
  {
    fixture: 'xai-chat.sse',
    type: 'xai',
    api: 'chat',
    request: { path: '/chat/completions', ...bearer },
    content: [
      { type: 'reasoning', text: 'Easy.' },
      { type: 'text', text: 'Four' },
    ],
    stopReason: 'end',
    usage: { inputTokens: 12, outputTokens: 8, reasoningTokens: 7, cacheReadTokens: 4 },
    responseId: 'xai-1',
    costUsd: '0.012345',
    echo: [],
  },
  {
    fixture: 'xai-responses.sse',
    type: 'xai',
    request: { path: '/responses', ...bearer },
    content: [
      { type: 'reasoning', text: 'Two tools are needed.', signature: 'enc-final' },
      { type: 'text', text: 'Ich prüfe das 🙂' },
      { ...weather, toolCallId: 'call_1' },
    ],
    stopReason: 'toolCalls',
    usage: { inputTokens: 70, outputTokens: 30, reasoningTokens: 12, cacheReadTokens: 64 },
    responseId: 'resp_x',
    echo: ['rs_1', 'enc-final', 'call_1'],
  },
  {
    fixture: 'cohere.sse',
    type: 'cohere',
    request: { path: '/chat', ...bearer },
    content: [
      { type: 'reasoning', text: 'Easy.' },
      { type: 'text', text: 'Four' },
      { ...weather, toolCallId: 'weather_1' },
    ],
    stopReason: 'toolCalls',
    usage: { inputTokens: 12, outputTokens: 8 },
    responseId: 'co-1',
    echo: ['weather_1'],
  },
  {
    fixture: 'openrouter.sse',
    type: 'openrouter',
    request: { path: '/chat/completions', ...bearer },
    content: [
      { type: 'reasoning', text: 'Easy.' },
      { ...weather, toolCallId: 'toolu_or' },
    ],
    stopReason: 'toolCalls',
    usage: { inputTokens: 12, outputTokens: 8, reasoningTokens: 3, cacheReadTokens: 4 },
    responseId: 'gen-1',
    costUsd: '0.0000007159',
    echo: ['sig-openrouter', 'toolu_or'],
  },
  {
    fixture: 'ollama.sse',
    type: 'openai-compatible',
    request: { path: '/chat/completions', ...bearer },
    content: [
      { type: 'reasoning', text: 'Easy.' },
      { ...weather, toolCallId: 'call_o' },
    ],
    stopReason: 'toolCalls',
    usage: { inputTokens: 12, outputTokens: 8 },
    responseId: 'chatcmpl-7',
    echo: ['call_o'],
  },
  {
    fixture: 'lmstudio.sse',
    type: 'openai-compatible',
    request: { path: '/chat/completions', ...bearer },
    content: [
      { type: 'reasoning', text: 'Easy.' },
      { type: 'text', text: 'Four' },
    ],
    stopReason: 'end',
    usage: { inputTokens: null, outputTokens: null },
    responseId: 'chatcmpl-lm',
    echo: [],
  },
];

describe('what each wire says, and carries back', () => {
  it.each(rows.map((row) => [row.fixture, row] as const))('%s', async (_name, row) => {
    await using upstream = await startUpstream(fixture(row.fixture));
    const settings = settingsFor(row.type, upstream.url, { api: row.api });
    const tools: ToolSpec[] = ['weather', 'time'].map((name) => ({ name, inputSchema: { type: 'object', properties: {} } }));
    const stream = row.fixture.endsWith('.sse');

    const first = await ask(settings, { tools, stream });
    expect(first.content).toMatchObject(row.content);
    expect(first.content).toHaveLength(row.content.length);
    expect(withoutRaw(first.finish.usage)).toEqual(row.usage);
    expect(first.finish).toMatchObject({ stopReason: row.stopReason, responseId: row.responseId });
    expect(first.finish.costUsd).toBe(row.costUsd);
    expect(upstream.received[0]).toMatchObject({ method: 'POST', path: row.request.path });
    expect(upstream.received[0]?.headers[row.request.header]).toBe(row.request.value);

    const calls = first.content.filter((part): part is Extract<ContentPart, { type: 'toolCall' }> => part.type === 'toolCall');
    const results = calls.map(({ toolCallId }): ContentPart => ({
      type: 'toolResult',
      toolCallId,
      content: [{ type: 'text', text: 'sunny' }],
    }));
    await ask(settings, {
      tools,
      stream,
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: [...first.content], providerMetadata: first.finish.providerMetadata },
        ...(results.length === 0 ? [{ role: 'user' as const, content: 'And now?' }] : [{ role: 'tool' as const, content: results }]),
      ],
    });
    for (const value of row.echo) expect(upstream.received[1]?.body).toContain(value);
    if (results.length > 0) expect(upstream.received[1]?.body).toContain('sunny');
  });

  it('has a fixture of every provider type', async () => {
    const { providerTypes } = await import('../../src/providers/index.ts');
    expect(providerTypes().toSorted()).toEqual([...new Set(rows.map(({ type }) => type))].toSorted());
  });
});
