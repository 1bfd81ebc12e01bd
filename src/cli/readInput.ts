import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Terminal } from './terminal.ts';

/** What is piped in, to its end; empty where a person sits at the keyboard. Rejects with an AbortError. */
export async function readInput({ input }: Pick<Terminal, 'input'>, signal: AbortSignal): Promise<string> {
  return input.isTTY ? '' : text(addAbortSignal(signal, input));
}
