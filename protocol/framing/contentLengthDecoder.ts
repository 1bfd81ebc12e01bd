import { collectBytes } from './collectBytes.ts';
import type { FrameDecoder, FrameSink } from './framing.ts';

const newline = 0x0a;
const maxHeaderBytes = 8 * 1024;

/**
 * Language-server framing: headers, a blank line, a body of `Content-Length` bytes. Header names in any case, lines may
 * end in LF alone, unknown headers are ignored. A body above `maxMessageBytes` is reported and skipped, never kept.
 */
export function createContentLengthDecoder(sink: FrameSink, maxMessageBytes: number): FrameDecoder {
  const header = collectBytes();
  const body = collectBytes();
  let headerBytes = 0;
  let headerLines = 0;
  let announced: number | null = null;
  /** Bytes of the body to come; null while in the header. */
  let bodyBytes: number | null = null;
  let skipBytes = 0;

  const fail = (message: string): void => sink.problem({ kind: 'framingError', message, fatal: true });

  const readHeaderLine = (line: string): void => {
    headerLines += 1;
    const header = /^([!#$%&'*+.^_`|~\w-]+)[ \t]*:(.*)$/.exec(line);
    if (header === null) return fail('Expected a header such as "Content-Length: 123" and found something else.');
    if (header[1]?.toLowerCase() !== 'content-length') return;
    const value = header[2]?.trim() ?? '';
    if (!/^\d{1,15}$/.test(value)) return fail('The value of Content-Length is not a number of bytes.');
    if (announced !== null && announced !== Number(value)) return fail('Content-Length is given twice with different values.');
    announced = Number(value);
  };

  const endHeader = (): void => {
    const lines = headerLines;
    const bytes = announced;
    headerBytes = 0;
    headerLines = 0;
    announced = null;
    if (lines === 0) return;
    if (bytes === null) return fail('A message has headers but no Content-Length.');
    if (bytes === 0) return sink.body(Buffer.alloc(0));
    if (bytes <= maxMessageBytes) {
      bodyBytes = bytes;
      return;
    }
    skipBytes = bytes;
    sink.problem({
      kind: 'messageTooLarge',
      message: `A message of ${bytes} bytes was skipped; at most ${maxMessageBytes} are accepted. Send less in one message.`,
      fatal: false,
    });
  };

  /** Returns where to go on. */
  const readHeader = (chunk: Buffer, from: number): number => {
    const found = chunk.indexOf(newline, from);
    const next = found === -1 ? chunk.length : found + 1;
    headerBytes += next - from;
    if (headerBytes > maxHeaderBytes) {
      fail(`The headers of a message are larger than ${maxHeaderBytes} bytes.`);
      return next;
    }
    if (header.length === 0 && found !== -1) {
      headerLine(chunk.toString('latin1', from, found));
      return next;
    }
    header.append(chunk.subarray(from, found === -1 ? next : found));
    if (found !== -1) headerLine(header.take().toString('latin1'));
    return next;
  };
  const headerLine = (line: string): void => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '') endHeader();
    else readHeaderLine(text);
  };

  const readBody = (chunk: Buffer, from: number, bytes: number): number => {
    const next = Math.min(chunk.length, from + bytes - body.length);
    const part = chunk.subarray(from, next);
    if (body.length + part.length < bytes) {
      body.append(part);
      return next;
    }
    bodyBytes = null;
    if (body.length === 0) {
      sink.body(part);
    } else {
      body.append(part);
      sink.body(body.take());
    }
    return next;
  };

  return {
    push(chunk) {
      let from = 0;
      while (from < chunk.length && !sink.stopped) {
        if (skipBytes > 0) {
          const skipped = Math.min(skipBytes, chunk.length - from);
          skipBytes -= skipped;
          from += skipped;
        } else if (bodyBytes !== null) {
          from = readBody(chunk, from, bodyBytes);
        } else {
          from = readHeader(chunk, from);
        }
      }
    },
    end() {
      const inside = skipBytes > 0 || bodyBytes !== null || headerBytes > 0;
      if (inside && !sink.stopped) sink.problem({ kind: 'truncated', message: 'The input ended inside a message.', fatal: true });
    },
  };
}
