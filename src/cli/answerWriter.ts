import type { Delta } from '../../protocol/index.ts';
import type { MarkdownWriter } from './markdown/markdownWriter.ts';
import type { Terminal } from './terminal.ts';

/** Writes an answer while it arrives: the text to stdout, reasoning dimmed to stderr where a person looks at both. */
export interface AnswerWriter {
  take(delta: Delta): void;
  /** Ends the last line. */
  end(): void;
}

/** Something of the answer is there to be read. */
export function hasBegun({ type }: Delta): boolean {
  return type === 'text' || type === 'reasoning';
}

/** `markdown`: the text goes through it, and it writes it. */
export function createAnswerWriter({ out, err, warn }: Pick<Terminal, 'out' | 'err' | 'warn'>, markdown?: MarkdownWriter): AnswerWriter {
  const together = out.isTerminal && err.isTerminal;
  let now: 'nothing' | 'reasoning' | 'text' = 'nothing';
  let lineIsOpen = false;
  let half = '';

  const text = (chunk: string): void => {
    if (now === 'reasoning') err.write('\n\n');
    now = 'text';
    const whole = half + chunk;
    // Half of a pair cannot be written: it waits for the other.
    half = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? '';
    const ready = whole.slice(0, whole.length - half.length);
    if (ready === '') return;
    if (markdown) return markdown.take(ready);
    out.write(out.safe(ready));
    lineIsOpen = !ready.endsWith('\n');
  };
  const reasoning = (chunk: string): void => {
    if (!together) return;
    endLine();
    now = 'reasoning';
    err.write(err.paint('dim', err.safe(chunk)));
  };
  const endLine = (): void => {
    markdown?.end();
    if (lineIsOpen || half !== '') out.write(`${half}\n`);
    half = '';
    lineIsOpen = false;
  };
  return {
    take(delta) {
      if (delta.type === 'text') return text(delta.text);
      if (delta.type === 'reasoning') return reasoning(delta.text);
      if (delta.type === 'reset' && now === 'text') {
        endLine();
        warn('The answer begins again: forget what stands above.');
      }
      if (delta.type === 'warning') {
        if (together) endLine();
        warn(delta.message);
      }
    },
    end() {
      if (now === 'reasoning') err.write('\n');
      endLine();
    },
  };
}
