import { addAbortSignal } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Failure } from '../lib/failure.ts';
import { Interrupted } from './command.ts';
import { catchInterrupt } from './interrupt.ts';
import { createSecretLine } from './secretLine.ts';
import type { Terminal } from './terminal.ts';

/**
 * A secret that a person types or pastes, which is not shown, or that is piped in, without the line break at its end. Throws
 * Interrupted after Ctrl-C, and a Failure where it has several lines that were pasted, or is no text. It may be empty.
 */
export async function readSecret(terminal: Pick<Terminal, 'input' | 'err'>, prompt: string): Promise<string> {
  using interrupt = catchInterrupt();
  const { signal } = interrupt;
  try {
    return terminal.input.isTTY ? await keyboard(terminal, prompt, signal) : await pipe(terminal.input, signal);
  } catch (error) {
    if (signal.aborted) throw new Interrupted(interrupt.exitCode);
    throw error;
  }
}

async function pipe(input: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  const bytes = await buffer(addAbortSignal(signal, input));
  try {
    return new TextDecoder('utf8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch {
    throw new Failure('invalidParams', 'What was piped in is not text in UTF-8.');
  }
}

/** What comes within this time after the line break was pasted with it. */
const pasteMs = 50;

async function keyboard({ input, err }: Pick<Terminal, 'input' | 'err'>, prompt: string, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const line = createSecretLine();
  const decoder = new TextDecoder();
  const finish = (): void => {
    if (line.hasMore())
      reject(new Failure('invalidParams', 'Several lines were pasted, and only one can be typed here. Pipe them in: … < FILE.'));
    else resolve(line.text());
  };
  let waiting: NodeJS.Timeout | undefined;
  const take = (bytes: Buffer): void => {
    const state = line.take(decoder.decode(bytes, { stream: true }));
    if (state === 'cancelled') return reject(new Interrupted(130));
    if (state === 'open') return;
    clearTimeout(waiting);
    waiting = setTimeout(finish, pasteMs);
  };
  const stop = (): void => reject(signal.reason);
  // Before the prompt: from then on nothing that is typed may be seen.
  input.setRawMode(true);
  input.on('data', take).on('end', finish).on('error', reject);
  signal.addEventListener('abort', stop);
  err.write(prompt);
  try {
    return await promise;
  } finally {
    clearTimeout(waiting);
    signal.removeEventListener('abort', stop);
    input.off('data', take).off('end', finish).off('error', reject).pause();
    restore(input);
    err.write('\n');
  }
}

function restore(input: NodeJS.ReadStream): void {
  try {
    input.setRawMode(false);
  } catch {
    // The terminal is gone.
  }
}
