import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { spend, spentOf } from './support/spend.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-full-'));
const mount = ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder];
const mounted = process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('mount', mount).status === 0;
if (!mounted) console.warn('\nSKIPPED: a disk that is full: that wants Linux and the right to mount one\n');

afterAll(() => {
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!mounted)('a disk that is full', () => {
  const path = join(folder, 'sidecar.db');
  const reason = 'cannot be written: the disk is full. Free some space.';

  test('what cannot be written changes nothing and says so; what is there is read; with space it goes on', async () => {
    const lazy = createStore(path, migrations);
    const store = await lazy.open();
    await spend(store, 'a', 1n);
    const filler = join(folder, 'filler');
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1k']);
    const large = store.write(async (tx) => {
      await tx.updateTable('llm_sidecar_budgets').set({ spent_nanocents: 1000n }).execute();
      for (let row = 0; row < 200; row += 1) {
        const values = { response_id: String(row), request: 'x'.repeat(10_000), answer: '', search_text: 'y'.repeat(10_000) };
        await tx.insertInto('llm_sidecar_contents').values(values).execute();
      }
    });
    await expect(large).rejects.toMatchObject({ kind: 'storageUnavailable', message: `The storage ${path} ${reason}` });
    expect(await spentOf(store, 'a')).toBe(1n);
    rmSync(filler);
    await spend(store, 'a', 1n);
    expect(await spentOf(store, 'a')).toBe(2n);
    await lazy.close();
  });

  test('from the start: the store does not open and says why, and opens when there is space', async () => {
    const filler = join(folder, 'filler');
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1k']);
    writeFileSync(join(folder, 'empty.db'), '');
    const at = join(folder, 'empty.db');
    const lazy = createStore(at, migrations);
    await expect(lazy.open()).rejects.toMatchObject({ kind: 'storageUnavailable', message: `The storage ${at} ${reason}` });
    rmSync(filler);
    await expect.poll(async () => lazy.open().then(({ kind }) => kind), { timeout: 10_000, interval: 200 }).toBe('sqlite');
    await lazy.close();
  });
});
