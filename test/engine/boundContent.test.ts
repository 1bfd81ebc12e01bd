import { expect, test } from 'vitest';
import type { ContentPart } from '../../protocol/index.ts';
import { boundContent } from '../../src/engine/boundContent.ts';

const text = (value: string): ContentPart => ({ type: 'text', text: value });
const picture = (data: string): ContentPart => ({ type: 'attachment', mediaType: 'image/png', data });
const note = (size: number, most: number): ContentPart =>
  text(`[The result of the tool was ${size} bytes. What is more than ${most} bytes is left out.]`);

test.each<[what: string, content: ContentPart[], maxBytes: number, expected: ContentPart[]]>([
  ['all that fits', [text('abc'), picture('AAAA')], 7, [text('abc'), picture('AAAA')]],
  ['the beginning of a text', [text('abcdef')], 4, [text('abcd'), note(6, 4)]],
  ['whole characters', [text('aéé')], 4, [text('aé'), note(5, 4)]],
  ['no half of an emoji', [text('😀😀')], 7, [text('😀'), note(8, 7)]],
  ['no picture that is too large', [picture('AAAAAAAA'), text('abc')], 5, [note(11, 5)]],
  ['what comes before it', [text('abc'), picture('AAAAAAAA')], 5, [text('abc'), note(11, 5)]],
  ['no part after the cut', [text('abcdef'), text('g')], 4, [text('abcd'), note(7, 4)]],
])('%s', (_, content, maxBytes, expected) => expect(boundContent(content, maxBytes)).toEqual(expected));

test('what fits is not copied', () => {
  const content = [text('abc')];
  expect(boundContent(content, 3)).toBe(content);
});
