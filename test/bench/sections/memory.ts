import { setTimeout } from 'node:timers/promises';
import { memoryOf } from '../../support/gone.ts';
import { interleave } from '../measure.ts';
import { startWay } from '../processes/startWay.ts';
import { untilQuiet } from '../processes/watch.ts';
import { startLeanHost, type LeanHost } from '../ways/leanHost.ts';
import { writeBareNode } from './cold.ts';
import type { Bench } from './section.ts';

/**
 * Resident MB, each of a fresh process. Idle: `memory/idle/bare`, a Node that answered one line; `memory/idle/sidecar`, and
 * `memory/idle/configured` with a provider. At most, with many paced streams: `memory/streams/leanHost` of the sidecar and
 * `memory/streams/providerPackage` of a host without one; `memory/added/leanHost`, the first less what the same process had
 * idle. At most, while a host that reads gets streams as fast as they go: `memory/reading`; one that does not: `memory/stalled`.
 */
export async function measureMemory(bench: Bench): Promise<void> {
  if (process.platform !== 'linux') return bench.note('Memory and CPU of other processes are measured on Linux alone.');
  const { sizes, dir, env, settings, record } = bench;
  const bare = await writeBareNode(dir);
  const configured = [...settings.command, '--config', settings.config];
  const idle = (name: string, command: readonly string[]) => async (): Promise<void> => {
    const host = startLeanHost(command, env);
    try {
      await host.initialize();
      await settle(host);
      record(`memory/idle/${name}`, memoryOf(host.child.pid!).now);
    } finally {
      await host.stop();
    }
  };
  const flooded = (name: string, reads: boolean) => async (): Promise<void> => {
    const host = startLeanHost(configured, env);
    try {
      await host.initialize();
      record(`memory/${name}`, await peakOfFlood(host, reads, sizes.stalled));
    } finally {
      await host.stop();
    }
  };
  await interleave(sizes.memoryRounds, {
    bare: idle('bare', [process.execPath, bare]),
    sidecar: idle('sidecar', settings.command),
    configured: idle('configured', configured),
    streams: () => peakOfStreams('leanHost', bench),
    inProcess: () => peakOfStreams('providerPackage', bench),
    reading: flooded('reading', true),
    stalled: flooded('stalled', false),
  });
}

async function peakOfStreams(name: 'leanHost' | 'providerPackage', { sizes, settings, env, record }: Bench): Promise<void> {
  const way = await startWay(name, settings, env);
  try {
    const processId = way.serverId ?? way.processId;
    await untilQuiet(processId);
    const before = memoryOf(processId).now;
    const chunks = Math.max(2, Math.round(sizes.paced.seconds * 10));
    await way.run({ what: 'streams', prompt: `${chunks} 100`, streams: sizes.paced.streams, characters: 5 * chunks });
    const { peak } = memoryOf(processId);
    record(`memory/streams/${name}`, peak);
    record(`memory/added/${name}`, peak - before);
  } finally {
    await way.stop();
  }
}

/** Fails unless the host gets all of it in the end. */
async function peakOfFlood(host: LeanHost, reads: boolean, { streams, chunks }: { streams: number; chunks: number }): Promise<number> {
  const counted = async (): Promise<number> => {
    let characters = 0;
    await host.stream({ model: 'm', prompt: `${chunks}` }, (text) => (characters += text.length));
    return characters;
  };
  if (!reads) host.child.stdout!.pause();
  const all = Promise.all(Array.from({ length: streams }, counted));
  all.catch(() => {});
  if (!reads) await untilQuiet(host.child.pid!);
  const stalled = memoryOf(host.child.pid!).peak;
  host.child.stdout!.resume();
  const counts = await all;
  const wrong = counts.find((characters) => characters !== 5 * chunks);
  if (wrong !== undefined) throw new Error(`${wrong} characters arrived, not ${5 * chunks}`);
  return reads ? memoryOf(host.child.pid!).peak : stalled;
}

/** Until what is loaded after the handshake is loaded. */
async function settle(host: LeanHost): Promise<void> {
  await setTimeout(500);
  await untilQuiet(host.child.pid!);
}
