import { isUtf8 } from 'node:buffer';
import { createContentLengthDecoder } from './contentLengthDecoder.ts';
import type { FrameDecoder, FrameProblem, FrameSink, Framing } from './framing.ts';
import { createLineDecoder } from './lineDecoder.ts';

export interface FrameParserOptions {
  readonly framing: Framing | 'auto';
  readonly maxMessageBytes: number;
  /** A parsed JSON value, and the bytes of its body. */
  onMessage(value: unknown, bytes: number): void;
  onProblem(problem: FrameProblem): void;
}

export interface FrameParser {
  /** null until the first byte has told. */
  readonly framing: Framing | null;
  push(chunk: Buffer): void;
  /** The input has ended: a last line without a newline still counts. */
  end(): void;
  /** From now on every byte is ignored. */
  stop(): void;
}

/**
 * Bytes in, JSON values out, at every split of the bytes. With `auto` the first byte tells the framing: `C` or `c` is
 * Content-Length, `{` is lines; a byte order mark and blank bytes before it are skipped.
 */
export function createFrameParser(options: FrameParserOptions): FrameParser {
  const { maxMessageBytes, onMessage, onProblem } = options;
  let framing: Framing | null = options.framing === 'auto' ? null : options.framing;
  let stopped = false;
  let decoder: FrameDecoder | null = null;
  let markBytes = 0;

  const sink: FrameSink = {
    get stopped() {
      return stopped;
    },
    body(bytes) {
      const parsed = parseJson(bytes);
      if (parsed.ok) return onMessage(parsed.value, bytes.length);
      if (framing === 'content-length')
        sink.problem({ kind: 'parseError', message: `A message is not valid JSON${parsed.where}.`, fatal: true });
      else if (!parsed.blank) sink.problem({ kind: 'parseError', message: `A line is not valid JSON${parsed.where}.`, fatal: false });
    },
    problem(problem) {
      if (stopped) return;
      if (problem.fatal) stopped = true;
      onProblem(problem);
    },
  };

  const begin = (first: number): FrameDecoder | null => {
    framing ??= framingOf(first);
    if (framing === 'content-length') return createContentLengthDecoder(sink, maxMessageBytes);
    if (framing === 'ndjson') return createLineDecoder(sink, maxMessageBytes);
    sink.problem({
      kind: 'framingError',
      message: `The input begins with byte 0x${first.toString(16).padStart(2, '0')}. Expected "Content-Length: …" or a line of JSON that begins with "{".`,
      fatal: true,
    });
    return null;
  };

  return {
    get framing() {
      return framing;
    },
    push(chunk) {
      if (stopped) return;
      if (decoder !== null) return decoder.push(chunk);
      for (const [index, byte] of chunk.entries()) {
        if (byte === byteOrderMark[markBytes]) {
          markBytes += 1;
        } else if (!isBlank(byte)) {
          decoder = begin(byte);
          decoder?.push(index === 0 ? chunk : chunk.subarray(index));
          return;
        }
      }
    },
    end() {
      if (!stopped) decoder?.end();
      stopped = true;
    },
    stop() {
      stopped = true;
    },
  };
}

const byteOrderMark = [0xef, 0xbb, 0xbf];

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function framingOf(first: number): Framing | null {
  if (first === 0x43 || first === 0x63) return 'content-length';
  return first === 0x7b ? 'ndjson' : null;
}

type Parsed = { ok: true; value: unknown } | { ok: false; blank: boolean; where: string };

function parseJson(bytes: Buffer): Parsed {
  if (!isUtf8(bytes)) return { ok: false, blank: false, where: ' (it is not UTF-8)' };
  const text = bytes.toString('utf8');
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1];
    return { ok: false, blank: text.trim() === '', where: position === undefined ? '' : ` (at character ${position})` };
  }
}
