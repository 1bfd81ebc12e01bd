import { describe, expect, it } from 'vitest';
import type { Message } from '../../../protocol/index.ts';
import { toPrompt } from '../../../src/providers/aiSdk/toPrompt.ts';

const place = { namespace: 'acme', signature: { reasoning: 'sig', toolCall: 'sig', redacted: 'hidden' } };

const rows: readonly (readonly [string, string | undefined, readonly Message[], readonly object[]])[] = [
  [
    'system first, and where it stands',
    'S',
    [
      { role: 'system', content: 'T' },
      { role: 'user', content: 'U' },
    ],
    [
      { role: 'system', content: 'S' },
      { role: 'system', content: 'T' },
      { role: 'user', content: [{ type: 'text', text: 'U' }] },
    ],
  ],
  [
    'attachments',
    undefined,
    [
      {
        role: 'user',
        content: [
          { type: 'attachment', mediaType: 'image/png', data: 'AA==' },
          { type: 'attachment', mediaType: 'image/png', url: 'https://x.test/a' },
        ],
      },
    ],
    [
      {
        role: 'user',
        content: [
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AA==' } },
          { type: 'file', mediaType: 'image/png', data: { type: 'url', url: new URL('https://x.test/a') } },
        ],
      },
    ],
  ],
  [
    'a tool call and its result; the name is found again',
    undefined,
    [
      { role: 'assistant', content: [{ type: 'toolCall', toolCallId: 'c', name: 'n', args: { a: 1 }, signature: 'z' }] },
      {
        role: 'tool',
        content: [
          {
            type: 'toolResult',
            toolCallId: 'c',
            content: [
              { type: 'text', text: 'one' },
              { type: 'text', text: ' two' },
            ],
          },
        ],
      },
    ],
    [
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'n', input: { a: 1 }, providerOptions: { acme: { sig: 'z' } } }],
      },
      { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', toolName: 'n', output: { type: 'text', value: 'one two' } }] },
    ],
  ],
  [
    'a failed tool, and arguments that are no JSON',
    undefined,
    [
      { role: 'assistant', content: [{ type: 'toolCall', toolCallId: 'c', name: 'n', args: '{"half' }] },
      {
        role: 'tool',
        content: [{ type: 'toolResult', toolCallId: 'c', name: 'n', isError: true, content: [{ type: 'text', text: 'Error: x' }] }],
      },
    ],
    [
      { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'n', input: '{"half' }] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', toolCallId: 'c', toolName: 'n', output: { type: 'error-text', value: 'Error: x' } }],
      },
    ],
  ],
  [
    'a result beside text of the user comes before it',
    undefined,
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'and?' },
          {
            type: 'toolResult',
            toolCallId: 'c',
            name: 'n',
            content: [
              { type: 'text', text: 'r' },
              { type: 'attachment', mediaType: 'image/png', data: 'AA==' },
            ],
          },
        ],
      },
    ],
    [
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c',
            toolName: 'n',
            output: {
              type: 'content',
              value: [
                { type: 'text', text: 'r' },
                { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AA==' } },
              ],
            },
          },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'and?' }] },
    ],
  ],
  [
    'signatures: alone, with metadata, redacted',
    undefined,
    [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'a', signature: 's1' },
          { type: 'reasoning', text: 'b', signature: 'ignored', providerMetadata: { acme: { sig: 's2', itemId: 'i' } } },
          { type: 'reasoning', text: '', signature: 's3', redacted: true },
          { type: 'text', text: 'c', providerMetadata: { other: { id: 1 } } },
        ],
        providerMetadata: { acme: { whole: true } },
      },
    ],
    [
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'a', providerOptions: { acme: { sig: 's1' } } },
          { type: 'reasoning', text: 'b', providerOptions: { acme: { sig: 's2', itemId: 'i' } } },
          { type: 'reasoning', text: '', providerOptions: { acme: { hidden: 's3' } } },
          { type: 'text', text: 'c', providerOptions: { other: { id: 1 } } },
        ],
        providerOptions: { acme: { whole: true } },
      },
    ],
  ],
  [
    'extensions and empty messages are left out',
    undefined,
    [
      { role: 'assistant', content: [{ type: '_mine', x: 1 }] },
      { role: 'user', content: 'U' },
    ],
    [{ role: 'user', content: [{ type: 'text', text: 'U' }] }],
  ],
];

describe('toPrompt', () => {
  it.each(rows)('%s', (_, system, messages, expected) => {
    expect(toPrompt(system, messages, place)).toEqual(expected);
  });
});
