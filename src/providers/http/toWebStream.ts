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
  const state: { waiting: Buffer[]; size: number; ended: boolean; failed: Error | undefined } = {
    waiting: [],
    size: 0,
    ended: false,
    failed: undefined,
  };
  let wake: (() => void) | undefined;
  const stir = (): void => {
    wake?.();
    wake = undefined;
  };
  const forget = (): void => {
    state.waiting = [];
    state.size = 0;
  };
  body.on('data', (chunk: Buffer) => {
    state.waiting.push(chunk);
    state.size += chunk.length;
    if (state.size > full) body.pause();
    onBytes(chunk.length);
    stir();
  });
  body.on('end', () => {
    state.ended = true;
    onEnd();
    stir();
  });
  body.on('error', (error: Error) => {
    state.failed = error;
    stir();
  });
  body.on('close', () => {
    if (state.ended || state.failed !== undefined) return;
    // Destroyed from our side: what is left is not wanted any more.
    forget();
    state.failed = new DOMException('The call was aborted.', 'AbortError');
    stir();
  });
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          while (state.size === 0 && !state.ended && state.failed === undefined) await new Promise<void>((resolve) => (wake = resolve));
          if (state.size === 0) break;
          const { waiting, size } = state;
          const arrived = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting, size);
          forget();
          if (body.isPaused()) body.resume();
          const bytes = watch === undefined ? arrived : watch.pass(arrived);
          if (bytes.length > 0) {
            controller.enqueue(bytes);
            return;
          }
        }
        if (state.failed !== undefined) {
          controller.error(state.failed);
          return;
        }
        const rest = watch?.rest();
        if (rest !== undefined && rest.length > 0) controller.enqueue(rest);
        controller.close();
      },
      cancel() {
        forget();
        state.ended = true;
        stir();
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}
