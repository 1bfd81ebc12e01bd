import { migrations } from '../../../src/store/migrations.ts';
import { createStore } from '../../../src/store/store.ts';
import { insertRows, type Row } from './rows.ts';

/** A SQLite file with these rows, as another sidecar would have left it. */
export async function fillDatabase(path: string, rows: readonly Row[]): Promise<void> {
  const store = createStore(path, migrations);
  await insertRows(store, rows);
  await store.close();
}
