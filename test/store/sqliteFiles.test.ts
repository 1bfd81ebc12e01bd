import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { createStore, type LazyStore } from '../../src/store/store.ts';
import { spend, spentOf } from './support/spend.ts';
import { startWorker } from './support/startWorker.ts';

const root = mkdtempSync(join(tmpdir(), 'llm-sidecar-files-'));
const opened: LazyStore[] = [];
let folders = 0;
const folder = (): string => {
  const made = join(root, String((folders += 1)));
  mkdirSync(made);
  return made;
};
const open = (path: string): LazyStore => {
  const store = createStore(path, migrations);
  opened.push(store);
  return store;
};
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the file of a store', () => {
  test.skipIf(process.platform === 'win32')(
    'is made for this user alone, and so are the folders that it lacks and the files beside it',
    async () => {
      const path = join(folder(), 'a', 'b', 'sidecar.db');
      await spend(await open(path).open(), 'x', 1n);
      expect([path, `${path}-wal`, `${path}-shm`, join(path, '..'), join(path, '../..')].map(modeOf)).toEqual([
        '600',
        '600',
        '600',
        '700',
        '700',
      ]);
    },
  );

  test('keeps the rights that somebody has given it, and the folder too', async () => {
    const dir = folder();
    chmodSync(dir, 0o755);
    const path = join(dir, 'sidecar.db');
    writeFileSync(path, '', { mode: 0o640 });
    await spend(await open(path).open(), 'x', 1n);
    expect([modeOf(path), modeOf(dir)]).toEqual(['640', '755']);
  });

  test('may be an empty one, or a link', async () => {
    const dir = folder();
    const path = join(dir, 'sidecar.db');
    writeFileSync(path, '');
    symlinkSync(path, join(dir, 'link.db'));
    await spend(await open(join(dir, 'link.db')).open(), 'x', 1n);
    expect(await spentOf(await open(path).open(), 'x')).toBe(1n);
  });

  test.each<[string, (dir: string) => string, string]>([
    [
      'a file that is no database',
      (dir) => {
        writeFileSync(join(dir, 'notes.txt'), 'Dear diary, '.repeat(500));
        return join(dir, 'notes.txt');
      },
      'is not a SQLite database. Set storage to another file, or move this one away.',
    ],
    ['a folder', (dir) => dir, 'cannot be opened. See that its folder exists and is writable, or set storage to another file.'],
    [
      'a path through a file',
      (dir) => {
        writeFileSync(join(dir, 'file'), '');
        return join(dir, 'file', 'sidecar.db');
      },
      'cannot be opened: a part of its path is a file. Set storage to another path.',
    ],
    [
      'a circle of links',
      (dir) => {
        symlinkSync(join(dir, 'b'), join(dir, 'a'));
        symlinkSync(join(dir, 'a'), join(dir, 'b'));
        return join(dir, 'a', 'sidecar.db');
      },
      'cannot be opened: its path is a circle of links.',
    ],
    ['a path that is too long', (dir) => join(dir, 'x'.repeat(300)), 'cannot be opened: its path is too long.'],
    [
      'a database that is damaged',
      (dir) => {
        const path = join(dir, 'sidecar.db');
        const database = new DatabaseSync(path);
        database.exec('create table llm_sidecar_migrations (name text primary key, applied_at text)');
        database.close();
        const bytes = readFileSync(path);
        bytes.fill(0x5a, 100);
        writeFileSync(path, bytes);
        return path;
      },
      'is damaged. Restore it from a backup, or move it away to begin a new one.',
    ],
  ])('that is %s: says what to do, and leaves it as it is', async (_, make, reason) => {
    const path = make(folder());
    const before = read(path);
    await expect(open(path).open()).rejects.toMatchObject({
      kind: 'storageUnavailable',
      message: `The storage ${path} ${reason}`,
    });
    expect(read(path)).toEqual(before);
  });

  test('made by a newer version is refused, and not changed', async () => {
    const path = join(folder(), 'sidecar.db');
    const newer = [...migrations, { name: '0099 what is to come', run: async () => {} }];
    const store = createStore(path, newer);
    await store.open();
    await store.close();
    const before = read(path);
    await expect(open(path).open()).rejects.toMatchObject({
      kind: 'storageUnavailable',
      message: `The storage ${path} was made by a newer version of llm-sidecar (it has "0099 what is to come"): update this one, or set storage to another place.`,
      detail: { retryable: false },
    });
    expect(read(path)).toEqual(before);
  });

  test('of another program keeps its tables', async () => {
    const path = join(folder(), 'datasette.db');
    const database = new DatabaseSync(path);
    database.exec("create table notes (text text); insert into notes values ('mine')");
    database.close();
    await spend(await open(path).open(), 'x', 1n);
    const again = new DatabaseSync(path, { readOnly: true });
    expect(again.prepare('select text from notes').all()).toEqual([{ text: 'mine' }]);
    again.close();
  });

  test('that is missing while the store is away is looked for again', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'data'), '');
    const path = join(dir, 'data', 'sidecar.db');
    const lazy = open(path);
    await expect(lazy.open()).rejects.toMatchObject({ kind: 'storageUnavailable' });
    rmSync(join(dir, 'data'));
    await expect
      .poll(
        async () =>
          lazy.open().then(
            () => 'opened',
            () => 'away',
          ),
        { interval: 200 },
      )
      .toBe('opened');
  });
});

