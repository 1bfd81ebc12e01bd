/** Resolves after `ms` milliseconds; 0 lets everything that waits in the event loop run first. Rejects with the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const finish = (): void => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const cancelTimer = startTimer(finish, ms);
    const stop = (): void => {
      cancelTimer();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

function startTimer(done: () => void, ms: number): () => void {
  if (ms > 0) {
    const timer = setTimeout(done, ms);
    return () => clearTimeout(timer);
  }
  const immediate = setImmediate(done);
  return () => clearImmediate(immediate);
}
