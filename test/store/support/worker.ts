import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from '../../../src/store/migrations.ts';
import { createStore, type Store } from '../../../src/store/store.ts';
import { spend } from './spend.ts';

/**
 * A process that works on a database: `node worker.ts TASK LOCATION [NUMBER]`. Says a line when it is ready, begins when it
 * hears one, and says `done`, or the message of what went wrong.
 */
const [, , task = '', location = '', number = '1'] = process.argv;

const tasks: Record<string, () => Promise<void>> = {
  /** Opens, which migrates. */
  migrate: async () => {
    await begin();
    await withStore(async () => {});
  },
  /** Adds 1 as often as asked, ten at a time. */
  spend: async () =>
    withStore(async (store) => {
      await begin();
      for (let left = Number(number); left > 0; left -= 10) {
        await Promise.all(Array.from({ length: Math.min(10, left) }, async () => spend(store, 'shared', 1n)));
      }
    }),
  /** Adds 1 for good, then stays in the middle of a transaction that adds more. */
  hang: async () =>
    withStore(async (store) => {
      await begin();
      await spend(store, 'shared', 1n);
      await store.write(async (tx) => {
        await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 1000n }).execute();
        console.log('in the transaction');
        await new Promise((resolve) => setTimeout(resolve, 1_000_000));
      });
    }),
  /** As another program would: holds the lock of a SQLite file as many milliseconds; 0: until it hears a line. */
  lock: async () => {
    const database = new DatabaseSync(location);
    database.exec('begin immediate');
    console.log('locked');
    await (Number(number) === 0 ? once(process.stdin, 'data') : new Promise((resolve) => setTimeout(resolve, Number(number))));
    database.exec('rollback');
    database.close();
  },
};

async function begin(): Promise<void> {
  console.log('ready');
  await once(process.stdin, 'data');
}

async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const lazy = createStore(location, migrations);
  try {
    await work(await lazy.open());
  } finally {
    await lazy.close();
  }
}

try {
  await tasks[task]!();
  console.log('done');
} catch (error) {
  console.log(error instanceof Error ? `${error.name}: ${error.message}` : 'failed');
}
process.stdin.destroy();
