import { setImmediate } from 'node:timers/promises';
import type { Unwritten } from './unwritten.ts';

/** What waits for others to be written with. */
export interface Waiting {
  readonly entry: Unwritten;
  /** Nothing of its row was written yet. */
  readonly isNew: boolean;
}

export interface Gathered {
  readonly size: number;
  /** Written soon. One that has the same id takes the place of the one before. */
  add(entry: Unwritten): void;
  /** When all that was added is written or kept. Never rejects. */
  flush(): Promise<void>;
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
/** With more, nothing waits for others to come. */
const enough = 256;

/** Rows that may be written a moment later, many in one transaction. */
export function createGathered({ delayMs, write, failed }: GatheredOptions): Gathered {
  let waiting = new Map<string, Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;

  const writeAll = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const all = [...waiting.values()];
    waiting = new Map();
    for (let index = 0; index < all.length; index += atOnce) {
      try {
        await write(all.slice(index, index + atOnce));
      } catch (error) {
        failed(all.slice(index), error);
        return;
      }
      if (index + atOnce < all.length) await setImmediate();
    }
  };
  const flush = async (): Promise<void> => {
    while (writing !== undefined || waiting.size > 0) {
      writing ??= writeAll().finally(() => {
        writing = undefined;
      });
      await writing;
    }
  };
  return {
    get size() {
      return waiting.size;
    },
    add(entry) {
      const isNew = waiting.get(entry.id)?.isNew ?? (entry.what === 'response' && entry.ending === undefined);
      waiting.set(entry.id, { entry, isNew });
      if (waiting.size === enough) flush().catch(() => {});
      timer ??= setTimeout(() => {
        flush().catch(() => {});
      }, delayMs).unref();
    },
    flush,
  };
}
