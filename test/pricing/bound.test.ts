import { expect, test } from 'vitest';
import type { ContentPart, JsonObject } from '../../protocol/index.ts';
import { buildCatalogue } from '../../src/catalogue/buildCatalogue.ts';
import { builtInModels } from '../../src/catalogue/builtInModels.ts';
import type { Model } from '../../src/catalogue/model.ts';
import { boundEmbedTokens, boundTokens, type BoundedPrompt } from '../../src/pricing/bound.ts';
import { providerKinds } from '../../src/providers/index.ts';

const features = { stream: true, tools: true, schema: true, reasoning: false, attachments: [] };
const model: Model = { id: 'm', provider: 'openai', upstreamId: 'm', aliases: [], key: null, features, optionsSchema: {} };
const empty = { model, system: undefined, messages: [], tools: [], schema: undefined, options: {} };
const user = (content: string | ContentPart[]): Pick<BoundedPrompt, 'messages'> => ({ messages: [{ role: 'user', content }] });
const file = (mediaType: string, bytes: number): ContentPart => ({
  type: 'attachment',
  mediaType,
  data: Buffer.alloc(bytes).toString('base64'),
});

const inputs: [what: string, prompt: Partial<BoundedPrompt>, tokens: number][] = [
  ['nothing: what providers put around it', {}, 256],
  ['a message', user('Hello'), 256 + 16 + 5],
  ['two messages', { messages: [...user('Hello').messages, ...user('you').messages] }, 256 + 16 + 5 + 16 + 3],
  ['bytes, not letters', user('Grüße 🙂'), 256 + 16 + 12],
  ['a system prompt', { system: 'Be brief.' }, 256 + 16 + 9],
  ['a text part', user([{ type: 'text', text: 'Hello' }]), 256 + 16 + 16 + 4 + 5],
  [
    'a tool with its schema as JSON',
    { tools: [{ name: 'add', description: 'Adds', inputSchema: { type: 'object' } }] },
    256 + 1024 + 16 + 3 + 4 + 17,
  ],
  ['a schema', { schema: { type: 'object' } }, 256 + 1024 + 16 + 17],
  [
    'a call of a tool',
    { messages: [{ role: 'assistant', content: [{ type: 'toolCall', toolCallId: 'c1', name: 'add', args: { a: 1 } }] }] },
    256 + 16 + 16 + 8 + 2 + 3 + 7,
  ],
  [
    'the result of a tool',
    { messages: [{ role: 'tool', content: [{ type: 'toolResult', toolCallId: 'c1', content: [{ type: 'text', text: 'four' }] }] }] },
    256 + 16 + 16 + 2 + 16 + 4 + 4,
  ],
  [
    'an image within a result',
    user([{ type: 'toolResult', toolCallId: 'c', content: [file('image/png', 9)] }]),
    256 + 16 + 16 + 1 + 50_000,
  ],
  ['an image, however small', user([file('image/png', 3)]), 256 + 16 + 50_000],
  ['an image at a URL', user([{ type: 'attachment', mediaType: 'image/png', url: 'https://a.example/b.png' }]), 256 + 16 + 50_000],
  ['sound: a token for eight bytes', user([file('audio/wav', 8000)]), 256 + 16 + 16 + 1000],
  ['a text file: a token a byte', user([file('text/plain', 300)]), 256 + 16 + 16 + 300],
  ['a video: a token a byte', user([file('video/mp4', 300)]), 256 + 16 + 16 + 300],
  ['a PDF: four tokens a byte', user([file('application/pdf', 3000)]), 256 + 16 + 10_000 + 12_000],
  [
    'a file that nobody has seen',
    user([{ type: 'attachment', mediaType: 'application/pdf', url: 'https://a.example/b' }]),
    256 + 16 + 1_000_000,
  ],
  ['no more than the context window', { ...user([file('application/pdf', 3000)]), model: { ...model, contextWindow: 8000 } }, 8000],
];

test.each(inputs)('input: %s', (_, prompt, tokens) => {
  expect(boundTokens({ ...empty, ...prompt }).inputTokens).toBe(tokens);
});

const usualOutput = { plain: 8192, reasoning: 32_768 };
const big: Partial<Model> = { contextWindow: 200_000, maxOutputTokens: 64_000 };
const outputs: [what: string, model: Partial<Model>, options: JsonObject, tokens: number][] = [
  ['max_tokens', big, { max_tokens: 100 }, 100],
  ['max_tokens beyond what is known of the model', big, { max_tokens: 100_000 }, 100_000],
  ['no more than the context window', big, { max_tokens: 300_000 }, 200_000],
  ['else the longest answer of the model', big, {}, 64_000],
  ['else its context window', { contextWindow: 32_768 }, {}, 32_768],
  ['else 16 384', {}, {}, 16_384],
  ['null is not given', big, { max_tokens: null }, 64_000],
  ['what is asked for usually', { ...big, usualOutput }, {}, 8192],
  ['and by a model that thinks', { ...big, usualOutput }, { reasoning: 'low' }, 32_768],
  ['and by one that does not', { ...big, usualOutput }, { reasoning: 'none' }, 8192],
  ['no more than the longest answer of the model', { maxOutputTokens: 4096, usualOutput }, {}, 4096],
  ['max_tokens comes before it', { ...big, usualOutput }, { max_tokens: 9000 }, 9000],
  ['the larger of two limits', big, { max_tokens: 100, openai: { maxCompletionTokens: 500 } }, 500],
  ['a limit in the words of the provider', big, { openai: { max_output_tokens: 700 } }, 700],
  ['options of another provider are none of ours', big, { max_tokens: 100, google: { maxOutputTokens: 500 } }, 100],
  [
    'a thinking budget is added to the limit',
    { ...big, provider: 'work', providerType: 'anthropic' },
    { max_tokens: 100, anthropic: { thinking: { type: 'enabled', budgetTokens: 5000 } } },
    5100,
  ],
  [
    'thinking without a budget has the least',
    { ...big, provider: 'anthropic' },
    { max_tokens: 100, anthropic: { thinking: { type: 'enabled' } } },
    1124,
  ],
  [
    'a negative budget is none',
    { ...big, provider: 'google' },
    { max_tokens: 100, google: { thinkingConfig: { thinkingBudget: -1 } } },
    100,
  ],
];

test.each(outputs)('output: %s', (_, rest, options, tokens) => {
  expect(boundTokens({ ...empty, model: { ...model, ...rest }, options }).outputTokens).toBe(tokens);
});

test.each([
  ['nothing', {}, [], 0],
  ['texts', {}, ['Hello', 'ü'], 16 + 5 + 16 + 2],
  ['each no longer than the model takes', { contextWindow: 100 }, ['x'.repeat(500), 'x'.repeat(500)], 200],
])('texts that become vectors: %s', (_, rest, input, inputTokens) => {
  expect(boundEmbedTokens({ ...model, ...rest }, input)).toEqual({ inputTokens, outputTokens: 0 });
});

const catalogue = buildCatalogue({ builtIn: builtInModels, configured: [], discovered: new Map(), aliases: new Map(), providerKinds });

test.each([
  ['claude-opus-5', {}, 8192],
  ['claude-opus-5', { reasoning: 'high' }, 32_768],
  ['gpt-4o', {}, 16_384],
  ['gemini-2.5-pro', { max_tokens: 50 }, 50],
  ['deepseek-v4-pro', {}, 1_000_000],
])('output of the built-in %s with %j', (id, options, tokens) => {
  expect(boundTokens({ ...empty, model: catalogue.find(id)!, options }).outputTokens).toBe(tokens);
});
