import type { FrameWriter } from '../../protocol/framing/frameWriter.ts';
import { Failure } from '../lib/failure.ts';
import type { Log } from '../lib/log.ts';
import type { Redact } from '../lib/redactFailure.ts';
import type { RequestId } from './envelope.ts';
import { toWireError, type WireErrorOptions } from './errors.ts';
import type { InFlightTable } from './inFlight.ts';
import type { TraceEvent } from './trace.ts';

/** The way out for every message. */
export interface Outbox {
  /** A request, a notification, or the answer to a request, which ends its being in flight. */
  send(message: object): Promise<void>;
  /** An error for a message that never became a request in flight. */
  refuse(id: RequestId | null, error: unknown): void;
  readonly backlogBytes: number;
}

export interface OutboxParts {
  readonly writer: FrameWriter;
  readonly inFlight: InFlightTable;
  readonly log: Log;
  readonly redact: Redact | undefined;
  readonly trace: ((event: TraceEvent) => void) | undefined;
  /** The largest answer that the host takes, in bytes; undefined: any. */
  maxAnswerBytes(): number | undefined;
}

export function createOutbox({ writer, inFlight, log, redact, trace, maxAnswerBytes }: OutboxParts): Outbox {
  const write = (message: Outgoing): Promise<void> => {
    // Of a long answer, the text alone takes a while; nobody gets it.
    const text = writer.closed ? '' : encode(message, { log, redact }, maxAnswerBytes());
    trace?.({ direction: 'out', method: message.method ?? null, id: message.id ?? null, bytes: Buffer.byteLength(text) });
    return writer.writeText(text);
  };
  return {
    send(message: Outgoing) {
      const accepted = write(message);
      if (message.method === undefined && message.id != null) inFlight.remove(message.id);
      return accepted;
    },
    refuse(id, error) {
      // Without effect when the pipe is gone: then there is nobody to tell.
      write({ jsonrpc: '2.0', id, error: toWireError(error, { log, redact }) }).catch(() => {});
    },
    get backlogBytes() {
      return writer.backlogBytes;
    },
  };
}

interface Outgoing {
  readonly jsonrpc?: string;
  readonly method?: string;
  readonly id?: RequestId | null;
  readonly error?: unknown;
}

/** A result that is not JSON is a defect of its handler, and one can be larger than the host takes: the request still gets an answer. */
function encode(message: Outgoing, options: WireErrorOptions, limit: number | undefined): string {
  const fail = (error: unknown): string => JSON.stringify({ jsonrpc: '2.0', id: message.id, error: toWireError(error, options) });
  try {
    const text = JSON.stringify(message);
    const tooLarge = limit !== undefined && message.method === undefined && Buffer.byteLength(text) > limit;
    return tooLarge ? fail(answerTooLarge(limit)) : text;
  } catch (error) {
    if (message.method !== undefined) throw error;
    return fail(error);
  }
}

function answerTooLarge(limit: number): Failure {
  const message = `The answer is larger than the ${limit} bytes that the host takes (limits.maxMessageBytes of initialize). A prompt can be streamed, with omitContent.`;
  return new Failure('messageTooLarge', message, { limit });
}
