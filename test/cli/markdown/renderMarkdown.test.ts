import { lexer } from 'marked';
import { describe, expect, test } from 'vitest';
import { renderBlocks } from '../../../src/cli/markdown/renderMarkdown.ts';
import { wrapText } from '../../../src/cli/markdown/wrapText.ts';

/** Styles as tags, so that they can be read. */
const look = (width = 40) => ({
  width,
  paint: (style: string | readonly string[], text: string) => `<${[style].flat().join('+')}:${text}>`,
  safe: (text: string) => text.replaceAll('\u001b', '␛'),
});

test.each<[string, string, string[]]>([
  ['a heading', '# One *two*', ['<bold+underline:One <italic:two>>']],
  ['a lesser one', '### Three', ['<bold:Three>']],
  ['emphasis', '**a** _b_ `d`', ['<bold:a> <italic:b> <cyan:d>']],
  ['what was struck out', '~~c~~', ['<strikethrough:c>']],
  ['a link has its address', '[here](https://example.com)', ['<underline:here> (https://example.com)']],
  ['an address is there once', '<https://example.com>', ['<underline:https://example.com>']],
  ['an image', '![a cat](cat.png)', ['a cat (cat.png)']],
  ['a list', '- a\n- b\n  1. c\n  2. d', ['<dim:• >a', '<dim:• >b', '  <dim:1. >c', '  <dim:2. >d']],
  ['one that begins elsewhere', '7. a\n8. b', ['<dim:7. >a', '<dim:8. >b']],
  ['things to do', '- [x] done\n- [ ] not', ['<dim:• [x] >done', '<dim:• [ ] >not']],
  ['code stays as it is', '```js\nif (a < b)  c();\n\nd();\n```', ['  <cyan:if (a < b)  c();>', '  <cyan:>', '  <cyan:d();>']],
  ['a quotation', '> a\n> b', ['<dim:│> a', '<dim:│> b']],
  ['a table', '| n | size |\n|---|---:|\n| a | 1 |\n| bb | 10 |', ['<bold:n   size>', 'a      1', 'bb    10']],
  ['a rule', 'a\n\n---', ['a', '', `<dim:${'─'.repeat(40)}>`]],
  ['entities', 'a &lt; b &amp; c', ['a < b & c']],
  ['HTML stays as it is', '<b>x</b>', ['<b>x</b>']],
  ['control characters are shown', 'a\u001b[2Jb', ['a␛[2Jb']],
  ['a long paragraph', 'word '.repeat(10).trim(), ['word word word word word word word word', 'word word']],
])('%s', (_, text, lines) => {
  expect(renderBlocks(lexer(text), look())).toEqual(lines);
});

describe('wrapping', () => {
  test.each<[string, number, string[]]>([
    ['', 10, ['']],
    ['one two three', 7, ['one two', 'three']],
    ['  indented text', 10, ['  indented', 'text']],
    ['東京 東京 東京', 9, ['東京 東京', '東京']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a\nb', 10, ['a', 'b']],
    ['\u001b[1mone two\u001b[22m', 7, ['\u001b[1mone two\u001b[22m']],
  ])('%j in %i columns', (text, width, lines) => expect(wrapText(text, width)).toEqual(lines));
});
