import { collectBytes } from './collectBytes.ts';
import type { FrameDecoder, FrameSink } from './framing.ts';

const newline = 0x0a;

/** One JSON value a line. A line above `maxMessageBytes` is reported once and skipped without being kept. */
export function createLineDecoder(sink: FrameSink, maxMessageBytes: number): FrameDecoder {
  const line = collectBytes();
  let skipping = false;

  const add = (part: Buffer): void => {
    if (skipping) return;
    if (line.length + part.length <= maxMessageBytes) return line.append(part);
    skipping = true;
    line.clear();
    sink.problem({
      kind: 'messageTooLarge',
      message: `A line is longer than ${maxMessageBytes} bytes and was skipped. Send less in one message.`,
      fatal: false,
    });
  };

  return {
    push(chunk) {
      let from = 0;
      while (from < chunk.length && !sink.stopped) {
        const end = chunk.indexOf(newline, from);
        if (end === -1) return add(chunk.subarray(from));
        const part = chunk.subarray(from, end);
        from = end + 1;
        if (!skipping && line.length === 0 && part.length <= maxMessageBytes) {
          sink.body(part);
          continue;
        }
        add(part);
        if (!skipping) sink.body(line.take());
        skipping = false;
      }
    },
    end() {
      if (line.length > 0 && !sink.stopped) sink.body(line.take());
    },
  };
}
