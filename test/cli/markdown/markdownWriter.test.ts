import { lexer } from 'marked';
import { expect, test } from 'vitest';
import { fc } from '../../support/fc.ts';
import { createMarkdownWriter } from '../../../src/cli/markdown/markdownWriter.ts';
import { renderBlocks } from '../../../src/cli/markdown/renderMarkdown.ts';
import type { Channel } from '../../../src/cli/terminal.ts';

function channel() {
  const written: string[] = [];
  const out: Channel = {
    isTerminal: true,
    width: 30,
    write: (text) => void written.push(text),
    paint: (_, text) => text,
    safe: (text) => text,
  };
  return { out, written };
}

/** What stands on the screen in the end: a line that was erased is not there. */
function screen(written: readonly string[]): string {
  return written.join('').replaceAll(/[^\n]*\r\u001b\[K/g, '');
}

test('a block is written when it is complete; until then its last line is shown', () => {
  const { out, written } = channel();
  const writer = createMarkdownWriter(out);
  writer.take('# Ti');
  writer.take('tle\n');
  expect(screen(written)).toBe('# Title');
  writer.take('\nText');
  expect(screen(written)).toBe('Title\n\nText');
  writer.end();
  expect(screen(written)).toBe('Title\n\nText\n');
});

test('of a long line the end is shown, on one line', () => {
  const { out, written } = channel();
  const writer = createMarkdownWriter(out);
  writer.take('x'.repeat(50));
  writer.take('yz');
  expect(screen(written)).toBe(`${'x'.repeat(27)}yz`);
});

const sample = `# Title

A paragraph
of two lines.

- one
- two

  more of two
1. first

\`\`\`js
code();

code();
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

> quoted
still
`;

test('however it is cut, the same stands there in the end', () => {
  const { out } = channel();
  const whole = `${renderBlocks(lexer(sample), out).join('\n')}\n`;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }), (sizes) => {
      const { out: other, written } = channel();
      const writer = createMarkdownWriter(other);
      let at = 0;
      for (let turn = 0; at < sample.length; turn++) {
        const size = sizes[turn % sizes.length]!;
        writer.take(sample.slice(at, at + size));
        at += size;
      }
      writer.end();
      expect(screen(written)).toBe(whole);
    }),
  );
});
