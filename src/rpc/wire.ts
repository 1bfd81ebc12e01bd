import type { Readable, Writable } from 'node:stream';

/** The two streams to the other side. */
export interface Wire {
  readonly input: Readable;
  readonly output: Writable;
}
