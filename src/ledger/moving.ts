import { isAway } from './unwritten.ts';
import { within } from './within.ts';

/** Puts responses where they are read, many at once. */
export interface Moving {
  /** Those that have ended, a moment later. */
  soon(): void;
  /** All that are there by now, of whatever process. Never rejects. */
  flush(): Promise<void>;
  /** Those that have ended, and later no more. Never rejects. */
  stop(): Promise<void>;
}

export interface MovingOptions {
  readonly delayMs: number;
  /** How long whoever reads waits for it. */
  readonly patienceMs: number;
  move(which: 'ended' | 'all'): Promise<void>;
  log(line: string): void;
}

export function createMoving({ delayMs, patienceMs, move, log }: MovingOptions): Moving {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const attempt = async (which: 'ended' | 'all'): Promise<void> => {
    try {
      await within(patienceMs, move(which));
    } catch (error) {
      // They are where they are safe, and are moved with the next ones.
      if (!isAway(error)) log(`Responses that have ended: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  };
  return {
    soon() {
      if (stopped) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        attempt('ended').catch(() => {});
      }, delayMs).unref();
    },
    flush: async () => attempt('all'),
    async stop() {
      stopped = true;
      if (timer === undefined) return;
      clearTimeout(timer);
      await attempt('ended');
    },
  };
}
