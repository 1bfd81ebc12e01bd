import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { applyDelta, createFold, foldedContent, foldedText } from '../../protocol/foldDeltas.ts';
import type { ContentPart, Delta } from '../../protocol/index.ts';

const usage = { inputTokens: 3, outputTokens: 2 };
const cases: { name: string; deltas: Delta[]; text: string; textBytes: number; content: ContentPart[] }[] = [
  { name: 'nothing', deltas: [], text: '', textBytes: 0, content: [] },
  {
    name: 'appends in two parts',
    deltas: [
      { type: 'step', step: 0, model: 'echo' },
      { type: 'part', step: 0, part: 0, kind: 'text' },
      { type: 'text', part: 0, text: 'Grüß' },
      { type: 'text', part: 0, text: ' Gott' },
      { type: 'partEnd', part: 0 },
      { type: 'part', step: 0, part: 1, kind: 'text' },
      { type: 'text', part: 1, text: '!' },
    ],
    text: 'Grüß Gott!',
    textBytes: 12,
    content: [
      { type: 'text', text: 'Grüß Gott' },
      { type: 'text', text: '!' },
    ],
  },
  {
    name: 'interleaved parts join in the order of their numbers',
    deltas: [
      { type: 'part', step: 0, part: 1, kind: 'text' },
      { type: 'part', step: 0, part: 0, kind: 'text' },
      { type: 'text', part: 1, text: 'b' },
      { type: 'text', part: 0, text: 'a' },
      { type: 'text', part: 1, text: 'b' },
    ],
    text: 'abb',
    textBytes: 3,
    content: [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'bb' },
    ],
  },
  {
    name: 'reasoning is no text, and keeps its signature',
    deltas: [
      { type: 'part', step: 0, part: 0, kind: 'reasoning' },
      { type: 'reasoning', part: 0, text: 'Well' },
      { type: 'partEnd', part: 0, content: { type: 'reasoning', text: '', signature: 'sig' } },
    ],
    text: '',
    textBytes: 0,
    content: [{ type: 'reasoning', text: 'Well', signature: 'sig' }],
  },
  {
    name: 'a tool call counts once it has ended',
    deltas: [
      { type: 'part', step: 0, part: 0, kind: 'toolCall', toolCallId: 'a', name: 'add' },
      { type: 'toolArgs', part: 0, text: '{"x":' },
      { type: 'toolArgs', part: 0, text: '1}' },
      { type: 'partEnd', part: 0, content: { type: 'toolCall', toolCallId: 'a', name: 'add', args: { x: 1 } } },
      { type: 'part', step: 0, part: 1, kind: 'toolCall', toolCallId: 'b', name: 'add' },
      { type: 'toolArgs', part: 1, text: '{"x":' },
    ],
    text: '',
    textBytes: 0,
    content: [{ type: 'toolCall', toolCallId: 'a', name: 'add', args: { x: 1 } }],
  },
  {
    name: 'a reset discards the parts from there on',
    deltas: [
      { type: 'part', step: 0, part: 0, kind: 'text' },
      { type: 'text', part: 0, text: 'kept, ' },
      { type: 'part', step: 0, part: 1, kind: 'text' },
      { type: 'text', part: 1, text: 'wröng' },
      { type: 'usage', step: 0, usage },
      { type: 'reset', step: 0, fromPart: 1, reason: 'fallback' },
      { type: 'part', step: 0, part: 1, kind: 'text' },
      { type: 'text', part: 1, text: 'right' },
    ],
    text: 'kept, right',
    textBytes: 11,
    content: [
      { type: 'text', text: 'kept, ' },
      { type: 'text', text: 'right' },
    ],
  },
  {
    name: 'a pair of surrogates cut in two',
    deltas: [
      { type: 'part', step: 0, part: 0, kind: 'text' },
      { type: 'text', part: 0, text: '\ud83d' },
      { type: 'text', part: 0, text: '\ude00' },
    ],
    text: '😀',
    textBytes: 4,
    content: [{ type: 'text', text: '😀' }],
  },
  {
    name: 'unknown deltas and ends of unknown parts change nothing; an append without its part is kept',
    deltas: [
      { type: '_x', anything: 1 },
      { type: 'later' } as unknown as Delta,
      { type: 'partEnd', part: 9 },
      { type: 'text', part: 0, text: 'here' },
    ],
    text: 'here',
    textBytes: 4,
    content: [{ type: 'text', text: 'here' }],
  },
];

test.each(cases)('$name', ({ deltas, text, textBytes, content }) => {
  const fold = foldOf(deltas);
  expect({ text: foldedText(fold), textBytes: fold.textBytes, content: foldedContent(fold) }).toEqual({ text, textBytes, content });
});

