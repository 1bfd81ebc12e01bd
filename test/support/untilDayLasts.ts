import { setTimeout } from 'node:timers/promises';

const dayMs = 86_400_000;

/** For what is counted by the day: waits for midnight (UTC) where that would come within so many seconds. */
export async function untilDayLasts(seconds: number): Promise<void> {
  const left = dayMs - (Date.now() % dayMs);
  if (left < seconds * 1000) await setTimeout(left + 10);
}
