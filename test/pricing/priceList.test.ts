import { expect, test } from 'vitest';
import { loadPrices } from '../../src/pricing/genaiPrices.ts';
import { formatUsd } from '../../src/pricing/price.ts';
import { priceOf, type Tariff } from '../../src/pricing/tariff.ts';

const find = await loadPrices();
const now = '2026-11-20T12:00:00Z';

/** `input/output`, then what the list has of `read` and `write` (and `hour`) of a cache: dollars for a million tokens. */
function show(tariff: Tariff | null, inputTokens: number): string {
  if (!tariff) return 'unknown';
  const { input, output, cacheRead, cacheWrite, cacheWriteHour } = priceOf(tariff, inputTokens);
  const named = { read: cacheRead, write: cacheWrite, hour: cacheWriteHour };
  const rest = Object.entries(named).flatMap(([name, rate]) => (rate === undefined ? [] : [`${name} ${formatUsd(rate)}`]));
  return [`${formatUsd(input)}/${formatUsd(output)}`, ...rest].join(' ');
}

type Row = [list: string, id: string, prices: string, inputTokens?: number, at?: string];

/** https://openai.com/api/pricing, https://platform.claude.com/docs/en/about-claude/pricing, https://ai.google.dev/gemini-api/docs/pricing … */
const listed: Row[] = [
  ['openai', 'gpt-4o', '2.5/10 read 1.25'],
  ['openai', 'gpt-4o-mini', '0.15/0.6 read 0.075'],
  ['openai', 'gpt-4.1', '2/8 read 0.5'],
  ['openai', 'gpt-5', '1.25/10 read 0.125'],
  ['anthropic', 'claude-haiku-4-5', '1/5 read 0.1 write 1.25 hour 2'],
  ['anthropic', 'claude-sonnet-4-6', '3/15 read 0.3 write 3.75 hour 6'],
  ['anthropic', 'claude-opus-4-1', '15/75 read 1.5 write 18.75 hour 30'],
  ['anthropic', 'claude-opus-4-5', '5/25 read 0.5 write 6.25 hour 10'],
  ['google', 'gemini-2.5-flash', '0.3/2.5 read 0.03'],
  ['mistral', 'mistral-large-latest', '2/6'],
  ['groq', 'llama-3.3-70b-versatile', '0.59/0.79'],
  ['xai', 'grok-code-fast-1', '0.2/1.5 read 0.02'],
  ['openrouter', 'anthropic/claude-sonnet-4.6', '3/15 read 0.3 write 3.75'],
];

