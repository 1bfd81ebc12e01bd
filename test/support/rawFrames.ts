/**
 * The framing of the protocol once more, written from its page and sharing nothing with the product, so that tests see
 * the wire and not the product's idea of it.
 */
export type RawFraming = 'content-length' | 'ndjson';

export function frame(framing: RawFraming, message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  if (framing === 'ndjson') return Buffer.concat([body, Buffer.from('\n')]);
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** Feeds bytes in, calls back with each message. Throws on anything that is not a frame: only the sidecar writes here. */
export function readFrames(framing: RawFraming, onMessage: (message: unknown) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let length = 0;
  let wanted = 1;
  return (chunk) => {
    parts.push(chunk);
    length += chunk.length;
    if (length < wanted) return;
    let rest: Buffer = Buffer.concat(parts);
    for (;;) {
      const found = framing === 'ndjson' ? cutLine(rest) : cutFrame(rest);
      if (typeof found === 'number') {
        wanted = found;
        break;
      }
      onMessage(JSON.parse(found.body.toString('utf8')));
      rest = found.rest;
    }
    parts = [rest];
    length = rest.length;
  };
}

type Cut = { body: Buffer; rest: Buffer } | number;

function cutLine(bytes: Buffer): Cut {
  const end = bytes.indexOf('\n');
  return end === -1 ? bytes.length + 1 : { body: bytes.subarray(0, end), rest: bytes.subarray(end + 1) };
}

function cutFrame(bytes: Buffer): Cut {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return bytes.length + 1;
  const header = /^Content-Length: (\d+)$/.exec(bytes.toString('latin1', 0, end));
  if (header === null) throw new Error(`not a header: ${JSON.stringify(bytes.toString('latin1', 0, Math.min(end, 200)))}`);
  const next = end + 4 + Number(header[1]);
  return bytes.length < next ? next : { body: bytes.subarray(end + 4, next), rest: bytes.subarray(next) };
}

export type Chunking = 'whole' | 'one' | { readonly random: number };

/** Cuts bytes as a pipe may: not at all, after each byte, or anywhere (the same places for the same seed). */
export function cutBytes(bytes: Buffer, chunking: Chunking): Buffer[] {
  if (chunking === 'whole') return [bytes];
  const chunks: Buffer[] = [];
  const next = chunking === 'one' ? () => 1 : randomLengths(chunking.random);
  for (let from = 0; from < bytes.length;) {
    const to = Math.min(bytes.length, from + next());
    chunks.push(bytes.subarray(from, to));
    from = to;
  }
  return chunks;
}

function randomLengths(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 1 + ((state >>> 8) % 40);
  };
}
