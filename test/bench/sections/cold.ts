import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interleave, timedUntil } from '../measure.ts';
import { startLeanHost } from '../ways/leanHost.ts';
import type { Bench } from './section.ts';

/**
 * Milliseconds from the spawn: `cold/bare`, a Node that answers one line on its pipes; `cold/initialize`, the sidecar's answer
 * to it, and `cold/configured` with a configuration; `cold/echo`, the first delta of a prompt to `echo`;
 * `cold/firstPrompt`, an unstreamed prompt to a provider, which nothing was asked before.
 */
export async function measureCold({ sizes, dir, env, settings, record }: Bench): Promise<void> {
  const { command, config } = settings;
  const bare = await writeBareNode(dir);
  const started = (run: (host: ReturnType<typeof startLeanHost>, now: () => void) => Promise<void>, ...args: string[]) =>
    timedHost([...command, ...args], env, run);
  const runs = {
    bare: () => timedHost([process.execPath, bare], env, async (host, now) => host.initialize().then(now)),
    initialize: () => started(async (host, now) => host.initialize().then(now)),
    configured: () => started(async (host, now) => host.initialize().then(now), '--config', config),
    echo: () =>
      started(async (host, now) => {
        await host.initialize();
        await host.stream({ model: 'echo', prompt: 'Hello' }, now);
      }),
    firstPrompt: () =>
      started(
        async (host, now) => {
          await host.initialize();
          await host.whole({ model: 'm', prompt: '1' });
          now();
        },
        '--config',
        config,
      ),
  };
  const all = (keep: boolean) =>
    Object.fromEntries(
      Object.entries(runs).map(([name, run]) => [
        name,
        async () => {
          const took = await run();
          if (keep) record(`cold/${name}`, took);
        },
      ]),
    );
  // Once for the compile cache and the disk.
  await interleave(1, all(false));
  await interleave(sizes.rounds * sizes.starts, all(true));
}

/** The program of a Node that does nothing but answer on its pipes. */
export async function writeBareNode(dir: string): Promise<string> {
  const path = join(dir, 'bare.cjs');
  await writeFile(path, `process.stdin.on('data', () => process.stdout.write('{"jsonrpc":"2.0","id":1,"result":{}}\\n'));\n`);
  return path;
}

async function timedHost(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  run: (host: ReturnType<typeof startLeanHost>, now: () => void) => Promise<void>,
): Promise<number> {
  let stop: (() => Promise<void>) | undefined;
  try {
    return await timedUntil(async (now) => {
      const host = startLeanHost(command, env);
      stop = host.stop;
      await run(host, now);
    });
  } finally {
    await stop?.();
  }
}
