import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { changeOf, rowsOf } from '../../src/store/statement.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEngines } from '../support/engines.ts';

const budgets = [
  { budget: 'all', window_start: '', spent_nanocents: 9_007_199_254_740_993n, reserved_nanocents: 2n },
  { budget: 'each [ann]', window_start: '2026-03-10T00:00:00.000Z', spent_nanocents: 3n, reserved_nanocents: 0n },
];
const holds = [
  { holder_id: 'a', budget: 'all', window_start: '' },
  { holder_id: 'b', budget: 'each [ann]', window_start: '2026-03-10T00:00:00.000Z' },
];

describeEngines('a storage of the first version', (engine) => {
  test('keeps what it holds when a newer one opens it', async () => {
    const location = await engine.create();
    const first = createStore(location, migrations.slice(0, 1));
    await (
      await first.open()
    ).write(async (tx) => {
      await tx.insertInto('llm_sidecar_budgets').values(budgets).execute();
      await tx.insertInto('llm_sidecar_holds').values(holds).execute();
    });
    await first.close();
    const newest = createStore(location, migrations);
    try {
      const store = await newest.open();
      await store.read(async (db) => {
        expect(await db.selectFrom('llm_sidecar_budgets').selectAll().orderBy('budget').execute()).toEqual(budgets);
        expect(await db.selectFrom('llm_sidecar_holds').selectAll().orderBy('holder_id').execute()).toEqual(holds);
      });
      // The keys are keys as before.
      const again = store.write(async (tx) => tx.insertInto('llm_sidecar_holds').values(holds[0]!).execute());
      await expect(again).rejects.toThrow(/unique/i);
    } finally {
      await newest.close();
    }
  });

  test.runIf(engine.kind === 'sqlite')('finds what an actor has spent by an index of those that are named', async () => {
    const lazy = createStore(await engine.create(), migrations);
    try {
      const store = await lazy.open();
      const plan = async (condition: string): Promise<string> =>
        store.read(async (db) => {
          const asked = `explain query plan select sum(charged_nanocents) from llm_sidecar_responses where started_at >= '2026' and ${condition}`;
          return JSON.stringify((await sql.raw(asked).execute(db)).rows);
        });
      expect(await plan("actor_id in ('ann')")).toContain('llm_sidecar_responses_actor (actor_id=? AND started_at>?)');
      expect(await plan('actor_id is null')).toContain('llm_sidecar_responses_started_at (started_at>?)');
    } finally {
      await lazy.close();
    }
  });
});

describeEngines('a statement whose text is made once', (engine) => {
  test('has its values in order, gives rows or whether there were any, and is the same in both databases', async () => {
    const lazy = createStore(await engine.create(), migrations);
    const insert = changeOf('insert into llm_sidecar_holds (holder_id, budget, window_start) values (?, ?, ?) on conflict do nothing');
    const drop = rowsOf<{ budget: string; window_start: string }>(
      'delete from llm_sidecar_holds where holder_id = ? and budget <> ? returning budget, window_start',
    );
    try {
      const store = await lazy.open();
      const changed = await store.transact(function* (_, kind) {
        const first = yield* insert(kind, ['a', 'one', '2026']);
        const again = yield* insert(kind, ['a', 'one', '2026']);
        return [first, again, yield* insert(kind, ['a', 'two', '2027'])];
      });
      expect(changed).toEqual([true, false, true]);
      expect(await store.transact((_, kind) => drop(kind, ['a', 'one']))).toEqual([{ budget: 'two', window_start: '2027' }]);
      expect(await store.transact((_, kind) => drop(kind, ['nobody', 'one']))).toEqual([]);
    } finally {
      await lazy.close();
    }
  });
});
