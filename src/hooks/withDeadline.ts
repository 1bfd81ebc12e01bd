import { Failure } from '../lib/failure.ts';

/**
 * Runs one call of a hook for at most `timeoutMs`. A hook that never answers costs its deadline and no more: what it does
 * after that is nobody's. The signal it gets is aborted with the caller's and at the deadline.
 */
export async function withDeadline<T>(hook: { readonly id: string; readonly timeoutMs?: number | undefined }, signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { id, timeoutMs = defaultTimeoutMs } = hook;
  const controller = new AbortController();
  const late = Promise.withResolvers<never>();
  const abort = (): void => {
    controller.abort(signal?.reason);
    late.reject(signal?.reason);
  };
  if (signal?.aborted) throw signal.reason;
  signal?.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => {
    controller.abort();
    late.reject(new Failure('hookTimeout', `The hook ${id} did not answer within ${timeoutMs} ms.`, { registrationId: id, limit: timeoutMs }));
  }, timeoutMs);
  try {
    return await Promise.race([run(controller.signal), late.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

const defaultTimeoutMs = 30_000;
