import { interleave } from '../measure.ts';
import { comparedWays, limitWays, openWays, type WayName } from './openWays.ts';
import type { Bench } from './section.ts';

/** Milliseconds to the first delta and of a whole unstreamed prompt, one prompt after another: `first/WAY`, `whole/WAY`. */
export async function measureFirst(bench: Bench): Promise<void> {
  const { rounds, latencyPrompts } = bench.sizes;
  await using ways = await openWays([...comparedWays, ...limitWays], bench);
  const tasks = {
    first: { what: 'first', prompt: '3 1', times: batch },
    whole: { what: 'whole', prompt: '1', times: batch },
  } as const;
  const run = (name: WayName, keep: boolean) => async (): Promise<void> => {
    for (const what of ['first', 'whole'] as const) {
      const values = await ways.run(name, tasks[what]);
      if (keep && values !== undefined) bench.record(`${what}/${name}`, ...values);
    }
  };
  const all = (keep: boolean) => Object.fromEntries(ways.names.map((name) => [name, run(name, keep)]));
  const batches = Math.max(1, Math.ceil(latencyPrompts / batch));
  await interleave(batches, all(false));
  await interleave(rounds * batches, all(true));
}

/** Prompts before it is another's turn. */
const batch = 10;
