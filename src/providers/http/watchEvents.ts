import type { JsonObject } from '../../../protocol/index.ts';
import { mergeDeltas } from './mergeDeltas.ts';

export interface EventWatch {
  /** Takes the bytes as they arrive and gives those to hand over: the lines that are complete. */
  pass(bytes: Uint8Array): Uint8Array;
  /** What is left at the end of the body. */
  rest(): Uint8Array;
}

/** Mends the lines of an event stream that contain `needle`. */
export interface LineMender {
  readonly needle: string;
  mend(line: string): string;
}

/**
 * Looks at an event stream as it passes by and hands over the events that tell usage or an error, parsed. Everything else
 * costs one scan: most events are not decoded, none is kept.
 */
export function watchEvents(onEvent: (event: JsonObject) => void, mender?: LineMender): EventWatch {
  let started: Buffer[] = [];
  const completeLines = (chunk: Buffer): Buffer => {
    const end = chunk.lastIndexOf(0x0a) + 1;
    if (end === 0) {
      started.push(chunk);
      return empty;
    }
    const complete = started.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...started, chunk.subarray(0, end)]);
    started = end === chunk.length ? [] : [chunk.subarray(end)];
    return complete;
  };
  return {
    pass(bytes) {
      const complete = completeLines(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      // A plain copy; the names looked for are ASCII.
      if (interesting.test(complete.toString('latin1'))) readLines(complete.toString('utf8'), onEvent);
      if (mender !== undefined && complete.includes(mender.needle)) return mended(complete, mender);
      return hasSeveral(complete) ? Buffer.from(mergeDeltas(complete.toString('utf8'))) : complete;
    },
    rest: () => Buffer.concat(started),
  };
}

/** The same for a body that came in one piece. */
export function watchBody(text: string, onEvent: (event: JsonObject) => void): void {
  if (interesting.test(text)) readJson(text, onEvent);
}

const empty = Buffer.alloc(0);

// Members that are an object or a string; `"usage":null` is in every chunk of some providers. llama.cpp has a field `error:`
// beside `data:`, which readers of event streams ignore.
const interesting = /"(?:usage(?:Metadata)?|error)"\s*:\s*[{"]|"(?:type|object)"\s*:\s*"error"|^error:\s*\{/m;

function readLines(text: string, onEvent: (event: JsonObject) => void): void {
  for (const line of text.split('\n')) {
    if (line.startsWith('error:')) readJson(line, (error) => onEvent({ error }));
    else if (interesting.test(line)) readJson(line, onEvent);
  }
}

function readJson(text: string, onEvent: (event: JsonObject) => void): void {
  const start = text.indexOf('{');
  if (start === -1) return;
  let event: unknown;
  try {
    event = JSON.parse(text.slice(start));
  } catch {
    // Half an event, or none: the package reads the same bytes and reports it.
    return;
  }
  onEvent(event as JsonObject);
}

function hasSeveral(events: Buffer): boolean {
  const end = events.indexOf('\n\n');
  return end !== -1 && end + 2 < events.length;
}

function mended(lines: Buffer, { needle, mend }: LineMender): Buffer {
  const text = lines.toString('utf8').split('\n');
  return Buffer.from(text.map((line) => (line.includes(needle) ? mend(line) : line)).join('\n'));
}
