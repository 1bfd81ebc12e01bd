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

async function lock(path: string, milliseconds: number): Promise<void> {
  const worker = startWorker('lock', path, milliseconds);
  workers.push(worker);
  expect(await worker.line()).toBe('locked');
}

test(
  'a SQLite file that another program holds: reads go on, a write waits 15 s without blocking the process and says what to do',
  {
    timeout: 60_000,
  },
  async () => {
    const path = join(folder, 'held.db');
    const lazy = createStore(path, migrations);
    const store = await lazy.open();
    await spend(store, 'a', 1n);
    await lock(path, 17_000);

    let latest = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      latest = Math.max(latest, performance.now() - last - 10);
      last = performance.now();
    }, 10);
    const started = performance.now();
    const written = spend(store, 'a', 1n).catch((error: unknown) => error);
    expect(await spentOf(store, 'a')).toBe(1n);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(await written).toMatchObject({
      kind: 'storageUnavailable',
      message: `The storage ${path} is locked by another process for too long. Close what holds it, or wait.`,
      detail: { retryable: true },
    });
    clearInterval(ticks);
    expect(performance.now() - started).toBeGreaterThan(14_000);
    expect(performance.now() - started).toBeLessThan(17_000);
    expect(latest).toBeLessThan(400);

    await expect.poll(async () => spend(store, 'a', 1n).then(() => 'written'), { timeout: 20_000 }).toBe('written');
    expect(await spentOf(store, 'a')).toBe(2n);
    await lazy.close();
  },
);

test('one that is held for a moment only delays what is written, also while it is opened for the first time', async () => {
  const path = join(folder, 'moment.db');
  await lock(path, 1500);
  const lazy = createStore(path, migrations);
  await spend(await lazy.open(), 'a', 1n);
  await lock(path, 700);
  await spend(await lazy.open(), 'a', 1n);
  expect(await spentOf(await lazy.open(), 'a')).toBe(2n);
  await lazy.close();
});
