import { createInterface, type Interface } from 'node:readline';
import { createMessageLines } from './messageLines.ts';
import type { Terminal } from './terminal.ts';

export interface LineOptions {
  readonly prompt: string;
  /** Before the further lines of a message. */
  readonly continuation: string;
  /** What Ctrl-C says where nothing was typed; the second one ends it. */
  readonly leaveHint: string;
  /** Messages of before, the latest first; Arrow-Up brings them back. */
  readonly history: readonly string[];
  /** For the Tab key: what the line may go on with, and which part of it that takes the place of. */
  complete(line: string): [string[], string];
}

/**
 * What a person says, a message at a time, or the lines that are piped in. Ends at the end of the input, with Ctrl-D, or with
 * Ctrl-C twice at an empty prompt. Between two messages of a person the keyboard is the terminal's own, so that Ctrl-C is a signal.
 */
export function readLines({ input, err }: Pick<Terminal, 'input' | 'err'>, options: LineOptions): AsyncIterable<string> {
  return input.isTTY && err.isTerminal ? keyboard(input, options) : pipe(input);
}

async function* pipe(input: NodeJS.ReadStream): AsyncGenerator<string> {
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) yield line;
  } finally {
    input.destroy();
  }
}

async function* keyboard(input: NodeJS.ReadStream, options: LineOptions): AsyncGenerator<string> {
  const said = options.history.toReversed();
  for (;;) {
    const message = await ask(input, { ...options, history: said.toReversed() });
    if (message === null) return;
    if (message.trim() !== '') said.push(message);
    yield message;
  }
}

/** The terminal marks what is pasted, so that no line of it is sent before Return is pressed. */
const markPasted = '\u001b[?2004h';
const markNothing = '\u001b[?2004l';
const historyLength = 1000;

type Key = { readonly name?: string; readonly meta?: boolean } | undefined;

async function ask(input: NodeJS.ReadStream, options: LineOptions): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  // The prompt and the editing go to stderr: stdout has the answers alone.
  const output = process.stderr;
  const readline = createInterface({
    input,
    output,
    terminal: true,
    history: options.history.slice(0, historyLength),
    historySize: historyLength,
    completer: (line: string) => options.complete(line),
  });
  const message = createMessageLines();
  let now: 'typed' | 'pasted' | 'broken' = 'typed';
  let leaves = false;
  const goOn = (): void => {
    readline.setPrompt(message.isEmpty() ? options.prompt : options.continuation);
    readline.prompt(true);
  };
  const press = (_: string | undefined, key: Key): void => {
    if (key?.name === 'paste-start') now = 'pasted';
    if (key?.name === 'paste-end') now = 'typed';
    if (key?.name !== 'return' || key.meta !== true) return;
    now = 'broken';
    readline.write(null, { name: 'return' });
    now = 'typed';
  };
  input.on('keypress', press);
  readline.on('line', (line) => {
    leaves = false;
    message.take(line, now);
    if (now !== 'typed') return goOn();
    // Where a terminal marks nothing, lines that arrive together were pasted, too.
    setImmediate(() => {
      const text = message.text();
      if (text !== undefined && readline.line === '') resolve(text);
      else goOn();
    });
  });
  readline.on('SIGINT', () => {
    const isEmpty = message.isEmpty() && readline.line === '';
    if (isEmpty && leaves) return resolve(null);
    leaves = isEmpty;
    message.clear();
    clearLine(readline);
    output.write(isEmpty ? `\n${options.leaveHint}\n` : '\n');
    goOn();
  });
  readline.on('close', () => resolve(null));
  output.write(markPasted);
  goOn();
  const said = await promise;
  input.off('keypress', press);
  readline.close();
  output.write(said === null ? `${markNothing}\n` : markNothing);
  return said;
}

function clearLine(readline: Interface): void {
  readline.write(null, { ctrl: true, name: 'e' });
  readline.write(null, { ctrl: true, name: 'u' });
}
