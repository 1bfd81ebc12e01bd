import { timed, timedUntil } from '../measure.ts';
import type { OpenWay, WaySettings } from '../ways/way.ts';

/** What the bench asks of the process of a way. `prompt` is what upstream.ts understands. */
export type Task =
  /** Milliseconds to the first text, one after another. */
  | { readonly what: 'first'; readonly prompt: string; readonly times: number }
  /** Milliseconds of whole prompts, one after another. */
  | { readonly what: 'whole'; readonly prompt: string; readonly times: number }
  /** Milliseconds of all, and of the CPU of this process; fails unless every stream had so many characters. */
  | { readonly what: 'streams'; readonly prompt: string; readonly streams: number; readonly characters: number }
  | { readonly what: 'stop' };

/** `values` are milliseconds. */
export type Answer = { readonly values: number[]; readonly serverId?: number | undefined } | { readonly failed: string };

// Started by startWay.ts, with the name of the way and its settings.
const [, , name, settings] = process.argv;
const { openWay } = (await import(`../ways/${name}.ts`)) as { openWay: OpenWay };
const way = await openWay(JSON.parse(settings!) as WaySettings);

const answer = (message: Answer): void => void process.send?.(message);
process.once('disconnect', () => process.exit());
process.on('message', (task: Task) => {
  run(task).then(
    (values) => answer({ values }),
    (error: unknown) => answer({ failed: String(error) }),
  );
});
answer({ values: [], serverId: way.serverId });

async function run(task: Task): Promise<number[]> {
  switch (task.what) {
    case 'first':
      return repeat(task.times, () => timedUntil((now) => way.stream(task.prompt, now)));
    case 'whole':
      return repeat(task.times, () => timed(() => way.whole(task.prompt)));
    case 'streams': {
      const before = process.cpuUsage();
      // All of them end before the first failure is told: what still runs would be part of the next task.
      const ends: PromiseSettledResult<void>[] = [];
      const took = await timed(async () => {
        ends.push(...(await Promise.allSettled(Array.from({ length: task.streams }, () => read(task.prompt, task.characters)))));
      });
      const { user, system } = process.cpuUsage(before);
      const failed = ends.filter((end) => end.status === 'rejected');
      if (failed.length > 0) throw new Error(`${failed.length} of ${task.streams} streams failed: ${String(failed[0]!.reason)}`);
      return [took, (user + system) / 1000];
    }
    case 'stop':
      await way.stop?.();
      setImmediate(() => process.disconnect());
      return [];
  }
}

async function read(prompt: string, characters: number): Promise<void> {
  let read = 0;
  await way.stream(prompt, (text) => (read += text.length));
  if (read !== characters) throw new Error(`${read} characters arrived, not ${characters}`);
}

async function repeat(times: number, run: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let time = 0; time < times; time += 1) values.push(await run());
  return values;
}