const names: Row[] = [
  ['openai', 'gpt-4o-2024-08-06', '2.5/10 read 1.25'],
  ['openai', 'gpt-4o-20240806', '2.5/10 read 1.25'],
  ['openai', 'gpt-4o-2024-05-13', '5/15'],
  ['openai', 'GPT-4o', '2.5/10 read 1.25'],
  ['openai', 'openai/gpt-4o', '2.5/10 read 1.25'],
  ['openai', 'ft:gpt-4o-2024-08-06:acme::abc', '3.75/15'],
  ['anthropic', 'claude-haiku-4-5-20251001', '1/5 read 0.1 write 1.25 hour 2'],
  ['anthropic', 'anthropic/claude-haiku-4-5', '1/5 read 0.1 write 1.25 hour 2'],
  ['google', 'models/gemini-2.5-flash', '0.3/2.5 read 0.03'],
  ['google', 'gemini-2.5-pro-preview-06-05', '1.25/10 read 0.125'],
  ['xai', 'x-ai/grok-4.3', '1.25/2.5 read 0.2'],
  ['cohere', 'command-r-08-2024', '0.15/0.6'],
  ['openrouter', 'openai/gpt-4o-mini', '0.15/0.6 read 0.075'],
  ['aws', 'anthropic.claude-3-5-haiku-20241022-v1:0', '0.8/4 read 0.08 write 1'],
  ['aws', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', '3.3/16.5 read 0.33 write 4.125'],
  ['aws', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', '3/15 read 0.3 write 3.75'],
  ['azure', 'gpt-4o', '2.5/10 read 1.25'],
];

const lengths: Row[] = [
  ['google', 'gemini-2.5-pro', '1.25/10 read 0.125', 200_000],
  ['google', 'gemini-2.5-pro', '2.5/15 read 0.25', 200_001],
  ['anthropic', 'claude-sonnet-4-5', '3/15 read 0.3 write 3.75 hour 6', 200_000],
  ['anthropic', 'claude-sonnet-4-5', '6/22.5 read 0.6 write 7.5 hour 12', 200_001],
  ['openai', 'gpt-6-sol', '2/10 read 0.2 write 2.5', 272_000],
  ['openai', 'gpt-6-sol', '4/15 read 0.4 write 5', 272_001],
  ['xai', 'grok-4.3', '2.5/5 read 0.4', 200_000],
];

const dates: Row[] = [
  ['openai', 'o3', '10/40 read 0.5', 0, '2025-06-09T23:59:59.999Z'],
  ['openai', 'o3', '2/8 read 0.5', 0, '2025-06-10T00:00:00Z'],
  ['anthropic', 'claude-opus-4-6', '10/37.5 read 1 write 12.5 hour 20', 300_000, '2026-03-12T23:59:59Z'],
  ['anthropic', 'claude-opus-4-6', '5/25 read 0.5 write 6.25 hour 10', 300_000, '2026-03-13T00:00:00Z'],
  ['openai', 'gpt-5.6-sol', '5/30 read 0.5 write 6.25', 0, '2026-08-20T12:00:00Z'],
  ['openai', 'gpt-5.6-sol', '4/20 read 0.4 write 5', 0, '2026-08-21T12:00:00Z'],
  ['google', 'gemini-3.8-flash', '0.75/3.75 read 0.075', 0, '2026-12-31T23:59:59Z'],
  ['google', 'gemini-3.8-flash', '1.5/7.5 read 0.15', 0, '2027-01-01T00:00:00Z'],
  ['deepseek', 'deepseek-v4-flash', '0.14/0.28 read 0.0028', 0, '2026-08-16T12:00:00Z'],
  ['deepseek', 'deepseek-v4-flash', '0.22/0.66 read 0.007', 0, '2026-11-20T00:59:59Z'],
  ['deepseek', 'deepseek-v4-flash', '0.44/1.32 read 0.014', 0, '2026-11-20T01:00:00Z'],
  ['deepseek', 'deepseek-v4-flash', '0.22/0.66 read 0.007', 0, '2026-11-20T04:00:00Z'],
];

test.each([...listed, ...names])('%s/%s costs %s', (list, id, prices) => {
  expect(show(find(list, id, new Date(now)), 0)).toBe(prices);
});

test.each([...lengths, ...dates])('%s/%s costs %s with %s prompt tokens at %s', (list, id, prices, inputTokens = 0, at = now) => {
  expect(show(find(list, id, new Date(at)), inputTokens)).toBe(prices);
});

test.each([
  ['a model that nobody has', 'openai', 'gpt-99'],
  ['a later version of a listed one', 'anthropic', 'claude-sonnet-5-5'],
  ['the same at another provider', 'aws', 'anthropic.claude-sonnet-5-5-v1:0'],
  ['a smaller one of the family', 'google', 'gemini-3.6-flash-lite'],
  ['one that makes pictures', 'google', 'gemini-3.6-flash-image'],
  ['one that sees', 'deepseek', 'deepseek-v4-flash-vision-exp'],
  ['one distilled from it', 'deepseek', 'deepseek-r1-distill-llama-70b'],
  ['the name of another provider before it', 'anthropic', 'openai/gpt-4o'],
  ['a free one', 'openrouter', 'google/gemma-4-31b-it:free'],
  ['a list that is not there', 'nowhere', 'gpt-4o'],
  ['a server that only speaks like a listed one', 'openai-compatible', 'gpt-4o'],
  ['no name', 'openai', ''],
])('unknown: %s', (_, list, id) => {
  expect(find(list, id, new Date(now))).toBeNull();
});

test('unknown: a moment that is none', () => {
  expect(find('openai', 'o3', new Date(Number.NaN))).toBeNull();
});
