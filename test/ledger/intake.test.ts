import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { timeOrderedId } from '../../src/lib/timeOrderedId.ts';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEngines } from '../support/engines.ts';
import { checkLedger } from './support/checkLedger.ts';
import { budget, cent, end, groupIntent, intent, lookedAround, noon, openLedger } from './support/ledgers.ts';

/** Longer than a test: what is moved is moved because something asks for it. */
const gatherMs = 3_600_000;

describeEngines('what a budget counts', (engine) => {
  const idsIn = async (location: string) => {
    const lazy = createStore(location, migrations);
    try {
      const store = await lazy.open();
      return await store.read(async (db) => {
        const intake = await db.selectFrom('llm_sidecar_intake').select(['id', 'state']).orderBy('id').execute();
        const moved = await db.selectFrom('llm_sidecar_responses').select(['id', 'state']).orderBy('id').execute();
        const text = (rows: typeof moved) => rows.map(({ id, state }) => `${id} ${state}`);
        return { intake: text(intake), moved: text(moved) };
      });
    } finally {
      await lazy.close();
    }
  };

  test('is in a small table until a moment after its end', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 20n * cent)];
    await using ledger = openLedger(location, { gatherMs: 20 });
    const open = await ledger.reserve(intent('open', { budgets }));
    await (await ledger.reserve(intent('short', { budgets }))).settle(end(cent));
    await expect.poll(async () => idsIn(location)).toEqual({ intake: ['open open'], moved: ['short settled'] });
    await open.settle(end(2n * cent));
    await expect.poll(async () => idsIn(location)).toEqual({ intake: [], moved: ['open settled', 'short settled'] });
    expect((await checkLedger(location, budgets, { ended: true })).budgets).toMatchObject([{ spent_nanocents: 3n * cent }]);
  });

  test('is moved when somebody reads, of all processes and while it runs, and ends as any other', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 20n * cent), budget('day', 20n * cent, { per: 'day' })];
    await using ledger = openLedger(location, { gatherMs });
    await using reader = openLedger(location, { gatherMs, instanceId: 'two' });
    await lookedAround(ledger);
    await lookedAround(reader);
    const group = await ledger.openGroup(groupIntent('g', 5n * cent, budgets));
    const running = await ledger.reserve(intent('running', { budgets, group, nanocents: 4n * cent }));
    await (await ledger.reserve(intent('ended', { budgets }))).settle(end(cent));
    expect(await idsIn(location)).toEqual({ intake: ['ended settled', 'running open'], moved: [] });
    const before = await checkLedger(location, budgets);
    await reader.flush();
    expect(await idsIn(location)).toEqual({ intake: [], moved: ['ended settled', 'running open'] });
    expect(await checkLedger(location, budgets)).toEqual({ ...before, holds: expect.arrayContaining([...before.holds]) });
    // The same reservation, wherever it is.
    const again = await reader.reserve(intent('running', { budgets, group, nanocents: 4n * cent }));
    await (await reader.reserve(intent('ended', { budgets }))).settle(end(9n * cent));
    await running.settle(end(2n * cent));
    await again.settle(end(9n * cent));
    await group.close();
    await ledger.flush();
    const { budgets: counters } = await checkLedger(location, budgets, { ended: true });
    expect(counters.map((row) => row.spent_nanocents)).toEqual([3n * cent, 3n * cent]);
  });

  test('is moved by another process when its own has died, and by the end of its own', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 20n * cent)];
    {
      await using ledger = openLedger(location, { gatherMs });
      await (await ledger.reserve(intent('a', { budgets }))).settle(end(cent));
      await ledger.reserve(intent('left', { budgets }));
      await using other = openLedger(location, { gatherMs, instanceId: 'two' });
      await other.tick();
      expect(await idsIn(location)).toEqual({ intake: ['left open'], moved: ['a settled'] });
      await (await ledger.reserve(intent('b', { budgets }))).settle(end(cent));
    }
    expect((await idsIn(location)).intake).toEqual(['left open']);
    await using later = openLedger(location, { now: () => new Date(noon.getTime() + 61_000) });
    await later.tick();
    await checkLedger(location, budgets, { ended: true });
  });

  test('and was open in a storage of an older version is ended by its lease', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 20n * cent)];
    const old = createStore(location, migrations.slice(0, 2));
    const [charge] = intent('x', { budgets }).charges;
    const key = { budget: charge!.key, window_start: charge!.windowStart };
    const amounts = { charged_nanocents: 0n, reserved_nanocents: 3n * cent, drawn_nanocents: 0n, seen_nanocents: cent };
    const times = { started_at: noon.toISOString(), lease_until: noon.toISOString() };
    const names = { prompt_id: 'p', kind: 'prompt', model: 'echo', provider: 'echo', instance_id: 'old', state: 'open' } as const;
    await (
      await old.open()
    ).write(async (tx) => {
      await tx
        .insertInto('llm_sidecar_responses')
        .values({ id: 'old', step: 0, attempt: 0, ...names, ...amounts, ...times })
        .execute();
      await tx
        .insertInto('llm_sidecar_budgets')
        .values({ ...key, spent_nanocents: 0n, reserved_nanocents: 3n * cent })
        .execute();
      await tx
        .insertInto('llm_sidecar_holds')
        .values({ ...key, holder_id: 'old' })
        .execute();
    });
    await old.close();
    await using ledger = openLedger(location, { now: () => new Date(noon.getTime() + 1000) });
    await (await ledger.reserve(intent('new', { budgets }))).settle(end(cent));
    await ledger.tick();
    expect((await checkLedger(location, budgets, { ended: true })).budgets).toMatchObject([{ spent_nanocents: 2n * cent }]);
  });

  test.runIf(engine.kind === 'sqlite')('is two pages of the file when it begins, two when it ends', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 1_000_000n * cent), budget('day', 1_000_000n * cent, { per: 'day', each: ['model'] })];
    await using ledger = openLedger(location, { gatherMs });
    const pages = (): number => (statSync(`${location}-wal`).size - 32) / (4096 + 24);
    const prompt = async (): Promise<[begin: number, end: number]> => {
      const before = pages();
      const reservation = await ledger.reserve(intent(timeOrderedId(), { budgets }));
      const between = pages();
      await reservation.settle(end(cent));
      return [between - before, pages() - between];
    };
    await lookedAround(ledger);
    await (await ledger.reserve(intent('first', { budgets }))).settle(end(cent));
    await ledger.flush();
    expect([await prompt(), await prompt()]).toEqual([
      [2, 2],
      [2, 2],
    ]);
    for (let count = 0; count < 62; count += 1) await prompt();
    const before = pages();
    await ledger.flush();
    expect(pages() - before).toBeLessThan(64);
    const start = pages();
    for (let count = 0; count < 64; count += 1) await prompt();
    expect((pages() - start) / 64).toBeLessThan(6);
  });
});
