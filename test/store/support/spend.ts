import type { Store } from '../../../src/store/store.ts';

/** Adds to a budget, as one statement. */
export async function spend(store: Store, budget: string, nanocents: bigint): Promise<void> {
  await store.write(async (tx) =>
    tx
      .insertInto('llm_sidecar_budgets')
      .values({ budget, window_start: '', spent_nanocents: nanocents, reserved_nanocents: 0n })
      .onConflict((conflict) =>
        conflict
          .columns(['budget', 'window_start'])
          .doUpdateSet((row) => ({ spent_nanocents: row('llm_sidecar_budgets.spent_nanocents', '+', nanocents) })),
      )
      .execute(),
  );
}

/** null: nothing yet. */
export async function spentOf(store: Store, budget: string): Promise<bigint | null> {
  const row = await store.read(async (db) =>
    db.selectFrom('llm_sidecar_budgets').select('spent_nanocents').where('budget', '=', budget).executeTakeFirst(),
  );
  return row?.spent_nanocents ?? null;
}
