import type { Readable } from 'node:stream';
import { AbstractMessageReader, type DataCallback, type Disposable, type Message } from 'vscode-jsonrpc/node';
import { defaultMaxMessageBytes, type FrameProblem, type Framing } from './framing.ts';
import { createFrameParser, type FrameParser } from './parseFrames.ts';

export interface FrameReaderOptions {
  readonly framing?: Framing | 'auto' | undefined;
  /** Default 64 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** The reader only reports. After a fatal problem it reads nothing more and fires `onClose`. */
  readonly onProblem?: ((problem: FrameProblem) => void) | undefined;
}

/** Reads messages in either framing. What it hands on is any JSON value: nothing but the framing has been checked. */
export class FrameReader extends AbstractMessageReader {
  /** Size of the body that is being handed on. */
  messageBytes = 0;
  readonly #input: Readable;
  readonly #parser: FrameParser;
  #callback: DataCallback = () => {};
  #closed = false;

  constructor(input: Readable, options: FrameReaderOptions = {}) {
    super();
    this.#input = input;
    this.#parser = createFrameParser({
      framing: options.framing ?? 'auto',
      maxMessageBytes: options.maxMessageBytes ?? defaultMaxMessageBytes,
      onMessage: (value, bytes) => {
        this.messageBytes = bytes;
        this.#callback(value as Message);
      },
      onProblem: (problem) => {
        options.onProblem?.(problem);
        if (problem.fatal) this.#close();
      },
    });
  }

  /** null until the first byte has told. */
  get framing(): Framing | null {
    return this.#parser.framing;
  }

  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    this.#input.on('end', this.#onEnd);
    this.#input.on('close', this.#onEnd);
    this.#input.on('error', this.#onError);
    // After a fatal problem the listener stays: input that nobody reads would hide the end of it.
    this.#input.on('data', this.#onData);
    if (this.#input.readableEnded || this.#input.destroyed) queueMicrotask(this.#onEnd);
    return { dispose: () => this.dispose() };
  }

  override dispose(): void {
    this.#parser.stop();
    this.#closed = true;
    this.#input.off('data', this.#onData);
    this.#input.off('end', this.#onEnd);
    this.#input.off('close', this.#onEnd);
    super.dispose();
  }

  readonly #onData = (chunk: Buffer): void => this.#parser.push(chunk);

  readonly #onEnd = (): void => {
    this.#parser.end();
    this.#close();
  };

  readonly #onError = (error: Error): void => {
    if (!this.#closed) this.fireError(error);
    this.#onEnd();
  };

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.fireClose();
  }
}
