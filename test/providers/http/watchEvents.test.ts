import { describe, expect, it } from 'vitest';
import { fc } from '../../support/fc.ts';
import type { JsonObject } from '../../../protocol/index.ts';
import { mergeDeltas } from '../../../src/providers/http/mergeDeltas.ts';
import { mergeUsage, problemOf, usageOf } from '../../../src/providers/http/readEvent.ts';
import { watchEvents } from '../../../src/providers/http/watchEvents.ts';

const stream = [
  'data: {"choices":[{"delta":{"content":"a \\"usage\\": {"}}],"usage":null}',
  '',
  ': comment',
  'event: error',
  'data: {"error":{"message":"Überlastet 🙂"}}',
  '',
  'data: {"usage":{"prompt_tokens":1}}',
  '',
  'data: [DONE]',
  '',
  '',
].join('\n');

describe('watchEvents', () => {
  const cuts = [1, 2, 3, 7, 64, 10_000];
  it.each(cuts)('sees the same events when cut into %s bytes, and passes the bytes on', (size) => {
    const bytes = Buffer.from(stream);
    const events: JsonObject[] = [];
    const watch = watchEvents((event) => events.push(event));
    const passed: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) passed.push(watch.pass(bytes.subarray(at, at + size)));
    expect(events.filter((event) => !('choices' in event))).toEqual([
      { error: { message: 'Überlastet 🙂' } },
      { usage: { prompt_tokens: 1 } },
    ]);
    expect(Buffer.concat([...passed, watch.rest()]).toString()).toBe(stream);
  });

  it.each(cuts)('mends whole lines when cut into %s bytes', (size) => {
    const bytes = Buffer.from('data: ä one\r\ndata: two ä\n\ndata: one without an end');
    const watch = watchEvents(() => {}, { needle: 'one', mend: (line) => line.replace('one', 'ONE') });
    const passed: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) passed.push(watch.pass(bytes.subarray(at, at + size)));
    expect(Buffer.concat([...passed, watch.rest()]).toString()).toBe('data: ä ONE\r\ndata: two ä\n\ndata: one without an end');
  });
});

describe('mergeDeltas', () => {
  const chat = (text: string, more = '') => `data: {"id":"1","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}${more}}}]}`;
  const claude = (text: string, index = 0) =>
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${JSON.stringify(text)}}}`;
  const openai = (text: string, number: number, item = 'msg') =>
    `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","content_index":0,"delta":${JSON.stringify(text)},"item_id":"${item}","logprobs":[],"obfuscation":"${'x'.repeat(number)}","output_index":0,"sequence_number":${number}}`;
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['chat', [chat('a'), chat('"b\\'), chat('🙂\n'), ''], [chat('a"b\\🙂\n'), '']],
    ['claude', [claude('a'), claude('b'), claude('c', 1), ''], [claude('ab'), claude('c', 1), '']],
    ['what differs in more', [chat('a'), chat('b', ',"x":1'), chat('c'), ''], [chat('a'), chat('b', ',"x":1'), chat('c'), '']],
    ['others between', [chat('a'), ': comment', chat('b'), ''], [chat('a'), ': comment', chat('b'), '']],
    ['an end without its blank line', [chat('a'), chat('b'), `${chat('c')}\n`], [chat('ab'), `${chat('c')}\n`]],
    ['Responses', [openai('a', 3), openai('b', 4), openai('c', 5, 'other'), ''], [openai('ab', 3), openai('c', 5, 'other'), '']],
    ['nothing to append to', ['data: [DONE]', ''], ['data: [DONE]', '']],
  ];
  it.each(rows)('%s', (_, events, expected) => {
    expect(mergeDeltas(events.join('\n\n'))).toBe(expected.join('\n\n'));
  });

  it('never changes the text, however it is cut', () => {
    const event = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((text) => chat(text)),
      fc.string({ unit: 'grapheme' }).map((text) => chat(text, ',"refusal":null')),
      fc.constant(': keep-alive'),
    );
    // Not by a pattern: for those U+2028 ends a line, too.
    const textOf = (sent: string): string =>
      sent
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => (JSON.parse(line.slice(6)) as { choices: [{ delta: { content: string } }] }).choices[0].delta.content)
        .join('');
    fc.assert(
      fc.property(fc.array(event), fc.integer({ min: 1, max: 400 }), (events, size) => {
        const sent = events.map((one) => `${one}\n\n`).join('');
        const bytes = Buffer.from(sent);
        const watch = watchEvents(() => {});
        const passed: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size) passed.push(watch.pass(bytes.subarray(at, at + size)));
        expect(textOf(Buffer.concat([...passed, watch.rest()]).toString())).toBe(textOf(sent));
      }),
      { examples: [[[chat('\u2028', ',"refusal":null'), chat('\u2029\u0085')], 1]] },
    );
  });
});

describe('readEvent', () => {
  it('finds the usage where each wire puts it', () => {
    const usage = { input_tokens: 1 };
    const events: JsonObject[] = [
      { usage },
      { usageMetadata: usage },
      { message: { usage } },
      { response: { usage } },
      { delta: { usage } },
      { x_groq: { usage } },
    ];
    for (const event of events) expect(usageOf(event)).toEqual(usage);
    expect(usageOf({ usage: null })).toBeUndefined();
  });

  const problems: readonly (readonly [JsonObject, unknown])[] = [
    [{ error: { message: 'a' } }, { message: 'a' }],
    [
      { error: 'a', code: 'b' },
      { error: 'a', code: 'b' },
    ],
    [
      { type: 'error', error: { type: 'overloaded_error', message: 'a' } },
      { type: 'overloaded_error', message: 'a' },
    ],
    [
      { type: 'error', code: 'x', message: 'a' },
      { type: 'error', code: 'x', message: 'a' },
    ],
    [
      { type: 'response.failed', response: { error: { code: 'x', message: 'a' } } },
      { code: 'x', message: 'a' },
    ],
    [{ choices: [{ error: { message: 'a' } }] }, { message: 'a' }],
    [
      { object: 'error', message: 'a' },
      { object: 'error', message: 'a' },
    ],
    [{ x_groq: { error: 'a' } }, { error: 'a' }],
    [{ error: null, usage: {} }, undefined],
    [{ error: {} }, undefined],
    [{ response: { error: null } }, undefined],
  ];
  it.each(problems)('%j', (event, expected) => {
    expect(problemOf(event)).toEqual(expected);
  });

  it('adds what a later event tells to what an earlier one told', () => {
    expect(mergeUsage({ input_tokens: 5, output_tokens: 1 }, { output_tokens: 9, input_tokens: null })).toEqual({
      input_tokens: 5,
      output_tokens: 9,
    });
  });
});
