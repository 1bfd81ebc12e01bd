/** Calls a function of the user's. What it throws is a warning of the process: it must not fail what it was told about. */
export function runCallback<Arguments extends unknown[]>(callback: (...args: Arguments) => unknown, ...args: Arguments): void {
  void (async () => callback(...args))().catch((error: unknown) => {
    process.emitWarning(error instanceof Error ? error : new Error(String(error)));
  });
}
