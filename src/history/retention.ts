import { setImmediate } from 'node:timers/promises';
import type { LazyStore } from '../store/store.ts';

const batch = 500;
const dayMs = 86_400_000;
/** What comes first has the database for itself. */
const firstMs = 1000;

/** Removes what is older, soon after the start and once a day, until it is closed. */
export function keepOnly(days: number, { store, log }: { store: LazyStore; log: (line: string) => void }): { close(): Promise<void> } {
  const closing = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const run = (): void => {
    running = prune(store, new Date(Date.now() - days * dayMs), closing.signal).then(
      () => {},
      (error: unknown) =>
        log(`llm-sidecar: what is older than ${days} days was not removed: ${error instanceof Error ? error.message : ''}`),
    );
  };
  const first = setTimeout(run, firstMs).unref();
  const daily = setInterval(run, dayMs).unref();
  return {
    async close() {
      clearTimeout(first);
      clearInterval(daily);
      closing.abort();
      await running;
    },
  };
}

/**
 * Removes the responses that began before a moment, with their contents, and gives their number; those that still run stay.
 * A few at a time: the database is free for others in between.
 */
export async function prune(store: LazyStore, before: Date, signal?: AbortSignal): Promise<number> {
  const opened = await store.open();
  for (let removed = 0; ;) {
    if (signal?.aborted) return removed;
    const count = await opened.write(async (tx) => {
      const old = await tx
        .selectFrom('llm_sidecar_responses')
        .select('id')
        .where('started_at', '<', before.toISOString())
        .where('state', '<>', 'open')
        .orderBy('started_at')
        .limit(batch)
        .execute();
      const ids = old.map(({ id }) => id);
      if (ids.length === 0) return 0;
      await tx.deleteFrom('llm_sidecar_contents').where('response_id', 'in', ids).execute();
      await tx.deleteFrom('llm_sidecar_responses').where('id', 'in', ids).execute();
      return ids.length;
    });
    removed += count;
    if (count < batch) return removed;
    await setImmediate();
  }
}
