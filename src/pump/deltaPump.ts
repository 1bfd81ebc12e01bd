import type { Delta } from '../../protocol/index.ts';
import type { TextBuffer } from '../../protocol/textBuffer.ts';
import type { Mutable } from '../lib/mutable.ts';
import { createPendingDeltas } from './pendingDeltas.ts';

/** Carries the deltas of one prompt to the host, as fast as the host takes them and no faster. protocol 4. */
export interface DeltaPump {
  /** `written`: the text of the delta's part so far, the delta included, where it is kept anyway. */
  push(delta: Delta, written?: TextBuffer): void;
  /** The host has dealt with every notification up to `seq`. */
  acknowledge(seq: number): void;
  /** Sends what is waiting, whatever the window and the interval say. Resolves when the pipe has taken it. */
  flush(): Promise<void>;
  /** Sends what is left, whatever the window says. After it nothing is sent. */
  finish(): Promise<void>;
  /** -1: nothing was sent. */
  readonly lastSeq: number;
}

export interface PumpOptions {
  /** Bytes of JSON of one notification's deltas. */
  readonly maxBytes: number;
  /** Notifications that may be unacknowledged; undefined: any number. */
  readonly window: number | undefined;
  /** At most one notification in this time; 0: as soon as the pipe is free. */
  readonly intervalMs: number;
  /** Others wait for the pipe already. */
  readonly isCrowded?: (() => boolean) | undefined;
}

/**
 * `send` resolves when the pipe has taken the notification: at most one is on its way, and what comes meanwhile merges, as does
 * what one callback of the event loop and its promises bring. Nothing is dropped, the provider is never paused, and no timer runs
 * unless the host asked for an interval.
 */
export function createDeltaPump(send: (seq: number, deltas: Delta[]) => Promise<void>, options: PumpOptions): DeltaPump {
  const pending = createPendingDeltas();
  const { maxBytes, window = Infinity, intervalMs, isCrowded } = options;
  let acknowledged = -1;
  let busy = false;
  /** It starts when the callback that brought the first delta is done. */
  let due = false;
  let sending = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let sentAt = -Infinity;
  let flushes = 0;
  let state: 'open' | 'finishing' | 'closed' = 'open';

  const mayStart = (): boolean => {
    if (pending.empty || state === 'closed') return false;
    if (state === 'finishing' || flushes > 0) return true;
    if (pump.lastSeq - acknowledged >= window) return false;
    if (intervalMs === 0 || pending.urgent) return true;
    const waitMs = sentAt + intervalMs - performance.now();
    if (waitMs <= 0) return true;
    timer ??= setTimeout(() => {
      timer = undefined;
      start();
    }, waitMs);
    return false;
  };

  /** On its own, so that nothing holds the deltas while the pipe is full. */
  const sendNext = (): Promise<void> | undefined => {
    const deltas = pending.take(maxBytes, state === 'finishing');
    if (deltas.length === 0) return undefined;
    pump.lastSeq += 1;
    sentAt = performance.now();
    return send(pump.lastSeq, deltas);
  };

  const sendAll = async (): Promise<void> => {
    try {
      while (mayStart()) {
        const sent = sendNext();
        if (sent === undefined) return;
        await sent;
      }
    } catch {
      // The pipe is gone: the connection's close stops the prompt, there is nobody left to tell.
      state = 'closed';
    } finally {
      busy = false;
    }
  };

  const start = (): void => {
    if (busy || !mayStart()) return;
    busy = true;
    sending = sendAll();
  };

  const startDue = (): void => {
    due = false;
    start();
  };

  const pump: Mutable<DeltaPump> = {
    push(delta, written) {
      if (state !== 'open') return;
      pending.add(delta, written);
      if (due || busy) return;
      // What waits for the pipe is a copy: the less of it the better.
      if (isCrowded?.() === true) return start();
      // The request to the provider goes out before the host is told of it.
      if (delta.type === 'step') return void setImmediate(start);
      due = true;
      process.nextTick(startDue);
    },
    acknowledge(seq) {
      acknowledged = Math.max(acknowledged, Math.min(seq, pump.lastSeq));
      start();
    },
    async flush() {
      flushes += 1;
      await sending;
      start();
      await sending;
      flushes -= 1;
    },
    async finish() {
      if (state === 'open') state = 'finishing';
      clearTimeout(timer);
      await sending;
      start();
      await sending;
      state = 'closed';
    },
    lastSeq: -1,
  };
  return pump;
}
