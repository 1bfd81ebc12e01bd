import { createInterface } from 'node:readline';
import type { Terminal } from './terminal.ts';

/**
 * What a person says, a message at a time, or the lines that are piped in. Ends at the end of the input, or with Ctrl-C or
 * Ctrl-D at the prompt. Between two messages of a person the keyboard is the terminal's own, so that Ctrl-C is a signal.
 */
export function readLines({ input, err }: Pick<Terminal, 'input' | 'err'>, promptText: string): AsyncIterable<string> {
  return input.isTTY && err.isTerminal ? keyboard(input, promptText) : pipe(input);
}

async function* pipe(input: NodeJS.ReadStream): AsyncGenerator<string> {
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) yield line;
  } finally {
    input.destroy();
  }
}

async function* keyboard(input: NodeJS.ReadStream, promptText: string): AsyncGenerator<string> {
  let history: string[] = [];
  for (;;) {
    const { message, lines } = await ask(input, promptText, history);
    history = lines;
    if (message === null) return;
    yield message;
  }
}

/** Lines that arrive together were pasted and are one message. */
async function ask(
  input: NodeJS.ReadStream,
  promptText: string,
  history: readonly string[],
): Promise<{ message: string | null; lines: string[] }> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  // The prompt and the editing go to stderr: stdout has the answers alone.
  const readline = createInterface({ input, output: process.stderr, terminal: true, history: [...history], historySize: 100 });
  const lines: string[] = [];
  readline.on('line', (line) => {
    lines.push(line);
    setImmediate(() => readline.line === '' && resolve(lines.join('\n')));
  });
  readline.on('SIGINT', () => resolve(null));
  readline.on('close', () => resolve(null));
  readline.setPrompt(promptText);
  readline.prompt();
  const message = await promise;
  readline.close();
  if (message === null) process.stderr.write('\n');
  return { message, lines: message === null || message.trim() === '' ? [...history] : [message, ...history] };
}
