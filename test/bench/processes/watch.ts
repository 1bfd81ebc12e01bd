import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds of CPU that a process has used so far, all threads. Linux alone can tell: elsewhere NaN. */
export function cpuOf(processId: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  return sumOfThreads(processId) ?? ticksOf(processId);
}

/** Waits until a process hardly works any more. */
export async function untilQuiet(processId: number, timeoutMs = 20_000): Promise<void> {
  const started = performance.now();
  const stepMs = 250;
  for (let before = cpuOf(processId); performance.now() - started < timeoutMs;) {
    await setTimeout(stepMs);
    const now = cpuOf(processId);
    if (!(now - before > stepMs * 0.02)) return;
    before = now;
  }
}

/** Exact, where the scheduler keeps statistics. */
function sumOfThreads(processId: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${processId}/task`);
    const nanoseconds = threads.map((thread) => Number(readFileSync(`/proc/${processId}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
    return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
  } catch {
    return undefined;
  }
}

/** Of the fields behind the name, the 12th and 13th count ticks of 10 ms. */
function ticksOf(processId: number): number {
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
