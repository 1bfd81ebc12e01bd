import type { JsonObject } from '../../../protocol/index.ts';

/**
 * Looks at an event stream as it passes by and hands over the events that tell usage or an error, parsed. Everything else
 * costs one scan: most events are not decoded, none is kept.
 */
export function watchEvents(onEvent: (event: JsonObject) => void): (bytes: Uint8Array) => void {
  let started: Buffer[] = [];
  return (bytes) => {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = chunk.lastIndexOf(0x0a);
    if (end === -1) {
      started.push(chunk);
      return;
    }
    const complete = started.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...started, chunk.subarray(0, end)]);
    started = end + 1 === chunk.length ? [] : [chunk.subarray(end + 1)];
    // Latin-1 is a plain copy; the names looked for are ASCII.
    if (interesting.test(complete.toString('latin1'))) readLines(complete.toString('utf8'), onEvent);
  };
}

/** The same for a body that came in one piece. */
export function watchBody(text: string, onEvent: (event: JsonObject) => void): void {
  if (interesting.test(text)) readJson(text, onEvent);
}

// Members that are an object or a string; `"usage":null` is in every chunk of some providers.
const interesting = /"(?:usage(?:Metadata)?|error)"\s*:\s*[{"]|"(?:type|object)"\s*:\s*"error"/;

function readLines(text: string, onEvent: (event: JsonObject) => void): void {
  for (const line of text.split('\n')) if (interesting.test(line)) readJson(line, onEvent);
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
