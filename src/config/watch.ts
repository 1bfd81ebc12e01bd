export interface FileWatch {
  /** Resolves when changes are seen; what was written before may have been missed, so read again then. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/**
 * Calls `onChange` about 100 ms after a change of any of the files: written in place, renamed over, deleted, created
 * (folders above it too), a symbolic link re-pointed. It says nothing about what changed: read and compare.
 */
export function watchFiles(paths: readonly string[], onChange: () => void, onError: (error: unknown) => void): FileWatch {
  const closing = Promise.withResolvers<void>();
  const watching = watch(paths, onChange, onError, closing.promise);
  // A watcher that cannot start is told to onError; nothing else waits for it.
  const ready = Promise.race([watching.then(({ ready: started }) => started), closing.promise]).catch(onError);
  return {
    ready,
    close: async () => {
      closing.resolve();
      const watcher = await watching.catch(() => null);
      await watcher?.close();
    },
  };
}

async function watch(
  paths: readonly string[],
  onChange: () => void,
  onError: (error: unknown) => void,
  closed: Promise<void>,
): Promise<{ ready: Promise<void>; close(): Promise<void> }> {
  const { watch: start } = await import('chokidar');
  const watcher = start([...paths], {
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: 100, pollInterval: 20 },
  });
  // A folder that appears says nothing yet, and reading then would meet a half-written file.
  watcher.on('add', onChange).on('change', onChange).on('unlink', onChange).on('error', onError);
  const ready = new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
  return { ready: Promise.race([ready, closed]), close: async () => watcher.close() };
}
