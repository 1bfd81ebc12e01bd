import { setImmediate } from 'node:timers/promises';
import { Failure } from '../lib/failure.ts';
import type { Log } from '../lib/log.ts';
import type { Ending } from './rows.ts';
import type { Reserved } from './settle.ts';

/** What is to be written and could not be yet. Writing it twice is the same as once. */
export type Unwritten =
  | { readonly what: 'response'; readonly id: string; readonly reserved: Reserved; readonly ending: Ending | undefined }
  | { readonly what: 'groupEnd'; readonly id: string; readonly at: string };

export interface UnwrittenQueue {
  readonly size: number;
  /** The last attempt failed. */
  readonly away: boolean;
  has(id: string): boolean;
  /** One that has the same id is replaced where it stands. */
  add(entry: Unwritten): void;
  /** The storage is there: what waits is written soon. */
  wake(): void;
  /** Writes in order until the storage is away again. */
  flush(): Promise<void>;
  /** What is left; nothing more is tried. */
  stop(): readonly Unwritten[];
}

export interface UnwrittenOptions {
  /** Throws storageUnavailable while the storage is away. */
  write(entry: Unwritten): Promise<void>;
  /** It is written, or was dropped. */
  gone(entry: Unwritten): void;
  readonly log: Log;
  readonly maxEntries: number;
}

const firstRetryMs = 250;
const longestRetryMs = 30_000;
/** Prompts and answers that wait. Characters; with more, rows are kept without them. */
const maxContent = 32_000_000;

/** Kept in memory, in order, and tried again in the background. */
export function createUnwritten({ write, gone, log, maxEntries }: UnwrittenOptions): UnwrittenQueue {
  const entries = new Map<string, Unwritten>();
  let content = 0;
  let written = 0;
  let dropped = 0;
  let delay = firstRetryMs;
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> | undefined;
  let stopped = false;
  let away = false;

  const forget = (entry: Unwritten): void => {
    entries.delete(entry.id);
    content -= contentOf(entry);
    gone(entry);
  };
  const retryAfter = (ms: number): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      queue.flush().catch(() => {});
    }, ms).unref();
  };
  const writeAll = async (): Promise<void> => {
    for (let entry = first(entries); entry !== undefined; entry = first(entries)) {
      try {
        await write(entry);
        written++;
      } catch (error) {
        if (isAway(error)) {
          away = true;
          delay = Math.min(longestRetryMs, delay * 2);
          retryAfter(delay);
          return;
        }
        log(`Usage of one response cannot be written and is lost: ${error instanceof Error ? error.message : 'unknown error'}`, {
          level: 'error',
        });
      }
      if (entries.get(entry.id) === entry) forget(entry);
      await setImmediate();
    }
    log(`The storage is back: ${written} rows that waited for it are written${dropped > 0 ? `, ${dropped} were dropped` : ''}.`, {
      level: 'info',
    });
    away = false;
    written = 0;
    dropped = 0;
    delay = firstRetryMs;
  };

  const queue: UnwrittenQueue = {
    get size() {
      return entries.size;
    },
    get away() {
      return away;
    },
    has: (id) => entries.has(id),
    add(given) {
      if (!entries.has(given.id)) away = true;
      const entry = content + contentOf(given) > maxContent ? withoutContent(given) : given;
      const before = entries.get(entry.id);
      if (before) content -= contentOf(before);
      entries.set(entry.id, entry);
      content += contentOf(entry);
      const oldest = entries.size > maxEntries ? first(entries) : undefined;
      if (oldest) {
        forget(oldest);
        if (dropped++ % 1000 === 0) log(`More than ${maxEntries} rows wait for the storage: the oldest are dropped (${dropped} by now).`);
      }
      if (timer === undefined && flushing === undefined) retryAfter(delay);
    },
    wake() {
      away = false;
      if (entries.size > 0 && flushing === undefined) retryAfter(0);
    },
    async flush() {
      clearTimeout(timer);
      timer = undefined;
      if (entries.size === 0) return;
      flushing ??= writeAll().finally(() => {
        flushing = undefined;
      });
      return flushing;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      return [...entries.values()];
    },
  };
  return queue;
}

export function isAway(error: unknown): error is Failure {
  return error instanceof Failure && error.kind === 'storageUnavailable';
}

function first(entries: ReadonlyMap<string, Unwritten>): Unwritten | undefined {
  return entries.values().next().value;
}

function contentOf(entry: Unwritten): number {
  const content = entry.what === 'response' ? entry.ending?.content : undefined;
  return content === undefined ? 0 : content.request.length + content.answer.length + content.search_text.length;
}

function withoutContent(entry: Unwritten): Unwritten {
  return entry.what === 'response' && entry.ending ? { ...entry, ending: { ...entry.ending, content: undefined } } : entry;
}
