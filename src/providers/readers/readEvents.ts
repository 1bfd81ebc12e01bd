import { createParser, type ParseError } from 'eventsource-parser';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { JsonObject } from '../../../protocol/index.ts';
import { mergeDeltas } from '../http/mergeDeltas.ts';
import { UnreadableEvent } from './reader.ts';

export interface EventTaker {
  /** Bytes have arrived. */
  onBytes(bytes: number): void;
  /** One event. After one that throws nothing is read. */
  onEvent(event: JsonObject): void;
  /** The body is there to its end. */
  onEnd(): void;
}

/**
 * Reads an event stream of JSON as it arrives: nothing waits for a reader, so nothing is kept but the event that is not complete.
 * Rejects with what the connection says, or a taker throws; the rest of the body is then not read.
 */
export async function readEvents(body: Readable, taker: EventTaker): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data !== '[DONE]') taker.onEvent(objectOf(data));
    },
    onError: (error) => takeOwnError(error, taker),
  });
  let isFirst = true;
  await new Promise<void>((resolve, reject) => {
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        // Its end may be there already.
        body.off('data', read).off('end', end);
        reject(error);
        body.destroy();
      }
    };
    const read = (chunk: Buffer): void =>
      attempt(() => {
        taker.onBytes(chunk.length);
        const text = decoder.write(chunk);
        const events = isFirst && text.startsWith(byteOrderMark) ? text.slice(1) : text;
        isFirst &&= text === '';
        parser.feed(hasSeveral(events) ? mergeDeltas(events) : events);
      });
    const end = (): void =>
      attempt(() => {
        taker.onEnd();
        resolve();
      });
    body.on('error', reject);
    body.on('end', end);
    // From our side, before its end: what is left is not wanted any more.
    body.on('close', () => {
      if (!body.readableEnded) reject(new DOMException('The call was aborted.', 'AbortError'));
    });
    body.on('data', read);
  });
}

const byteOrderMark = '\uFEFF';

function hasSeveral(events: string): boolean {
  const end = events.indexOf('\n\n');
  return end !== -1 && end + 2 < events.length;
}

/** Throws for what is no JSON object. */
export function objectOf(data: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new UnreadableEvent('JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UnreadableEvent('object');
  return value as JsonObject;
}

/** llama.cpp has a field `error:` beside `data:`, which readers of event streams ignore. */
function takeOwnError({ type, field, value }: ParseError, taker: EventTaker): void {
  if (type !== 'unknown-field' || field !== 'error' || value === undefined || !value.trimStart().startsWith('{')) return;
  taker.onEvent({ error: objectOf(value) });
}
