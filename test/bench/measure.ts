/**
 * Runs each of the named measurements once a round, so that what the machine does beside hits all alike. Each round begins
 * with another one.
 */
export async function interleave(rounds: number, runs: Readonly<Record<string, () => Promise<void>>>): Promise<void> {
  const all = Object.values(runs);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < all.length; turn += 1) await all[(round + turn) % all.length]!();
  }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Milliseconds. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

/** Milliseconds until the callback is called for the first time. Waits for the end. */
export async function timedUntil(run: (now: () => void) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  let at: number | undefined;
  await run(() => (at ??= performance.now()));
  if (at === undefined) throw new Error('it ended without what was waited for');
  return at - started;
}
