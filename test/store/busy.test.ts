import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { spend, spentOf } from './support/spend.ts';
import { startWorker, type Worker } from './support/startWorker.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-busy-'));
const workers: Worker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map(async (worker) => worker.kill()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function lock(path: string, milliseconds: number): Promise<Worker> {
  const worker = startWorker('lock', path, milliseconds);
  workers.push(worker);
  expect(await worker.line()).toBe('locked');
  return worker;
}

test(
  'a SQLite file that another program holds: reads go on, a write waits 15 s without blocking the process and says what to do',
  {
    timeout: 120_000,
  },
  async () => {
    const path = join(folder, 'held.db');
    const lazy = createStore(path, migrations);
    const store = await lazy.open();
    await spend(store, 'a', 1n);
    const holder = await lock(path, 0);

    const before = performance.eventLoopUtilization();
    const started = performance.now();
    const written = spend(store, 'a', 1n).catch((error: unknown) => error);
    expect(await spentOf(store, 'a')).toBe(1n);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(await written).toMatchObject({
      kind: 'storageUnavailable',
      message: `The storage ${path} is locked by another process for too long. Close what holds it, or wait.`,
      detail: { retryable: true },
    });
    expect(performance.now() - started).toBeGreaterThan(14_000);
    // Who blocks is never idle; who is only slow, or has to wait for a CPU, is.
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);

    holder.begin();
    expect(await holder.line()).toBe('done');
    await spend(store, 'a', 1n);
    expect(await spentOf(store, 'a')).toBe(2n);
    await lazy.close();
  },
);

test(
  'one that is held for a moment only delays what is written, also while it is opened for the first time',
  { timeout: 60_000 },
  async () => {
    const path = join(folder, 'moment.db');
    await lock(path, 1500);
    const lazy = createStore(path, migrations);
    await spend(await lazy.open(), 'a', 1n);
    await lock(path, 700);
    await spend(await lazy.open(), 'a', 1n);
    expect(await spentOf(await lazy.open(), 'a')).toBe(2n);
    await lazy.close();
  },
);
