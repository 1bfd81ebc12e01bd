import { styleText } from 'node:util';
import { createProgress, type Progress } from './progress.ts';

export type Style = 'bold' | 'dim' | 'italic' | 'underline' | 'strikethrough' | 'red' | 'yellow' | 'green' | 'cyan';

/** stdout or stderr, as a person or a program will read it. */
export interface Channel {
  readonly isTerminal: boolean;
  /** Columns; Infinity where it is not a terminal. */
  readonly width: number;
  write(text: string): void;
  /** The text in a style, where there is colour. */
  paint(style: Style | readonly Style[], text: string): string;
  /** Text of a model or a server: on a terminal its control characters are shown and not obeyed. */
  safe(text: string): string;
}

export interface Terminal {
  readonly out: Channel;
  readonly err: Channel;
  readonly input: NodeJS.ReadStream;
  /** Aborted when nobody reads stdout any more: `| head`. */
  readonly closed: AbortSignal;
  /** What is waited for, on stderr, where a person looks at it. */
  readonly progress: Pick<Progress, 'start'>;
  /** `warning: …` on stderr, the same one once. */
  warn(message: string): void;
}

export type TerminalProcess = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'env'>;

export function createTerminal({ stdin, stdout, stderr, env }: TerminalProcess): Terminal {
  const closed = new AbortController();
  stdout.on('error', () => closed.abort());
  stderr.on('error', () => {});
  const progress = createProgress(
    (stderr.isTTY ?? false) && env['TERM'] !== 'dumb',
    (text) => void stderr.write(text),
    () => stderr.columns || 80,
  );
  const err = createChannel(stderr, env, progress.hide);
  const warned = new Set<string>();
  return {
    out: createChannel(stdout, env, progress.hide),
    err,
    input: stdin,
    closed: closed.signal,
    progress,
    warn(message) {
      if (warned.has(message)) return;
      warned.add(message);
      err.write(`${err.paint('yellow', 'warning:')} ${err.safe(message)}\n`);
    },
  };
}

function createChannel(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, beforeWrite: () => void): Channel {
  const isTerminal = stream.isTTY ?? false;
  const colour = hasColour(isTerminal, env);
  return {
    isTerminal,
    get width() {
      return isTerminal ? stream.columns || 80 : Infinity;
    },
    write(text) {
      if (text === '') return;
      beforeWrite();
      stream.write(text);
    },
    paint: (style, text) => (colour && text !== '' ? styleText(style as Style, text, { validateStream: false }) : text),
    safe: (text) => (isTerminal ? showControls(text) : text),
  };
}

/** https://force-color.org and https://no-color.org; the first wins, as Node has it. */
function hasColour(isTerminal: boolean, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (FORCE_COLOR) return !['0', 'false'].includes(FORCE_COLOR);
  if (NO_COLOR) return false;
  return isTerminal && TERM !== 'dumb';
}

/** An escape sequence could write to the clipboard or hide text; as ␛[2J it is harmless. */
function showControls(text: string): string {
  return text.replaceAll(/(?!\r\n)[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '␡' : '�';
  });
}
