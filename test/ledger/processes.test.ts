import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeEngines } from '../support/engines.ts';
import { checkLedger } from './support/checkLedger.ts';
import { cent, openLedger } from './support/ledgers.ts';
import { buildWorker, startWorker } from './support/startWorker.ts';
import { workerBudgets } from './support/worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-workers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = await buildWorker(folder);

describeEngines('four processes on one ledger', (engine) => {
  test.each([
    ['all at once', 25],
    ['one after another in each', 1],
  ])('exactly as many calls are admitted as the budget is for: %s', { timeout: 300_000 }, async (_, loops) => {
    const location = await engine.create();
    const limit = 17n * 3n * cent + 2n * cent;
    const workers = ['a', 'b', 'c', 'd'].map((instance) =>
      startWorker(script, {
        location,
        instance,
        limit: String(limit),
        calls: 25,
        loops,
        settle: false,
        groups: false,
        leaseMs: 600_000,
        journal: join(folder, `${engine.kind}-${loops}`),
        kill: null,
        killAt: 0,
      }),
    );
    await Promise.all(workers.map(async ({ ready }) => ready));
    for (const { go } of workers) go();
    const admitted = (await Promise.all(workers.map(async ({ ended }) => ended))).flat();
    expect(admitted).toHaveLength(17);
    const state = await checkLedger(location, workerBudgets(limit));
    expect(state.responses.map(({ id }) => id)).toEqual(admitted.toSorted());
    await using ledger = openLedger(location, { now: () => new Date(Date.now() + 3_600_000) });
    await ledger.tick();
    const { responses } = await checkLedger(location, workerBudgets(limit), { ended: true });
    expect(new Set(responses.map((row) => row.charged_nanocents))).toEqual(new Set([cent]));
  });

  test('what they reserve, draw, settle and close adds up', { timeout: 300_000 }, async () => {
    const location = await engine.create();
    const limit = 60n * cent;
    const workers = ['a', 'b', 'c', 'd'].map((instance) =>
      startWorker(script, {
        location,
        instance,
        limit: String(limit),
        calls: 30,
        loops: 3,
        settle: true,
        groups: instance < 'c',
        leaseMs: 600_000,
        journal: join(folder, `${engine.kind}-sum`),
        kill: null,
        killAt: 0,
      }),
    );
    await Promise.all(workers.map(async ({ ready }) => ready));
    for (const { go } of workers) go();
    const admitted = (await Promise.all(workers.map(async ({ ended }) => ended))).flat();
    const state = await checkLedger(location, workerBudgets(limit), { ended: true });
    expect(state.responses).toHaveLength(admitted.length);
    expect(admitted.length).toBeGreaterThan(20);
  });
});
