import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Resolves with the milliseconds until no process has this id (a zombie that nobody has waited for counts as gone). */
export async function untilGone(processId: number, timeoutMs = 30_000): Promise<number> {
  const started = performance.now();
  while (isRunning(processId)) {
    if (performance.now() - started > timeoutMs) throw new Error(`process ${processId} is still there after ${timeoutMs} ms`);
    await setTimeout(20);
  }
  return performance.now() - started;
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${processId}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** The children a process has now. Linux alone can tell; elsewhere none are known. */
export function childrenOf(processId: number): string {
  try {
    return readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8').trim();
  } catch {
    return '';
  }
}

/**
 * Resolves when a process that has much to say gets rid of nothing any more, since nobody reads it: it has been so for longer than
 * any process waits for a processor. Linux alone can tell.
 */
export async function untilOutputIsFull(processId: number): Promise<void> {
  if (process.platform !== 'linux') return setTimeout(3000);
  const written = (): number => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${processId}/io`, 'utf8'))?.[1]);
  for (let [before, since] = [written(), performance.now()]; performance.now() - since < 1500; await setTimeout(50)) {
    const now = written();
    // Its threads wake each other with a few bytes, which are counted, too.
    if (now > before + 1000) [before, since] = [now, performance.now()];
  }
}

/** What a process holds in memory, in MB: now, and at most so far. Linux alone can tell. */
export function memoryOf(processId: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}
