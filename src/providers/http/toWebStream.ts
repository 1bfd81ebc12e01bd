import type { Readable } from 'node:stream';
import type { EventWatch } from './watchEvents.ts';

export interface Passing {
  /** For every chunk as it arrives. */
  readonly onBytes: (bytes: number) => void;
  readonly onEnd: () => void;
  /** All bytes go through it in order, before they are handed over. */
  readonly watch: EventWatch | undefined;
}

/** The socket is stopped above this many waiting bytes. */
const full = 256 * 1024;

/**
 * A body as the web stream that the packages read. What arrives while the reader is busy is handed over as one chunk: the
 * hops behind it cost the same for one as for a hundred events.
 */
export function toWebStream(body: Readable, { onBytes, onEnd, watch }: Passing): ReadableStream<Uint8Array> {
  let waiting: Buffer[] = [];
  let size = 0;
  let ended = false;
  let failed: Error | undefined;
  let wake: (() => void) | undefined;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  body.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    size += chunk.length;
    if (size > full) body.pause();
    onBytes(chunk.length);
    stir();
  });
  body.on('end', () => {
    ended = true;
    onEnd();
    stir();
  });
  body.on('error', (error: Error) => {
    failed = error;
    stir();
  });
  body.on('close', () => {
    if (ended || failed !== undefined) return;
    // Destroyed from our side: what is left is not wanted any more.
    waiting = [];
    size = 0;
    failed = new DOMException('The call was aborted.', 'AbortError');
    stir();
  });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          while (size === 0 && !ended && failed === undefined) await new Promise<void>((resolve) => (wake = resolve));
          if (size === 0) break;
          const arrived = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting, size);
          waiting = [];
          size = 0;
          if (body.isPaused()) body.resume();
          const bytes = watch === undefined ? arrived : watch.pass(arrived);
          if (bytes.length > 0) {
            controller.enqueue(bytes);
            return;
          }
        }
        if (failed !== undefined) {
          controller.error(failed);
          return;
        }
        const rest = watch?.rest();
        if (rest !== undefined && rest.length > 0) controller.enqueue(rest);
        controller.close();
      },
      cancel() {
        waiting = [];
        size = 0;
        ended = true;
        stir();
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
