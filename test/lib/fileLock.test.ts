import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { withFileLock } from '../../src/lib/fileLock.ts';
import { Failure } from '../../src/lib/failure.ts';

const otherId = '8f14e45f-0000-4000-8000-000000000000';
let folder = '';
let path = '';
beforeEach(() => {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'llm-sidecar-lock-')));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  folder = made;
  path = join(folder, 'file');
});

test('one at a time, in one process as well', async () => {
  let inside = 0;
  const most: number[] = [];
  const one = async (): Promise<void> =>
    withFileLock(path, async () => {
      most.push(++inside);
      await new Promise(setImmediate);
      inside--;
    });
  await Promise.all(Array.from({ length: 20 }, one));
  expect(most).toEqual(Array.from({ length: 20 }, () => 1));
  expect(readdirSync(folder)).toEqual([]);
});

test('the result or the error of what runs, and the lock is gone', async () => {
  expect(await withFileLock(path, async () => readdirSync(folder))).toEqual(['file.lock']);
  await expect(withFileLock(path, async () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  expect(readdirSync(folder)).toEqual([]);
});

test.each<[what: string, text: string]>([
  ['one of this process', `${otherId} ${process.pid} ${machine()}`],
  ['one of another machine, whose processes are not to be seen from here', `${otherId} 1 elsewhere`],
])('a lock that is held is waited for: %s', async (_, text) => {
  writeFileSync(`${path}.lock`, text);
  const error: unknown = await withFileLock(path, async () => 'ran', { patienceMs: 100 }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Failure);
  expect(error).toMatchObject({
    kind: 'secretsUnavailable',
    detail: { retryable: true },
    message: `Another process is changing the same file. Try again; if there is none, delete ${path}.lock. Nothing was changed.`,
  });
  expect(readFileSync(`${path}.lock`, 'utf8')).toBe(text);
  const waiting = withFileLock(path, async () => 'ran');
  rmSync(`${path}.lock`);
  expect(await waiting).toBe('ran');
});

test.each<[what: string, text: string, ageSeconds: number]>([
  ['half a minute old, of another machine', `${otherId} 1 elsewhere`, 31],
  ['half a minute old, of a process that is alive', `${otherId} ${process.pid} ${machine()}`, 31],
  ['of a process that is dead', `${otherId} 2147483646 ${machine()}`, 0],
  ['never written', '', 2],
])('a stale one is taken over: %s', async (_, text, ageSeconds) => {
  writeFileSync(`${path}.lock`, text);
  const then = Date.now() / 1000 - ageSeconds;
  utimesSync(`${path}.lock`, then, then);
  expect(await withFileLock(path, async () => 'ran', { patienceMs: 30_000 })).toBe('ran');
  expect(readdirSync(folder)).toEqual([]);
});

test('one who died while he took over a stale lock is no obstacle', async () => {
  const dead = `2147483646 ${machine()}`;
  writeFileSync(`${path}.lock`, `${otherId} ${dead}`);
  writeFileSync(`${path}.lock.${otherId}`, `9f14e45f-0000-4000-8000-000000000000 ${dead}`);
  expect(await withFileLock(path, async () => 'ran', { patienceMs: 30_000 })).toBe('ran');
  expect(readdirSync(folder)).toEqual([]);
});

test('the one whose lock was taken is told, and leaves the new one alone', async () => {
  const other = `${otherId} 1 elsewhere`;
  const run = withFileLock(path, async (checkHeld) => {
    await checkHeld();
    writeFileSync(`${path}.lock`, other);
    await checkHeld();
  });
  await expect(run).rejects.toThrow('Another process is changing the same file.');
  expect(readFileSync(`${path}.lock`, 'utf8')).toBe(other);
});

/** As the lock has it. */
function machine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
