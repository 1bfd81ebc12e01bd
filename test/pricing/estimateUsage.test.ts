import { describe, expect, test } from 'vitest';
import type { ContentPart, Usage } from '../../protocol/index.ts';
import { estimateInput, estimateOutput, usageToCharge, type Sent } from '../../src/pricing/estimateUsage.ts';
import { exactUsd } from '../../src/pricing/exactUsd.ts';

const nothing: Sent = { system: undefined, messages: [], tools: [], schema: undefined };
const picture: ContentPart = { type: 'attachment', mediaType: 'image/png', data: 'A'.repeat(4000) };

describe('an estimate of the input', () => {
  test.each<[string, Sent, number]>([
    ['nothing at all is one token', nothing, 1],
    ['four bytes are a token, a message is four', { ...nothing, messages: [{ role: 'user', content: '12345678' }] }, 6],
    ['bytes of UTF-8', { ...nothing, messages: [{ role: 'user', content: '日本語日' }] }, 7],
    ['the system prompt', { ...nothing, system: '1234' }, 5],
    ['tools and the schema, as JSON', { ...nothing, tools: [{ name: 'a', inputSchema: {} }], schema: {} }, 16],
    ['an attachment, whatever is in it', { ...nothing, messages: [{ role: 'user', content: [picture] }] }, 260],
    [
      'calls and their results',
      {
        ...nothing,
        messages: [
          { role: 'assistant', content: [{ type: 'toolCall', toolCallId: 'c', name: 'four', args: { a: 1 } }] },
          { role: 'tool', content: [{ type: 'toolResult', toolCallId: 'c', content: [{ type: 'text', text: '1' }, picture] }] },
        ],
      },
      267,
    ],
  ])('%s', (_, sent, tokens) => {
    expect(estimateInput(sent)).toBe(tokens);
  });
});

test('an estimate of what has arrived', () => {
  const parts: ContentPart[] = [
    { type: 'reasoning', text: '1234' },
    { type: 'text', text: '12345' },
    { type: 'toolCall', toolCallId: 'c', name: 'n', args: {} },
  ];
  expect([estimateOutput([]), estimateOutput(parts)]).toEqual([0, 3]);
});

describe('the tokens that are charged', () => {
  const received: ContentPart[] = [{ type: 'text', text: '12345678' }];
  const known = { inputTokens: 7, outputTokens: 9 };
  test.each<[string, Usage, whole: boolean, Usage, estimated: boolean]>([
    ['those the provider said', known, true, known, false],
    [
      'those it said by the end, though fewer than arrived',
      { inputTokens: 7, outputTokens: 1 },
      true,
      { inputTokens: 7, outputTokens: 1 },
      false,
    ],
    ['those it had said when it was cut', known, false, known, false],
    ['those that arrived, where it had said fewer', { inputTokens: 7, outputTokens: 1 }, false, { inputTokens: 7, outputTokens: 2 }, true],
    ['the estimate, where it said nothing', { inputTokens: null, outputTokens: null }, true, { inputTokens: 1, outputTokens: 2 }, true],
    [
      'with what it said of caches',
      { inputTokens: null, outputTokens: 9, cacheReadTokens: 1 },
      true,
      { inputTokens: 1, outputTokens: 9, cacheReadTokens: 1 },
      true,
    ],
  ])('%s', (_, usage, whole, expected, estimated) => {
    expect(usageToCharge(usage, { whole, sent: nothing, received })).toEqual({ usage: expected, estimated });
  });
});

test.each([
  ['0.29', '0.29'],
  ['12', '12'],
  ['0.000000000001', '0.00000000001'],
  ['0.00000000001000', '0.00000000001'],
  ['0.999999999999', '1'],
  ['-1', null],
  ['much', null],
  ['', null],
])('a reported price of %s is %s', (reported, expected) => {
  expect(exactUsd(reported)).toBe(expected);
});
