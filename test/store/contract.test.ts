import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/lib/failure.ts';
import { migrations } from '../../src/store/migrations.ts';
import { createStore, type LazyStore, type Store } from '../../src/store/store.ts';
import { describeEngines } from '../support/engines.ts';
import { spend, spentOf } from './support/spend.ts';

/** What 64 bits hold. */
const most = 9_223_372_036_854_775_807n;
const least = -9_223_372_036_854_775_808n;

describeEngines('a store', ({ create, kind }) => {
  const opened: LazyStore[] = [];
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  const open = async (location?: string): Promise<Store> => {
    const store = createStore(location ?? (await create()), migrations);
    opened.push(store);
    return store.open();
  };

  describe('what it holds', () => {
    test('money is exact, whatever 64 bits hold', async () => {
      const store = await open();
      for (const nanocents of [0n, 1n, -1n, 9_007_199_254_740_993n, most, least]) {
        await spend(store, String(nanocents), nanocents);
        expect(await spentOf(store, String(nanocents))).toBe(nanocents);
      }
    });

    test('sums, counts, the largest and the smallest of money are bigint, also where there is none', async () => {
      const store = await open();
      const sums = async () =>
        store.read(async (db) =>
          db
            .selectFrom('llm_sidecar_budgets')
            .select(({ fn }) => [
              fn.sum('spent_nanocents').as('sum_nanocents'),
              fn.max('spent_nanocents').as('max_nanocents'),
              fn.min('spent_nanocents').as('min_nanocents'),
              fn.countAll().as('rows'),
            ])
            .executeTakeFirstOrThrow(),
        );
      expect(await sums()).toEqual({ sum_nanocents: null, max_nanocents: null, min_nanocents: null, rows: 0 });
      await spend(store, 'a', 9_007_199_254_740_993n);
      await spend(store, 'b', 2n);
      expect(await sums()).toEqual({
        sum_nanocents: 9_007_199_254_740_995n,
        max_nanocents: 9_007_199_254_740_993n,
        min_nanocents: 2n,
        rows: 2,
      });
    });

    test('other numbers are numbers, whole or not, and what is unknown is null', async () => {
      const store = await open();
      await store.write(async (tx) => tx.insertInto('llm_sidecar_responses').values(response()).execute());
      const row = await store.read(async (db) => db.selectFrom('llm_sidecar_responses').selectAll().executeTakeFirstOrThrow());
      expect(row).toEqual(response());
    });

    test('a change says how many rows it met', async () => {
      const store = await open();
      await spend(store, 'a', 1n);
      await spend(store, 'b', 1n);
      const meets = async (budget: string | undefined): Promise<bigint> => {
        const { numUpdatedRows } = await store.write(async (tx) =>
          tx
            .updateTable('llm_sidecar_budgets')
            .set({ reserved_nanocents: 0n })
            .$if(budget !== undefined, (query) => query.where('budget', '=', budget ?? ''))
            .executeTakeFirstOrThrow(),
        );
        return numUpdatedRows;
      };
      expect([await meets(undefined), await meets('a'), await meets('c')]).toEqual([2n, 1n, 0n]);
      const returned = await store.write(async (tx) =>
        tx.deleteFrom('llm_sidecar_budgets').where('budget', '=', 'a').returning('spent_nanocents').execute(),
      );
      expect(returned).toEqual([{ spent_nanocents: 1n }]);
    });

    test('text comes back as it was, but for what is no Unicode, and U+0000 in PostgreSQL', async () => {
      const store = await open();
      const texts: [written: string, kept: string][] = [
        ['', ''],
        [`'; drop table x; -- "`, `'; drop table x; -- "`],
        ['東京 🐈', '東京 🐈'],
        ['two\nlines', 'two\nlines'],
        ['half \ud83d', 'half \ufffd'],
        ['a\u0000b', kind === 'postgres' ? 'a\ufffdb' : 'a\u0000b'],
      ];
      for (const [written] of texts) {
        await spend(store, written, 1n);
        expect(await spentOf(store, written)).toBe(1n);
      }
      const rows = await store.read(async (db) => db.selectFrom('llm_sidecar_budgets').select('budget').execute());
      expect(rows.map(({ budget: kept }) => kept).toSorted()).toEqual(texts.map(([, kept]) => kept).toSorted());
    });
  });

  describe('a transaction', () => {
    test('of which a part fails changes nothing, and the next one works', async () => {
      const store = await open();
      await spend(store, 'a', 1n);
      const thrown = new Failure('budgetExceeded', 'no');
      const work = store.write(async (tx) => {
        await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 2n }).execute();
        throw thrown;
      });
      await expect(work).rejects.toBe(thrown);
      expect(await spentOf(store, 'a')).toBe(1n);
      await spend(store, 'a', 1n);
      expect(await spentOf(store, 'a')).toBe(2n);
    });

    test.each([
      [
        'a statement that breaks a rule of the table',
        async (store: Store) =>
          store.write(async (tx) =>
            tx
              .insertInto('llm_sidecar_budgets')
              .values([budget('x'), budget('x')])
              .execute(),
          ),
      ],
      [
        'a defect',
        async (store: Store) =>
          store.write(async (tx) => {
            await tx.insertInto('llm_sidecar_budgets').values(budget('x')).execute();
            throw new TypeError('a defect');
          }),
      ],
      ['a defect while reading', async (store: Store) => store.read(async () => Promise.reject(new TypeError('a defect')))],
    ])('that ends by %s leaves nothing, and the error is no Failure: it is ours', async (_, work) => {
      const store = await open();
      const error: unknown = await work(store).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Failure);
      expect(await spentOf(store, 'x')).toBeNull();
      await spend(store, 'x', 3n);
      expect(await spentOf(store, 'x')).toBe(3n);
    });

    test('is not seen by others before its end, and then whole', async () => {
      const location = await create();
      const [ours, other] = [await open(location), await open(location)];
      const seen: unknown[] = [];
      await ours.write(async (tx) => {
        await tx
          .insertInto('llm_sidecar_budgets')
          .values([budget('x'), budget('y')])
          .execute();
        seen.push(await spentOf(other, 'x'), await spentOf(other, 'y'));
      });
      seen.push(await spentOf(other, 'x'), await spentOf(other, 'y'));
      expect(seen).toEqual([null, null, 5n, 5n]);
    });

    test('a hundred at once lose nothing, and each reads what it has written', async () => {
      const location = await create();
      const stores = [await open(location), await open(location)];
      await Promise.all(Array.from({ length: 100 }, async (_, index) => spend(stores[index % 2]!, 'shared', 1n)));
      expect([await spentOf(stores[0]!, 'shared'), await spentOf(stores[1]!, 'shared')]).toEqual([100n, 100n]);
    });
  });

  test('is closed once, for good: what comes then says so', async () => {
    const location = await create();
    const lazy = createStore(location, migrations);
    const store = await lazy.open();
    await lazy.close();
    await lazy.close();
    const message = expect.stringMatching(/^The storage .* cannot be reached: the connection was closed\./);
    await expect(lazy.open()).rejects.toMatchObject({ kind: 'storageUnavailable', message });
    await expect(spend(store, 'a', 1n)).rejects.toMatchObject({ kind: 'storageUnavailable', message });
    await expect(spentOf(store, 'a')).rejects.toMatchObject({ kind: 'storageUnavailable', message });
  });

  test('closes when what runs has ended; what comes too late is told so, and nothing waits for ever', async () => {
    const location = await create();
    const lazy = createStore(location, migrations);
    const store = await lazy.open();
    const inside = Promise.withResolvers<void>();
    const running = store.write(async (tx) => {
      await tx.insertInto('llm_sidecar_budgets').values(budget('x')).execute();
      inside.resolve();
      await setTimeout(100);
      await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 6n }).execute();
    });
    await inside.promise;
    const closed = lazy.close();
    const late = Promise.allSettled(Array.from({ length: 3 }, async () => spend(store, 'y', 1n)));
    await Promise.all([running, closed]);
    const again = await open(location);
    expect(await spentOf(again, 'x')).toBe(6n);
    const kept = (await late).filter(({ status }) => status === 'fulfilled').length;
    expect(await spentOf(again, 'y')).toBe(kept === 0 ? null : BigInt(kept));
    for (const each of await late) if (each.status === 'rejected') expect(each.reason).toMatchObject({ kind: 'storageUnavailable' });
  });
});

function budget(name: string) {
  return { budget: name, window_start: '', spent_nanocents: 5n, reserved_nanocents: 0n };
}

function response() {
  return {
    id: 'r',
    prompt_id: 'p',
    step: 0,
    attempt: 2,
    kind: 'prompt' as const,
    group_id: null,
    conversation_id: null,
    model: 'echo',
    provider: 'echo',
    purpose: null,
    actor_id: null,
    key_source: null,
    state: 'settled' as const,
    outcome: 'ok' as const,
    stop_reason: 'end',
    error_kind: null,
    input_tokens: 4_000_000_000,
    output_tokens: 0,
    reasoning_tokens: null,
    cache_read_tokens: null,
    cache_write_tokens: null,
    cost_nanocents: null,
    cost_source: null,
    price_id: null,
    charged_nanocents: 29_000_000_000n,
    reserved_nanocents: 0n,
    drawn_nanocents: 0n,
    seen_nanocents: 0n,
    group_hold_id: null,
    instance_id: 'i',
    lease_until: null,
    started_at: '2026-01-01T00:00:00.000Z',
    settled_at: null,
    first_delta_ms: 0.25,
    duration_ms: 12,
  };
}
