import type { Readable } from 'node:stream';

export interface Passing {
  /** For every chunk as it arrives. */
  readonly onBytes: (bytes: number) => void;
  readonly onEnd: () => void;
  /** Sees all bytes in order, before they are handed over. */
  readonly watch: (bytes: Uint8Array) => void;
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
  // Also keeps the late error of an abort from being unhandled.
  body.on('error', (error: Error) => {
    failed = error;
    stir();
  });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (size === 0 && !ended && failed === undefined) await new Promise<void>((resolve) => (wake = resolve));
        if (size > 0) {
          const chunk = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting, size);
          waiting = [];
          size = 0;
          watch(chunk);
          controller.enqueue(chunk);
          if (body.isPaused()) body.resume();
        } else if (failed !== undefined) controller.error(failed);
        else controller.close();
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
