import { Failure } from '../lib/failure.ts';
import type { Mutable } from '../lib/mutable.ts';
import type { Deadline } from '../policy/timeouts.ts';

export type StopCause = 'cancelled' | 'timeout' | 'tooLarge';

/** Everything that can stop a prompt, as one signal, and which of them it was. */
export interface Stop {
  readonly signal: AbortSignal;
  readonly cause: StopCause | undefined;
  /** By performance.now(); undefined: it may take as long as it takes. */
  readonly deadlineAt: number | undefined;
  /** The time that the configuration gives a call that brings none of its own, counted from its beginning. */
  within(total: Deadline | undefined): void;
  now(cause: StopCause): void;
  timeoutFailure(): Failure;
  /** Lets go of the timer and of the signals it listens to. */
  release(): void;
}

export function createStop(cancels: readonly AbortSignal[], timeoutMs: number | undefined): Stop {
  // Provider packages recognise an abort by its AbortError: the cause is kept beside it, not in it.
  const controller = new AbortController();
  const began = performance.now();
  let limit: { readonly ms: number; readonly key?: string } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const now = (why: StopCause): void => {
    stop.cause ??= why;
    controller.abort();
  };
  const cancel = (): void => now('cancelled');
  const end = (total: { readonly ms: number; readonly key?: string }): void => {
    limit = total;
    stop.deadlineAt = began + total.ms;
    timer = setTimeout(() => now('timeout'), Math.max(1, began + total.ms - performance.now()));
  };
  const stop: Mutable<Stop> = {
    signal: controller.signal,
    cause: undefined,
    deadlineAt: undefined,
    within(total) {
      if (limit === undefined && total !== undefined) end(total);
    },
    now,
    timeoutFailure: () => tooLate(limit),
    release() {
      clearTimeout(timer);
      for (const signal of cancels) signal.removeEventListener('abort', cancel);
    },
  };
  for (const signal of cancels) {
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  }
  if (timeoutMs !== undefined) end({ ms: timeoutMs });
  return stop;
}

function tooLate(limit: { readonly ms: number; readonly key?: string } | undefined): Failure {
  const { ms = 0, key } = limit ?? {};
  const more = key === undefined ? '(timeoutMs). Give the call more time' : `(${key}). Raise it in the configuration`;
  return new Failure('providerTimeout', `The answer was not complete after ${ms} ms ${more}, or ask for less.`, {
    retryable: true,
    limit: { deadline: 'total', ms },
  });
}
