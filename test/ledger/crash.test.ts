import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { describeEngines } from '../support/engines.ts';
import { checkLedger } from './support/checkLedger.ts';
import { cent, openLedger } from './support/ledgers.ts';
import { buildWorker, startWorker } from './support/startWorker.ts';
import { killPoints, workerBudgets } from './support/worker.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = await buildWorker(folder);

describeEngines('a process that is killed', (engine) => {
  const kills = engine.kind === 'sqlite' ? 200 : 40;
  const limit = 1_000_000n * cent;

  test(`${kills} times leaves nothing held, and nothing that was sent free or charged twice`, { timeout: 400_000 }, async () => {
    const location = await engine.create();
    const journal = join(folder, engine.kind);
    let started = 0;
    let killed = 0;
    const lane = async (): Promise<void> => {
      while (started < kills) {
        const run = started++;
        // Every other one is killed from outside, at any time at all.
        const kill = run % 2 === 0 ? killPoints[(run / 2) % killPoints.length]! : null;
        const plan = {
          location,
          instance: `run ${run}`,
          limit: String(limit),
          loops: 4,
          settle: true,
          groups: run % 3 === 0,
          leaseMs: 900,
          journal,
        };
        const worker = startWorker(script, { ...plan, calls: 1_000_000, kill, killAt: Math.floor(Math.random() * 10) });
        await worker.ready;
        worker.go();
        if (kill === null) {
          await setTimeout(Math.random() * 80);
          worker.kill();
        }
        if ((await worker.ended) === null) killed++;
      }
    };
    await Promise.all([lane(), lane(), lane()]);
    expect(killed).toBe(kills);

    await using ledger = openLedger(location, { now: () => new Date(Date.now() + 3_600_000) });
    await ledger.tick();
    const { responses } = await checkLedger(location, workerBudgets(limit), { ended: true });
    const rows = new Map(responses.map((row) => [row.id, row]));
    const lines = readFileSync(journal, 'utf8').trim().split('\n');
    const sent = lines.flatMap((line) => /^sent (.+)$/.exec(line)?.[1] ?? []);
    const settled = lines.flatMap((line) => /^settled (.+) (\d+)$/.exec(line)?.slice(1) ?? []);
    expect(new Set(sent).size).toBe(sent.length);
    expect(sent.filter((id) => (rows.get(id)?.charged_nanocents ?? 0n) < cent)).toEqual([]);
    for (let at = 0; at < settled.length; at += 2)
      expect(rows.get(settled[at]!)).toMatchObject({ state: 'settled', charged_nanocents: BigInt(settled[at + 1]!) });
    // Of those that were killed from outside some had not begun.
    expect(responses.filter(({ state }) => state === 'expired').length).toBeGreaterThan(kills / 4);
    expect(settled.length).toBeGreaterThan(kills);
  });
});
