import { afterEach, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEngines } from '../support/engines.ts';
import { spentOf } from './support/spend.ts';
import { startWorker, type Worker } from './support/startWorker.ts';

describeEngines('processes that share a store', ({ create }) => {
  const workers: Worker[] = [];
  afterEach(async () => {
    await Promise.all(workers.splice(0).map(async (worker) => worker.kill()));
  });
  const start = (task: string, location: string, number?: number): Worker => {
    const worker = startWorker(task, location, number);
    workers.push(worker);
    return worker;
  };
  /** Ready, then all at once. */
  const run = async (group: readonly Worker[]): Promise<(string | null)[]> => {
    expect(await Promise.all(group.map(async (worker) => worker.line()))).toEqual(group.map(() => 'ready'));
    for (const worker of group) worker.begin();
    return Promise.all(group.map(async (worker) => worker.line()));
  };

  test('eight that start at once on an empty database make its tables once', { timeout: 300_000 }, async () => {
    const location = await create();
    const ended = await run(Array.from({ length: 8 }, () => start('migrate', location)));
    expect(ended).toEqual(Array.from({ length: 8 }, () => 'done'));
    const lazy = createStore(location, migrations);
    const store = await lazy.open();
    const applied = await store.read(async (db) => db.selectFrom('llm_sidecar_migrations').select('name').execute());
    await lazy.close();
    expect(applied.map(({ name }) => name).toSorted()).toEqual(migrations.map(({ name }) => name));
  });

  test('four that write at once, ten transactions each at a time, lose nothing', { timeout: 300_000 }, async () => {
    const location = await create();
    const ended = await run(Array.from({ length: 4 }, () => start('spend', location, 500)));
    expect(ended).toEqual(['done', 'done', 'done', 'done']);
    expect(await spentIn(location)).toBe(2000n);
  });

  test(
    'one that is killed in the middle of a transaction leaves what was before it, and nobody waits for it',
    { timeout: 120_000 },
    async () => {
      const location = await create();
      const worker = start('hang', location);
      expect(await run([worker])).toEqual(['in the transaction']);
      await worker.kill();
      const next = start('spend', location, 10);
      expect(await next.line()).toBe('ready');
      const started = performance.now();
      next.begin();
      expect(await next.line()).toBe('done');
      // Who waits for a lock gives up after 15 s.
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(await spentIn(location)).toBe(11n);
    },
  );
});

async function spentIn(location: string): Promise<bigint | null> {
  const lazy = createStore(location, migrations);
  try {
    return await spentOf(await lazy.open(), 'shared');
  } finally {
    await lazy.close();
  }
}
