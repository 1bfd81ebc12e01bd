import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { excerptOf } from '../../src/history/excerpt.ts';
import { parseQuery } from '../../src/history/search.ts';

const around = (text: string, query: string): string => excerptOf(text, parseQuery(query));
const filler = 'lorem ipsum dolor sit amet '.repeat(40);

test.each([
  ['a short text, as one line', 'one\n\n two\tthree', 'two', 'one two three'],
  ['no text', '', 'two', ''],
  ['the beginning, where the word is not written so', `Bröd ${filler}`, 'brod', /^Bröd lorem .{180,194}…$/],
  ['the middle', `${filler}a Pelican, here ${filler}`, 'pelican', /^…(?=.{60,200}$).*a Pelican, here lorem .*…$/],
  ['the end', `${filler}a pelican`, 'pelican', /^….*amet a pelican$/],
  ['whole words', `${filler}pelicans ${filler}a pelican.`, 'pelican', /a pelican\.$/],
  ['a phrase over a line break', `${filler}two\nwords ${filler}`, '"two words"', /^….* two words lorem/],
  ['the first of several', `${filler}b ${filler} a`, 'a b', /^….* b lorem/],
  ['not what is excluded', `not ${filler}yes`, '-not yes', /^….*yes$/],
  ['signs', `${filler}🚀 ${filler}`, '🚀', /^….* 🚀 lorem/],
  ['languages without spaces', `${'あ'.repeat(500)}東京${'い'.repeat(500)}`, '東京', /^…あ+東京い+…$/],
])('an excerpt shows %s', (_, text, query, expected) => {
  const excerpt = around(text, query);
  if (typeof expected === 'string') expect(excerpt).toBe(expected);
  else expect(excerpt).toMatch(expected);
  expect(excerpt.length).toBeLessThanOrEqual(200);
});

test('an excerpt is a line of at most 200 characters, none of them half', () => {
  const text = fc.array(fc.oneof(fc.constantFrom(' ', '\n', '🚀', 'a', 'word ', '東'), fc.string({ unit: 'grapheme' })), {
    maxLength: 600,
  });
  fc.assert(
    fc.property(text, fc.constantFrom('a', 'word', '🚀', '東', 'nothing'), (parts, query) => {
      const excerpt = around(parts.join('').toWellFormed(), query);
      expect(excerpt.length).toBeLessThanOrEqual(200);
      expect(excerpt).not.toMatch(/\n/);
      expect(excerpt.isWellFormed()).toBe(true);
    }),
  );
});
