import { setImmediate } from 'node:timers/promises';
import type { Unwritten } from './unwritten.ts';

/** What waits for others to be written with. */
export interface Waiting {
  readonly entry: Unwritten;
  /** Nothing of its row was written yet. */
  readonly isNew: boolean;
}

export interface Gathered {
  /** As many wait as may. */
  readonly isFull: boolean;
  /** None waits or is being written. */
  readonly isEmpty: boolean;
  /** Written soon. One that has the same id takes the place of the one before. */
  add(entry: Unwritten): void;
  /** When all that was added by now is written or has failed. Never rejects. */
  flush(): Promise<void>;
  /** What is not written yet; nothing more is begun. */
  stop(): readonly Waiting[];
}

export interface GatheredOptions {
  readonly delayMs: number;
  /** In one transaction. */
  write(some: readonly Waiting[]): Promise<void>;
  /** They could not be written. */
  failed(some: readonly Waiting[], error: unknown): void;
}

/** Of one transaction, which SQLite does without a pause. */
const atOnce = 32;
/** More do not wait for others to come. */
const most = 256;

/** Rows that may be written a moment later, many in one transaction. */
export function createGathered({ delayMs, write, failed }: GatheredOptions): Gathered {
  let waiting = new Map<string, Waiting>();
  /** Of those that are being written, the ones that are not yet. */
  let rest: readonly Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  const writeRest = async (): Promise<void> => {
    while (rest.length > 0) {
      try {
        await write(rest.slice(0, atOnce));
        rest = rest.slice(atOnce);
      } catch (error) {
        const unwritten = rest;
        rest = [];
        failed(unwritten, error);
      }
      if (rest.length > 0) await setImmediate();
    }
  };
  const begin = async (): Promise<void> => {
    if (writing === undefined && waiting.size > 0) {
      clearTimeout(timer);
      timer = undefined;
      rest = [...waiting.values()];
      waiting = new Map();
      writing = writeRest().finally(() => {
        writing = undefined;
      });
    }
    await writing;
  };
  const flush = async (): Promise<void> => {
    await writing;
    await begin();
  };
  return {
    get isFull() {
      return waiting.size >= most;
    },
    get isEmpty() {
      return waiting.size === 0 && writing === undefined;
    },
    add(entry) {
      const isNew = waiting.get(entry.id)?.isNew ?? (entry.what === 'response' && entry.ending === undefined);
      waiting.set(entry.id, { entry, isNew });
      if (waiting.size === most) flush().catch(() => {});
      timer ??= setTimeout(() => {
        timer = undefined;
        flush().catch(() => {});
      }, delayMs).unref();
    },
    flush,
    stop() {
      clearTimeout(timer);
      const left = [...rest, ...waiting.values()];
      rest = [];
      waiting = new Map();
      return left;
    },
  };
}
