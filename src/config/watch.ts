import { existsSync, unwatchFile, watchFile, type Stats } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** After the start, before the files are watched: 12 ms of work that nobody waits for. */
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
  // Not before the host has its first answer; what changes until then is found by the reading after `ready`.
  const idle = Promise.race([setTimeout(idleMs, false, { ref: false }), closing.promise.then(() => true)]);
  const starting = idle.then(async (closed) => (closed ? notWatching : start(paths, onChange, onError)));
  const polling = idle.then((closed): Pick<FileWatch, 'close'> => {
    if (closed) return notWatching;
    return poll(paths, (path, exists) => {
      onChange();
      if (exists) starting.then((watcher) => watcher.add(path)).catch(() => {});
    });
  });
  const started = starting.then(async ({ ready }) => ready);
  return {
    // A watcher that cannot start is told to onError, and the polling remains.
    ready: Promise.race([started, closing.promise]).catch(onError),
    close: async () => {
      closing.resolve();
      await (await polling).close();
      const watcher = await starting.catch(() => notWatching);
      await watcher.close();
    },
  };
}

interface Watcher extends FileWatch {
  add(path: string): void;
}

const notWatching: Watcher = { ready: Promise.resolve(), add: () => {}, close: async () => {} };

async function start(paths: readonly string[], onChange: () => void, onError: (error: unknown) => void): Promise<Watcher> {
  const { watch } = await import('chokidar');
  // For a file that is missing it would look at the whole folder whenever anything in there changes: a database, say. Even to
  // be told of that costs a quarter of a prompt, which is why this is chokidar 5: with 6 it is so for every file.
  const there = paths.filter((path) => existsSync(path));
  const watcher = watch(there, { ignoreInitial: true });
  watcher.on('add', onChange).on('change', onChange).on('unlink', onChange).on('error', onError);
  // Of nothing it never says that it is ready.
  const ready = there.length === 0 ? Promise.resolve() : new Promise<void>((resolve) => watcher.once('ready', resolve));
  return { ready, add: (path) => void watcher.add(path), close: async () => watcher.close() };
}

const pollMs = 2000;
const pollMissingMs = 1000;

/**
 * What no event tells: a file that was missing has been created, a link to a folder above the file was re-pointed and the old
 * folder stays, a network file system, the kernel's limit of watches.
 */
function poll(paths: readonly string[], onChange: (path: string, exists: boolean) => void): Pick<FileWatch, 'close'> {
  const listeners = paths.map((path) => {
    const listener = (current: Stats): void => onChange(path, current.nlink > 0);
    watchFile(path, { persistent: false, interval: existsSync(path) ? pollMs : pollMissingMs }, listener);
    return () => unwatchFile(path, listener);
  });
  return {
    close: async () => {
      for (const stop of listeners) stop();
    },
  };
}
