import { Failure } from '../lib/failure.ts';

export type StopCause = 'cancelled' | 'timeout' | 'tooLarge';

/** Everything that can stop a prompt, as one signal, and which of them it was. */
export interface Stop {
  readonly signal: AbortSignal;
  readonly cause: StopCause | undefined;
  now(cause: StopCause): void;
  timeoutFailure(): Failure;
  /** Lets go of the timer and of the signals it listens to. */
  release(): void;
}

export function createStop(cancels: readonly AbortSignal[], timeoutMs: number | undefined): Stop {
  // Provider packages recognise an abort by its AbortError: the cause is kept beside it, not in it.
  const controller = new AbortController();
  let cause: StopCause | undefined;
  const now = (why: StopCause): void => {
    cause ??= why;
    controller.abort();
  };
  const cancel = (): void => now('cancelled');
  for (const signal of cancels) {
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => now('timeout'), timeoutMs);
  return {
    signal: controller.signal,
    get cause() {
      return cause;
    },
    now,
    timeoutFailure: () =>
      new Failure('providerTimeout', `The answer was not complete after ${timeoutMs} ms (timeoutMs).`, { retryable: true }),
    release() {
      clearTimeout(timer);
      for (const signal of cancels) signal.removeEventListener('abort', cancel);
    },
  };
}
