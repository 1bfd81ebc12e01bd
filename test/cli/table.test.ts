import { expect, test } from 'vitest';
import { renderTable, type Column } from '../../src/cli/table.ts';
import { textWidth } from '../../src/cli/textWidth.ts';

const columns: Column<[string, string, string]>[] = [
  { title: 'NAME', text: ([name]) => name },
  { title: 'SIZE', text: ([, size]) => size, align: 'right', dropOrder: 1 },
  { title: '', text: ([, , note]) => note, paint: (text) => `<${text}>` },
];

test.each<[string, [string, string, string][], number, string[]]>([
  ['none', [], 80, ['']],
  [
    'aligned',
    [
      ['a', '1', 'x'],
      ['long', '100', ''],
    ],
    80,
    ['NAME  SIZE', 'a        1  <x>', 'long   100  <>'],
  ],
  [
    'wide letters',
    [
      ['東京', '1', 'x'],
      ['e\u0301', '2', 'y'],
      ['🚀', '3', ''],
    ],
    80,
    ['NAME  SIZE', '東京     1  <x>', 'e\u0301        2  <y>', '🚀       3  <>'],
  ],
  ['an empty column is left out', [['a', '1', '']], 80, ['NAME  SIZE', 'a        1']],
  ['too narrow', [['a', '1', 'x']], 8, ['NAME', 'a     <x>']],
  ['far too narrow: what cannot be dropped stays', [['a', '1', 'x']], 1, ['NAME', 'a     <x>']],
])('%s', (_, rows, width, lines) => {
  expect(renderTable(rows, columns, { width })).toEqual(lines);
});

test.each<[number, string[]]>([
  [40, ['NAME               SIZE  NOTE', 'a-long-name-of-it   100  some words']],
  [27, ['NAME       SIZE  NOTE', 'a-long-n…   100  some words']],
  [26, ['NAME       SIZE  NOTE', 'a-long-n…   100  …me words']],
  [20, ['NAME       NOTE', 'a-long-n…  …me words']],
  [16, ['NAME      NOTE', 'a-long-…  …words']],
])('in %i columns what is long is cut before a column is left out', (width, lines) => {
  const cut: Column<string[]>[] = [
    { title: 'NAME', text: ([name = '']) => name, leastWidth: 8 },
    { title: 'SIZE', text: ([, size = '']) => size, align: 'right', dropOrder: 1 },
    { title: 'NOTE', text: ([, , note = '']) => note, leastWidth: 6, cuts: 'start' },
  ];
  expect(renderTable([['a-long-name-of-it', '100', 'some words']], cut, { width })).toEqual(lines);
});

test.each([
  ['', 0],
  ['abc', 3],
  ['東京', 4],
  ['ａ', 2],
  ['🚀', 2],
  ['e\u0301', 1],
  ['grün', 4],
])('width of %j', (text, width) => {
  expect(textWidth(text)).toBe(width);
});
