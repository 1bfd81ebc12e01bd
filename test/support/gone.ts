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

/** What a process holds in memory, in MB: now, and at most so far. Linux alone can tell. */
export function memoryOf(processId: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}
