import type { Writable } from 'node:stream';
import { AbstractMessageWriter, type Message, type MessageWriter } from 'vscode-jsonrpc/node';
import type { Framing } from './framing.ts';

/** At most this much goes into one write, unless a single message is larger. */
const batchBytes = 64 * 1024;
const stopAboveBytes = 64 * 1024;
const goOnBelowBytes = 16 * 1024;

interface Batch {
  readonly frames: string[];
  bytes: number;
  /** Who waits for the pipe to take it, if anybody does. */
  accepted: Deferred | undefined;
}

/**
 * Writes messages in either framing. What the first callback of a turn of the event loop writes goes out when that callback
 * and its promises are done, the rest of the turn in one more write. While the pipe is full, messages wait here.
 */
export class FrameWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #output: Writable;
  readonly #framing: () => Framing;
  #batches: Batch[] = [];
  #queuedBytes = 0;
  /** Bytes given to the stream that the operating system has not taken yet. */
  #pipeBytes = 0;
  #drained: Deferred | null = null;
  #flushed: Deferred | null = null;
  /** `first`: the callback that wrote first in this turn is not done. `rest`: what comes goes out at the end of the turn. */
  #turn: 'none' | 'first' | 'rest' = 'none';
  #failure: Error | null = null;

  /** `framing` is asked at every message: the answer has to use what the other side turned out to speak. */
  constructor(output: Writable, framing: () => Framing) {
    super();
    this.#output = output;
    this.#framing = framing;
    output.on('drain', this.#goOn);
    output.on('error', this.#onError);
    output.on('close', this.#onClose);
    if (output.destroyed || output.writableEnded) this.#fail(new Error(closedMessage));
  }

  /** Bytes that wait here or in the stream. */
  get backlogBytes(): number {
    return this.#queuedBytes + this.#pipeBytes;
  }

  /** The pipe is full: a message written now would have to wait. */
  get congested(): boolean {
    return this.#drained !== null;
  }

  /** Nothing written from now on arrives. */
  get closed(): boolean {
    return this.#failure !== null;
  }

  /** Resolves when the pipe has room for the message; rejects when it never will. Safe to leave unawaited. */
  write(message: Message): Promise<void> {
    return this.writeText(JSON.stringify(message));
  }

  /** `write` for a message that is JSON text already, without line breaks. */
  writeText(json: string): Promise<void> {
    if (this.#failure !== null) return rejected(this.#failure);
    const isLine = this.#framing() === 'ndjson';
    const body = isLine ? escapeSeparators(json) : json;
    const bytes = Buffer.byteLength(body);
    const frame = isLine ? `${body}\n` : `Content-Length: ${bytes}\r\n\r\n${body}`;
    const batch = this.#enqueue(frame, bytes + frame.length - body.length);
    if (this.#drained === null && this.#turn === 'none') {
      this.#turn = 'first';
      process.nextTick(this.#endFirst);
    }
    // There is room for it.
    if (this.#drained === null && this.#queuedBytes <= batchBytes) return done;
    return (batch.accepted ??= defer()).promise;
  }

  /** Resolves when the operating system has taken everything written so far; also when it never will. */
  flush(): Promise<void> {
    if (this.#failure === null) this.#sendBatches();
    if (this.#failure !== null || this.backlogBytes === 0) return Promise.resolve();
    this.#flushed ??= defer();
    return this.#flushed.promise;
  }

  /** Ends the stream when everything written so far is out. */
  end(): void {
    const endOutput = (): void => {
      if (this.#failure === null) this.#output.end();
    };
    this.flush().then(endOutput, endOutput);
  }

  override dispose(): void {
    this.#output.off('drain', this.#goOn);
    this.#output.off('close', this.#onClose);
    this.#fail(new Error(closedMessage));
    super.dispose();
  }

  #enqueue(frame: string, bytes: number): Batch {
    let batch = this.#batches.at(-1);
    if (batch === undefined || batch.bytes + bytes > batchBytes) {
      batch = { frames: [], bytes: 0, accepted: undefined };
      this.#batches.push(batch);
    }
    batch.frames.push(frame);
    batch.bytes += bytes;
    this.#queuedBytes += bytes;
    return batch;
  }

  #send(text: string, bytes: number): void {
    this.#pipeBytes += bytes;
    const free = this.#output.write(text, 'utf8', (error) => {
      if (error != null || this.#failure !== null) return;
      this.#pipeBytes -= bytes;
      if (this.#output.writableLength < goOnBelowBytes) this.#goOn();
      if (this.#flushed !== null && this.backlogBytes === 0) {
        this.#flushed.resolve();
        this.#flushed = null;
      }
    });
    if (!free || this.#output.writableLength > stopAboveBytes) this.#drained ??= defer();
  }

  /** What has just been sent waits for nothing, or for the one promise of a full pipe. */
  #accept({ accepted }: Batch): void {
    if (accepted === undefined) return;
    if (this.#failure !== null) accepted.reject(this.#failure);
    else if (this.#drained === null) accepted.resolve();
    else this.#drained.promise.then(accepted.resolve, accepted.reject);
  }

  #sendBatches(): void {
    let sent = 0;
    for (const batch of this.#batches) {
      if (this.#drained !== null || this.#failure !== null) break;
      sent += 1;
      this.#queuedBytes -= batch.bytes;
      this.#send(batch.frames.join(''), batch.bytes);
      this.#accept(batch);
    }
    this.#batches.splice(0, sent);
  }

  readonly #endFirst = (): void => {
    this.#turn = 'rest';
    setImmediate(this.#endTurn);
    this.#sendBatches();
  };

  readonly #endTurn = (): void => {
    this.#turn = 'none';
    this.#sendBatches();
  };

  readonly #goOn = (): void => {
    if (this.#drained === null || this.#output.writableNeedDrain) return;
    const drained = this.#drained;
    this.#drained = null;
    drained.resolve();
    if (this.#turn === 'none') this.#sendBatches();
  };

  readonly #onError = (error: Error): void => {
    const first = this.#failure === null;
    this.#fail(error);
    if (first) this.fireError(error);
    if (first) this.fireClose();
  };

  readonly #onClose = (): void => {
    const first = this.#failure === null;
    this.#fail(new Error(closedMessage));
    if (first) this.fireClose();
  };

  #fail(cause: Error): void {
    if (this.#failure !== null) return;
    const failure = new Error(closedMessage, { cause });
    this.#failure = failure;
    const batches = this.#batches;
    this.#batches = [];
    this.#queuedBytes = 0;
    this.#pipeBytes = 0;
    this.#drained?.reject(failure);
    this.#drained = null;
    for (const batch of batches) batch.accepted?.reject(failure);
    this.#flushed?.resolve();
    this.#flushed = null;
  }
}

const separators = /[\u2028\u2029]/g;

/** JSON has them as they are, and some readers of lines, Node's `readline` for one, end a line there. */
function escapeSeparators(json: string): string {
  return json.search(separators) === -1 ? json : json.replace(separators, (found) => (found === '\u2028' ? '\\u2028' : '\\u2029'));
}

const done = Promise.resolve();

const closedMessage = 'The pipe to the other side is closed.';

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/** A promise whose rejection may go unobserved: whoever did not wait for a write does not learn that it failed. */
function defer(): Deferred {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  return { promise, resolve, reject };
}

function rejected(error: Error): Promise<void> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}
