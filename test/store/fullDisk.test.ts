import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { mountSmallDisk } from '../support/smallDisk.ts';
import { spend, spentOf } from './support/spend.ts';

const disk = mountSmallDisk();
if (!disk) console.warn('\nSKIPPED: a disk that is full: that wants Linux and the right to mount one\n');
afterAll(() => disk?.remove());

describe.skipIf(!disk)('a disk that is full', () => {
  const reason = 'cannot be written: the disk is full. Free some space.';

  test('what cannot be written changes nothing and says so; what is there is read; with space it goes on', async () => {
    const path = join(disk!.folder, 'sidecar.db');
    const lazy = createStore(path, migrations);
    const store = await lazy.open();
    await spend(store, 'a', 1n);
    const free = disk!.fill();
    const large = store.write(async (tx) => {
      await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 1000n }).execute();
      for (let row = 0; row < 200; row += 1) {
        const values = { response_id: String(row), request: 'x'.repeat(10_000), answer: '', search_text: 'y'.repeat(10_000) };
        await tx.insertInto('llm_sidecar_contents').values(values).execute();
      }
    });
    await expect(large).rejects.toMatchObject({ kind: 'storageUnavailable', message: `The storage ${path} ${reason}` });
    expect(await spentOf(store, 'a')).toBe(1n);
    free();
    await spend(store, 'a', 1n);
    expect(await spentOf(store, 'a')).toBe(2n);
    await lazy.close();
  });

  test('from the start: the store does not open and says why, and opens when there is space', async () => {
    const free = disk!.fill();
    const path = join(disk!.folder, 'new.db');
    const lazy = createStore(path, migrations);
    await expect(lazy.open()).rejects.toMatchObject({ kind: 'storageUnavailable', message: `The storage ${path} ${reason}` });
    free();
    await expect.poll(async () => lazy.open().then(({ kind }) => kind), { interval: 200 }).toBe('sqlite');
    await lazy.close();
  });

  test.each<[string, string]>([
    ['there', 'sidecar.db'],
    ['not there yet', 'another.db'],
  ])('one that is read-only, with a file that is %s: says what to do', async (_, name) => {
    const path = join(disk!.folder, name);
    disk!.setReadOnly(true);
    const lazy = createStore(path, migrations);
    const work = async (): Promise<void> => spend(await lazy.open(), 'a', 1n);
    try {
      await expect(work()).rejects.toMatchObject({
        kind: 'storageUnavailable',
        message: expect.stringMatching(
          / (cannot be written: (it|its disk) is read-only|cannot be opened)\. .*(Set|set) storage to another file\.$/,
        ),
      });
    } finally {
      await lazy.close();
      disk!.setReadOnly(false);
    }
  });
});
