/**
 * Calls a function that nobody waits for. What it throws becomes a warning of the process: a callback of the user's must not
 * fail what it was told about.
 */
export function runCallback<Arguments extends unknown[]>(callback: (...args: Arguments) => unknown, ...args: Arguments): void {
  (async () => callback(...args))().catch(reportFailure);
}

/** A warning of the process. */
export function reportFailure(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}