test('steps hold model, last usage and tool results; a reset takes the results of its step and later', () => {
  const fold = foldOf([
    { type: 'step', step: 0, model: 'a' },
    { type: 'usage', step: 0, usage: { inputTokens: 1, outputTokens: null } },
    { type: 'usage', step: 0, usage },
    { type: 'toolResult', step: 0, toolCallId: 'x', content: [{ type: 'text', text: '1' }] },
    { type: 'step', step: 1, model: 'b' },
    { type: 'toolResult', step: 1, toolCallId: 'y', isError: true },
    { type: 'warning', code: 'w', message: 'careful' },
    { type: 'reset', step: 1, fromPart: 0, reason: 'retry' },
  ]);
  expect([...fold.steps.values()]).toEqual([
    { step: 0, model: 'a', usage, toolResults: [{ type: 'toolResult', toolCallId: 'x', content: [{ type: 'text', text: '1' }] }] },
    { step: 1, model: 'b', usage: undefined, toolResults: [] },
  ]);
  expect(fold.warnings).toEqual([{ code: 'w', message: 'careful' }]);
});

describe('laws', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });

  test('however a text is cut, it and its bytes are the same', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), fc.infiniteStream(fc.nat(6)), (parts, cuts) => {
        const deltas = parts.flatMap((whole, part): Delta[] => [
          { type: 'part', step: 0, part, kind: 'text' },
          ...cutUp(whole, cuts).map((piece): Delta => ({ type: 'text', part, text: piece })),
          { type: 'partEnd', part },
        ]);
        const fold = foldOf(deltas);
        expect(foldedText(fold)).toBe(parts.join(''));
        expect(fold.textBytes).toBe(Buffer.byteLength(parts.join('')));
      }),
    );
  });

  test('merging appends that are adjacent changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ part: fc.nat(3), text })), (appends) => {
        const deltas = appends.map((append): Delta => ({ type: 'text', ...append }));
        expect(foldedContent(foldOf(merged(deltas)))).toEqual(foldedContent(foldOf(deltas)));
      }),
    );
  });

  test('after a reset it is as if what was discarded had never come', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), fc.array(text, { maxLength: 5 }), fc.nat(5), (before, after, at) => {
        const fromPart = Math.min(at, before.length);
        const deltas: Delta[] = [
          ...textParts(before, 0),
          { type: 'reset', step: 0, fromPart, reason: 'retry' },
          ...textParts(after, fromPart),
        ];
        const expected = [...before.slice(0, fromPart), ...after].join('');
        const fold = foldOf(deltas);
        expect([foldedText(fold), fold.textBytes]).toEqual([expected, Buffer.byteLength(expected)]);
      }),
    );
  });

  test('reading in between changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean()), { maxLength: 600, size: 'max' }), (pieces) => {
        const fold = createFold();
        for (const [piece, readNow] of pieces) {
          applyDelta(fold, { type: 'text', part: 0, text: piece });
          if (readNow) foldedText(fold);
        }
        expect(foldedText(fold)).toBe(pieces.map(([piece]) => piece).join(''));
      }),
      { numRuns: 30 },
    );
  });
});

test('a million small appends hold about the size of the text', () => {
  const fold = createFold();
  for (let index = 0; index < 1_000_000; index += 1) applyDelta(fold, { type: 'text', part: 0, text: 'ab' });
  expect(fold.textBytes).toBe(2_000_000);
  const { blocks, pieces } = fold.parts.get(0)!.written;
  expect(blocks.length + pieces.length).toBeLessThan(5_000);
  expect(foldedText(fold)).toHaveLength(2_000_000);
});

function foldOf(deltas: Delta[]) {
  const fold = createFold();
  for (const delta of deltas) applyDelta(fold, delta);
  return fold;
}

function textParts(texts: string[], from: number): Delta[] {
  return texts.flatMap((text, index): Delta[] => [
    { type: 'part', step: 0, part: from + index, kind: 'text' },
    { type: 'text', part: from + index, text },
  ]);
}

function cutUp(whole: string, sizes: fc.Stream<number>): string[] {
  const pieces: string[] = [];
  for (let rest = whole; rest !== '';) {
    const size = sizes.next().value ?? 1;
    pieces.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return pieces;
}

function merged(deltas: Delta[]): Delta[] {
  const done: Delta[] = [];
  for (const delta of deltas) {
    const last = done.at(-1);
    const joins = last?.type === 'text' && delta.type === 'text' && last.part === delta.part;
    if (joins) done.splice(-1, 1, { ...last, text: `${last.text}${delta.text}` });
    else done.push(delta);
  }
  return done;
}
