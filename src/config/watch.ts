import { existsSync, unwatchFile, watchFile, type Stats } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** After the start, before the watcher is imported: 10 ms of work that nobody waits for. */
const idleMs = 50;

export interface FileWatch {
  /** Resolves when changes are seen; what was written before may have been missed, so read again then. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/**
 * Calls `onChange` at a change of any of the files: written in place, renamed over, deleted, created (folders above it
 * too), a symbolic link re-pointed. It says nothing about what changed, and may come while a file is being written.
 */
export function watchFiles(paths: readonly string[], onChange: () => void, onError: (error: unknown) => void): FileWatch {
  const closing = Promise.withResolvers<void>();
  const starting = start(paths, onChange, onError, closing.promise);
  const polling = poll(paths, (path, exists) => {
    onChange();
    if (exists) starting.then((watcher) => watcher.add(path)).catch(() => {});
  });
  const started = starting.then(async ({ ready }) => ready);
  return {
    // A watcher that cannot start is told to onError, and the polling remains.
    ready: Promise.race([started, closing.promise]).catch(onError),
    close: async () => {
      closing.resolve();
      polling.close();
      const watcher = await starting.catch(() => null);
      await watcher?.close();
    },
  };
}

interface Watcher extends FileWatch {
  add(path: string): void;
}

async function start(
  paths: readonly string[],
  onChange: () => void,
  onError: (error: unknown) => void,
  closing: Promise<void>,
): Promise<Watcher> {
  // Not before the host has its first answer; what changes until then is found by the reading after `ready`.
  const closed = await Promise.race([setTimeout(idleMs, false, { ref: false }), closing.then(() => true)]);
  if (closed) return { ready: Promise.resolve(), add: () => {}, close: async () => {} };
  const { watch } = await import('chokidar');
  // For a file that is missing it would look at the whole folder whenever anything in there changes: a database, say. Even to
  // be told of that costs a quarter of a prompt.
  const watcher = watch(
    paths.filter((path) => existsSync(path)),
    { ignoreInitial: true },
  );
  watcher.on('add', onChange).on('change', onChange).on('unlink', onChange).on('error', onError);
  const ready = new Promise<void>((resolve) => watcher.once('ready', resolve));
  return { ready, add: (path) => void watcher.add(path), close: async () => watcher.close() };
}

const pollMs = 2000;
const pollMissingMs = 1000;

/**
 * What no event tells: a file that was missing has been created, a link to a folder above the file was re-pointed and the old
 * folder stays, a network file system, the kernel's limit of watches.
 */
function poll(paths: readonly string[], onChange: (path: string, exists: boolean) => void): { close(): void } {
  const listeners = paths.map((path) => {
    const listener = (current: Stats): void => onChange(path, current.nlink > 0);
    watchFile(path, { persistent: false, interval: existsSync(path) ? pollMs : pollMissingMs }, listener);
    return () => unwatchFile(path, listener);
  });
  return {
    close: () => {
      for (const stop of listeners) stop();
    },
  };
}
