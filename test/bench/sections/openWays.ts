import { startWay, type RunningWay } from '../processes/startWay.ts';
import type { Task } from '../processes/wayProcess.ts';
import type { Bench } from './section.ts';

/** What is compared: files of ways/. The order is that of the tables. */
export const comparedWays = ['bareHttp', 'providerPackage', 'streamText', 'portkey', 'typescriptSdk', 'leanHost'] as const;
/** What bounds it: without an upstream. */
export const limitWays = ['withoutProvider', 'pipeEcho', 'stockJsonRpc'] as const;
export type WayName = (typeof comparedWays)[number] | (typeof limitWays)[number];

export interface OpenWays extends AsyncDisposable {
  readonly names: readonly WayName[];
  /** Undefined, and a note: another project's program failed. A failure of ours is one. */
  run(name: WayName, task: Task): Promise<number[] | undefined>;
  serverId(name: WayName): number | undefined;
}

/** Those of other projects are left out where they are not installed. */
export async function openWays(wanted: readonly WayName[], bench: Bench): Promise<OpenWays> {
  const opened = new Map<WayName, RunningWay>();
  const close = async (): Promise<void> => {
    await Promise.all([...opened.values()].map((way) => way.stop()));
  };
  const failed = (name: WayName, task: string, error: unknown): void => {
    if (!isPeer(name)) throw error;
    bench.note(`\`${name}\`, ${task}: ${error instanceof Error ? error.message : String(error)}`);
  };
  for (const name of wanted) {
    if (isPeer(name) && !bench.hasPeers) continue;
    try {
      opened.set(name, await startWay(name, bench.settings, bench.env));
    } catch (error) {
      if (!isPeer(name)) await close();
      failed(name, 'start', error);
    }
  }
  return {
    names: [...opened.keys()],
    async run(name, task) {
      try {
        return await opened.get(name)!.run(task);
      } catch (error) {
        failed(name, task.what === 'streams' ? `${task.streams} streams` : task.what, error);
        return undefined;
      }
    },
    serverId: (name) => opened.get(name)!.serverId,
    [Symbol.asyncDispose]: close,
  };
}

function isPeer(name: WayName): boolean {
  return name === 'portkey' || name === 'streamText';
}
