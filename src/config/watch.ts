import { unwatchFile, watchFile } from 'node:fs';
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
  const polling = poll(paths, onChange);
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

async function start(
  paths: readonly string[],
  onChange: () => void,
  onError: (error: unknown) => void,
  closing: Promise<void>,
): Promise<FileWatch> {
  // Not before the host has its first answer; what changes until then is found by the reading after `ready`.
  const closed = await Promise.race([setTimeout(idleMs, false, { ref: false }), closing.then(() => true)]);
  if (closed) return { ready: Promise.resolve(), close: async () => {} };
  const { watch } = await import('chokidar');
  const watcher = watch([...paths], { ignoreInitial: true });
  watcher.on('add', onChange).on('change', onChange).on('unlink', onChange).on('error', onError);
  const ready = new Promise<void>((resolve) => watcher.once('ready', resolve));
  return { ready, close: async () => watcher.close() };
}

const pollMs = 2000;

/**
 * What no event tells: a link to a folder above the file was re-pointed and the old folder stays, a network file system,
 * the kernel's limit of watches.
 */
function poll(paths: readonly string[], onChange: () => void): { close(): void } {
  const listener = (): void => onChange();
  for (const path of paths) watchFile(path, { persistent: false, interval: pollMs }, listener);
  return {
    close: () => {
      for (const path of paths) unwatchFile(path, listener);
    },
  };
}
