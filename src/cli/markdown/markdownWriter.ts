import { lexer } from 'marked';
import type { Channel } from '../terminal.ts';
import { characterWidth } from '../textWidth.ts';
import { renderBlocks } from './renderMarkdown.ts';

/** Markdown on a terminal, while it arrives. */
export interface MarkdownWriter {
  take(text: string): void;
  /** What has not been written yet is. */
  end(): void;
}

/**
 * A block is written when it is complete. Until then the line that is being written is shown as it comes, on one line that
 * the block then takes the place of.
 */
export function createMarkdownWriter(out: Channel): MarkdownWriter {
  let waiting = '';
  let shown = '';

  const erase = (): void => {
    if (shown !== '') out.write('\r\u001b[K');
    shown = '';
  };
  const preview = (): void => {
    const line = out.safe(waiting.trimEnd().slice(waiting.trimEnd().lastIndexOf('\n') + 1));
    const next = lastColumns(line, out.width - 1);
    if (next === shown) return;
    // What is only longer is continued: a terminal shows that without a flicker.
    if (shown !== '' && next.startsWith(shown)) out.write(out.paint('dim', next.slice(shown.length)));
    else {
      erase();
      out.write(out.paint('dim', next));
    }
    shown = next;
  };
  const write = (text: string): void => {
    const lines = renderBlocks(lexer(text), out);
    if (lines.length === 0) return;
    erase();
    out.write(`${lines.join('\n')}\n`);
  };
  return {
    take(text) {
      waiting += text;
      if (text.includes('\n')) {
        const complete = completeBlocks(waiting);
        write(waiting.slice(0, complete));
        waiting = waiting.slice(complete);
      }
      preview();
    },
    end() {
      erase();
      write(waiting);
      waiting = '';
    },
  };
}

/** How much of a text can change no more: all blocks but the last, which may go on. */
function completeBlocks(text: string): number {
  const tokens = lexer(text);
  const last = tokens.findLastIndex(({ type }) => type !== 'space');
  return tokens.slice(0, Math.max(0, last)).reduce((sum, { raw }) => sum + raw.length, 0);
}

function lastColumns(text: string, width: number): string {
  let used = 0;
  const kept: string[] = [];
  for (const character of Array.from(text).toReversed()) {
    used += characterWidth(character);
    if (used > width) return kept.toReversed().join('');
    kept.push(character);
  }
  return text;
}
