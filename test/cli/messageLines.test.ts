import { expect, test } from 'vitest';
import { createMessageLines } from '../../src/cli/messageLines.ts';

type Line = string | readonly ['pasted' | 'broken', string];

test.each<[string, Line[], string | undefined]>([
  ['one', ['one'], 'one'],
  ['two that came together', ['one', 'two'], 'one\ntwo'],
  ['a backslash', ['one \\'], undefined],
  ['a backslash, and the rest', ['one \\', 'two'], 'one \ntwo'],
  ['Alt-Return', [['broken', 'one']], undefined],
  ['Alt-Return, and the rest', [['broken', 'one'], 'two'], 'one\ntwo'],
  ['marks', ['"""'], undefined],
  ['marks before the text', ['"""one'], undefined],
  ['marks around it', ['"""', 'one', '', 'two', '"""'], 'one\n\ntwo'],
  ['marks on one line', ['"""one"""'], 'one'],
  ['what was pasted stays as it is', [['pasted', 'make \\'], ['pasted', '  all'], ''], 'make \\\n  all'],
])('%s', (_, lines, text) => {
  const message = createMessageLines();
  for (const line of lines) {
    if (typeof line === 'string') message.take(line, 'typed');
    else message.take(line[1], line[0]);
  }
  expect(message.text()).toBe(text);
});

test('what was cleared is gone', () => {
  const message = createMessageLines();
  message.take('one \\', 'typed');
  message.clear();
  expect(message.isEmpty()).toBe(true);
  message.take('two', 'typed');
  expect(message.text()).toBe('two');
});