/** For whom the rights of files count: an ordinary user, when the tests run as root. */
const nobody = process.platform === 'linux' && process.getuid?.() === 0 ? 65_534 : undefined;
const withoutRights = nobody === undefined ? process.platform !== 'win32' : runsAs(nobody);
if (!withoutRights) console.warn('\nSKIPPED: rights of files: this user has all, and an ordinary one cannot run the checkout\n');

function runsAs(uid: number): boolean {
  const script = fileURLToPath(new URL('support/worker.ts', import.meta.url));
  return spawnSync(process.execPath, ['-e', `fs.accessSync(${JSON.stringify(script)}, fs.constants.R_OK)`], { uid, gid: uid }).status === 0;
}

describe.skipIf(!withoutRights)('without the right to', () => {
  const mine = (...paths: string[]): void => {
    if (nobody !== undefined) for (const path of paths) chownSync(path, nobody, nobody);
  };
  const made = async (): Promise<{ dir: string; path: string }> => {
    const dir = folder();
    const path = join(dir, 'sidecar.db');
    const lazy = createStore(path, migrations);
    await spend(await lazy.open(), 'shared', 1n);
    await lazy.close();
    mine(dir, path);
    chmodSync(root, 0o755);
    return { dir, path };
  };
  const spendAs = async (path: string): Promise<(string | null)[]> => {
    const worker = startWorker('spend', path, 1, nobody === undefined ? {} : { uid: nobody, gid: nobody });
    const first = await worker.line();
    worker.begin();
    const second = await worker.line();
    await worker.kill();
    return [first, second];
  };

  test('write the file: what is there is read, and a change says that it cannot be', async () => {
    const { path } = await made();
    chmodSync(path, 0o400);
    expect(await spendAs(path)).toEqual([
      'ready',
      `Failure: The storage ${path} cannot be written: it is read-only. Make its file and folder writable, or set storage to another file.`,
    ]);
  });

  test('write the folder: says what to do', async () => {
    const { dir, path } = await made();
    chmodSync(dir, 0o500);
    const said = (await spendAs(path)).find((line) => line !== 'ready');
    expect(said).toMatch(/^Failure: The storage .*sidecar\.db (cannot be (opened|written)|may not be used)[.:] .*folder.* writable/);
  });

  test('read the file: says what to do', async () => {
    const { path } = await made();
    chmodSync(path, 0o000);
    expect((await spendAs(path))[0]).toMatch(/^Failure: The storage .*sidecar\.db (cannot be opened|may not be used)[.:] .*folder/);
  });

  test('make the folder: says what to do', async () => {
    const dir = folder();
    mine(dir);
    chmodSync(dir, 0o500);
    const path = join(dir, 'new', 'sidecar.db');
    expect((await spendAs(path))[0]).toBe(
      `Failure: The storage ${path} may not be used: permission denied. Make its file and folder writable for this user.`,
    );
  });
});

/** What is there now, of a file or a folder; null: nothing. */
function read(path: string): string | null {
  try {
    return statSync(path).isDirectory() ? 'a folder' : readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}
