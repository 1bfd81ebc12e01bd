import { expect, test } from 'vitest';
import type { Delta } from '../../protocol/index.ts';
import { createAnswerWriter } from '../../src/cli/answerWriter.ts';
import type { Channel } from '../../src/cli/terminal.ts';

const text = (part: string): Delta => ({ type: 'text', part: 0, text: part });
const reasoning = (part: string): Delta => ({ type: 'reasoning', part: 0, text: part });
const warning: Delta = { type: 'warning', code: 'c', message: 'careful' };
const reset: Delta = { type: 'reset', step: 0, fromPart: 0, reason: 'retry' };

/** What both channels write, in order: stdout as it is, stderr in brackets. */
function written(isTerminal: boolean, deltas: readonly Delta[]): string {
  let all = '';
  const channel = (write: (text: string) => void): Channel => ({
    isTerminal,
    width: 80,
    write: (text) => text !== '' && write(text),
    paint: (_, text) => text,
    safe: (text) => text,
  });
  const writer = createAnswerWriter({
    out: channel((text) => (all += text)),
    err: channel((text) => (all += `[${text}]`)),
    warn: (message) => (all += `[warning: ${message}]`),
  });
  for (const delta of deltas) writer.take(delta);
  writer.end();
  return all;
}

test.each<[string, boolean, Delta[], string]>([
  ['nothing', true, [], ''],
  ['the last line is ended', false, [text('a'), text('b')], 'ab\n'],
  ['once', false, [text('a\n')], 'a\n'],
  ['halves of a pair are written together', false, [text('\ud83d'), text('\ude80')], '🚀\n'],
  ['half a pair that stays alone is not lost', false, [text('a\ud83d')], 'a\ud83d\n'],
  ['reasoning before the text', true, [reasoning('why'), text('a')], '[why][\n\n]a\n'],
  ['reasoning alone', true, [reasoning('why')], '[why][\n]'],
  ['reasoning between texts', true, [text('a'), reasoning('why'), text('b')], 'a\n[why][\n\n]b\n'],
  ['no reasoning where nobody looks', false, [reasoning('why'), text('a')], 'a\n'],
  ['a warning in a line of its own', true, [text('a'), warning, text('b')], 'a\n[warning: careful]b\n'],
  ['a warning beside a pipe leaves the text alone', false, [text('a'), warning, text('b')], 'a[warning: careful]b\n'],
  [
    'an answer that begins again',
    false,
    [text('a'), reset, text('b')],
    'a\n[warning: The answer begins again: forget what stands above.]b\n',
  ],
  ['unknown deltas', true, [{ type: '_other' }, { type: 'step', step: 0, model: 'echo' }, text('a')], 'a\n'],
])('%s', (_, isTerminal, deltas, expected) => {
  expect(written(isTerminal, deltas)).toBe(expected);
});
