import { interleave } from '../measure.ts';
import { cpuOf } from '../processes/watch.ts';
import { comparedWays, limitWays, openWays, type OpenWays, type WayName } from './openWays.ts';
import type { Bench } from './section.ts';

/**
 * As fast as it goes, with few and many streams: deltas a second `perSecond/STREAMS/WAY`. And many streams at the pace of
 * people's models: `kept/WAY`, the share of that pace. Of both, microseconds of CPU a delta: `cpu/STREAMS/WAY` of the process
 * of the host and `serverCpu/STREAMS/WAY` of the one beside it, where STREAMS is `paced` for the second.
 */
export async function measureThroughput(bench: Bench): Promise<void> {
  const { rounds, chunks, streams, paced } = bench.sizes;
  await using ways = await openWays([...comparedWays, ...limitWays], bench);
  for (const count of streams) {
    bench.say(`  ${count} streams`);
    const each = Math.max(1, Math.round(chunks / count));
    const flood = (name: WayName, keep: boolean) => async (): Promise<void> => {
      const measured = await measureStreams(ways, name, { streams: count, chunks: each, prompt: `${each}` });
      if (!keep || measured === undefined) return;
      bench.record(`perSecond/${count}/${name}`, (count * each * 1000) / measured.milliseconds);
      bench.record(`cpu/${count}/${name}`, measured.cpu);
      bench.record(`serverCpu/${count}/${name}`, measured.serverCpu);
    };
    await interleave(1, Object.fromEntries(ways.names.map((name) => [name, flood(name, false)])));
    await interleave(rounds, Object.fromEntries(ways.names.map((name) => [name, flood(name, true)])));
  }
  bench.say(`  ${paced.streams} streams, ten deltas a second each`);
  const each = Math.max(2, Math.round(paced.seconds * 10));
  const pace = (name: WayName) => async (): Promise<void> => {
    const measured = await measureStreams(ways, name, { streams: paced.streams, chunks: each, prompt: `${each} 100` });
    if (measured === undefined) return;
    bench.record(`kept/${name}`, (each * 100) / measured.milliseconds);
    bench.record(`cpu/paced/${name}`, measured.cpu);
    bench.record(`serverCpu/paced/${name}`, measured.serverCpu);
  };
  const compared = ways.names.filter((name) => (comparedWays as readonly string[]).includes(name));
  await interleave(paced.rounds, Object.fromEntries(compared.map((name) => [name, pace(name)])));
}

interface Measured {
  readonly milliseconds: number;
  /** Microseconds a delta. */
  readonly cpu: number;
  /** NaN: there is no other process. */
  readonly serverCpu: number;
}

async function measureStreams(
  ways: OpenWays,
  name: WayName,
  { streams, chunks, prompt }: { streams: number; chunks: number; prompt: string },
): Promise<Measured | undefined> {
  const serverId = ways.serverId(name);
  const before = serverId === undefined ? Number.NaN : cpuOf(serverId);
  const values = await ways.run(name, { what: 'streams', prompt, streams, characters: 5 * chunks });
  if (values === undefined) return undefined;
  const [milliseconds, cpu] = values as [number, number];
  const server = serverId === undefined ? Number.NaN : cpuOf(serverId) - before;
  const each = 1000 / (streams * chunks);
  return { milliseconds, cpu: cpu * each, serverCpu: server * each };
}
