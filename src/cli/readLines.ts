import { createInterface } from 'node:readline';
import type { Terminal } from './terminal.ts';

export interface LineOptions {
  readonly prompt: string;
  /** Before the further lines of a message. */
  readonly continuation: string;
  /** For the Tab key: what the line may go on with, and which part of it that takes the place of. */
  complete(line: string): [string[], string];
}

/**
 * What a person says, a message at a time, or the lines that are piped in. Ends at the end of the input, or with Ctrl-C or
 * Ctrl-D at the prompt. Between two messages of a person the keyboard is the terminal's own, so that Ctrl-C is a signal.
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
  let history: string[] = [];
  for (;;) {
    const { message, lines } = await ask(input, options, history);
    history = lines;
    if (message === null) return;
    yield message;
  }
}

/** Lines that arrive together were pasted and are one message. */
async function ask(
  input: NodeJS.ReadStream,
  { prompt, continuation, complete }: LineOptions,
  history: readonly string[],
): Promise<{ message: string | null; lines: string[] }> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  // The prompt and the editing go to stderr: stdout has the answers alone.
  const readline = createInterface({
    input,
    output: process.stderr,
    terminal: true,
    history: [...history],
    historySize: 100,
    completer: complete,
  });
  const lines: string[] = [];
  readline.on('line', (line) => {
    lines.push(line);
    setImmediate(() => {
      const message = messageOf(lines);
      if (message !== undefined && readline.line === '') return resolve(message);
      readline.setPrompt(continuation);
      readline.prompt();
    });
  });
  readline.on('SIGINT', () => resolve(null));
  readline.on('close', () => resolve(null));
  readline.setPrompt(prompt);
  readline.prompt();
  const message = await promise;
  readline.close();
  if (message === null) process.stderr.write('\n');
  return { message, lines: message === null || message.trim() === '' ? [...history] : [message, ...history] };
}

const fence = '"""';

/** undefined: more lines are to come, after a \ at the end of one or within three quotation marks. */
export function messageOf(lines: readonly string[]): string | undefined {
  const text = lines.join('\n');
  const trimmed = text.trim();
  if (trimmed.startsWith(fence)) {
    const isClosed = trimmed.length >= 2 * fence.length && trimmed.endsWith(fence);
    return isClosed ? trimmed.slice(fence.length, -fence.length).replace(/^\n|\n$/g, '') : undefined;
  }
  return lines.at(-1)?.endsWith('\\') === true ? undefined : text.replaceAll(/\\\n/g, '\n');
}
