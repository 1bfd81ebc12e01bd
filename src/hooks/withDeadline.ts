import { Failure } from '../lib/failure.ts';

const defaultTimeoutMs = 30_000;

/** How long a call that was cancelled may still answer. protocol 5. */
const graceMs = 1000;

/**
 * Runs one call of a hook for at most `timeoutMs`. A hook that never answers costs its deadline and no more; `onLate` hears
 * what it answers after that. The signal it gets is aborted with the caller's and at the deadline. A hook that answers
 * within a second of a cancel has answered: what it began has to end.
 */
export async function withDeadline<T>(
  hook: { readonly id: string; readonly timeoutMs?: number | undefined },
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
  onLate?: (answer: T) => void,
): Promise<T> {
  const { id, timeoutMs = defaultTimeoutMs } = hook;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const timers: NodeJS.Timeout[] = [];
  const cancel = (): void => {
    controller.abort(signal?.reason);
    timers.push(setTimeout(() => late.reject(signal?.reason), graceMs));
  };
  const expire = (): void => {
    controller.abort();
    late.reject(
      new Failure('hookTimeout', `The hook ${id} did not answer within ${timeoutMs} ms.`, { registrationId: id, limit: timeoutMs }),
    );
  };
  signal?.addEventListener('abort', cancel, { once: true });
  if (timeoutMs !== Infinity) timers.push(setTimeout(expire, timeoutMs));
  let inTime = false;
  const running = run(controller.signal);
  try {
    const answer = await Promise.race([running, late.promise]);
    inTime = true;
    return answer;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    if (!inTime) running.then((answer) => onLate?.(answer), nothing);
  }
}

function nothing(): void {}
