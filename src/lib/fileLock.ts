import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { open, readlink, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from './failure.ts';

/** Throws a Failure when the lock was taken from this process meanwhile, because it seemed to be dead. */
type CheckHeld = () => Promise<void>;

/**
 * Runs while `<path>.lock` exists and is ours: one at a time, of all processes that go by it. One whose owner has died, or that
 * is too old, is taken over. Waits `patienceMs` at most, then throws a Failure that says what may be deleted.
 */
export async function withFileLock<T>(
  path: string,
  run: (checkHeld: CheckHeld) => Promise<T>,
  { patienceMs = 10_000 }: { patienceMs?: number } = {},
): Promise<T> {
  const lock = `${path}.lock`;
  const id = await acquire(lock, patienceMs);
  const isHeld = async (): Promise<boolean> => (await look(lock))?.id === id;
  const checkHeld = async (): Promise<void> => {
    if (!(await isHeld())) throw busy(lock);
  };
  try {
    return await run(checkHeld);
  } finally {
    if (await isHeld()) await unlinkIfThere(lock);
  }
}

/** What is done under the lock takes milliseconds. */
const staleMs = 30_000;
/** Between the making of a lock and its text there is nothing. */
const staleUnwrittenMs = 1000;

async function acquire(lock: string, patienceMs: number): Promise<string> {
  const machine = await thisMachine();
  const id = randomUUID();
  const own: Own = { machine, text: `${id} ${process.pid} ${machine}` };
  const end = Date.now() + patienceMs;
  while (!(await create(lock, own.text))) {
    await removeIfStale(lock, own);
    if (Date.now() > end) throw busy(lock);
    // Soon again: between two turns of a busy process the lock is free for less than a millisecond.
    await pause(1 + Math.random() * 4);
  }
  return id;
}

interface Own {
  readonly machine: string;
  readonly text: string;
}

interface Seen {
  /** Of this lock, and of no other that comes later in its place. */
  readonly id: string;
  /** 0: not written yet, or never. */
  readonly pid: number;
  readonly machine: string;
  readonly writtenAtMs: number;
}

/** Within which process ids mean something: containers often share a host name and a folder, and count for themselves. */
async function thisMachine(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${hostname()} ${namespace}`.trim();
}

function isStale({ pid, machine, writtenAtMs }: Seen, here: string, nowMs: number): boolean {
  return nowMs - writtenAtMs > (pid === 0 ? staleUnwrittenMs : staleMs) || (pid !== 0 && machine === here && !isAlive(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/**
 * The one who makes a file for this very lock may remove it, if it is still there: else the slower of two, who both saw it
 * stale, would remove the lock of the faster one. That file is a lock as well.
 */
async function removeIfStale(lock: string, own: Own): Promise<void> {
  const seen = await look(lock);
  if (seen === null || !isStale(seen, own.machine, Date.now())) return;
  const permit = `${lock}.${seen.id}`;
  if (!(await create(permit, own.text))) return removeIfStale(permit, own);
  try {
    // The times of files are of the machine that keeps them, whose clock may be another.
    const { mtimeMs } = await stat(permit);
    if ((await look(lock))?.id === seen.id && isStale(seen, own.machine, mtimeMs)) await unlinkIfThere(lock);
  } finally {
    await unlinkIfThere(permit);
  }
}

/** false: there is one. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    // At once: a process that is killed in between leaves a lock that nobody has.
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes(codeOf(error))) await unlinkIfThere(path);
    throw error;
  }
}

/** null: there is none. */
async function look(lock: string): Promise<Seen | null> {
  try {
    await using file = await open(lock);
    const { ino, mtimeMs } = await file.stat();
    const [, id = String(ino), pid = 0, machine = ''] = /^([\w-]+) (\d+) (.*)$/.exec(await file.readFile('utf8')) ?? [];
    return { id, pid: Number(pid), machine, writtenAtMs: mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}

function busy(lock: string): Failure {
  return new Failure(
    'secretsUnavailable',
    `Another process is changing the same file. Try again; if there is none, delete ${lock}. Nothing was changed.`,
    { retryable: true },
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
