import { mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../support/removeFolder.ts';
import { cleanEnv } from '../support/sidecar.ts';
import { installPeers, peersFolder } from './peers.ts';
import { startUpstream } from './processes/startUpstream.ts';
import type { Report } from './report/report.ts';
import { measureCold } from './sections/cold.ts';
import { measureFirst } from './sections/first.ts';
import { measureMemory } from './sections/memory.ts';
import { measureReaders } from './sections/readers.ts';
import { measureReload } from './sections/reload.ts';
import type { Bench } from './sections/section.ts';
import { measureStorage } from './sections/storage.ts';
import { measureThroughput } from './sections/throughput.ts';
import type { Sizes } from './sizes.ts';

/** In the order in which they run. */
export const sections = {
  cold: measureCold,
  first: measureFirst,
  throughput: measureThroughput,
  memory: measureMemory,
  storage: measureStorage,
  reload: measureReload,
  readers: measureReaders,
} as const satisfies Record<string, (bench: Bench) => Promise<void>>;

export type SectionName = keyof typeof sections;

export interface BenchOptions {
  readonly sizes: Sizes;
  readonly only: readonly SectionName[];
  /** Runs the sidecar: Node and its program. */
  readonly command: readonly string[];
  /** Whether packages that are compared with may be installed and measured. */
  readonly withPeers: boolean;
  /** Hears what is going on. */
  readonly say: (text: string) => void;
}

/** Everything in one run. What it started has ended when it is done. */
export async function runBench({ sizes, only, command, withPeers, say }: BenchOptions): Promise<Report> {
  const started = new Date();
  const peers = withPeers && only.some((name) => name === 'first' || name === 'throughput') ? await installPeers(say) : undefined;
  const dir = await mkdtemp(join(tmpdir(), 'llm-sidecar-bench-'));
  const removeDir = (): void => removeFolder(dir);
  process.once('exit', removeDir);
  const upstream = await startUpstream();
  const values: Record<string, number[]> = {};
  const notes = new Set<string>();
  const config = join(dir, 'config.yaml');
  await writeFile(config, configOf(upstream.port));
  const bench: Bench = {
    sizes,
    dir,
    env: cleanEnv(dir),
    settings: { port: upstream.port, peers: peersFolder, command, config },
    hasPeers: peers !== undefined,
    record: (name, ...measured) => void (values[name] ??= []).push(...measured.filter(Number.isFinite).map(round)),
    note: (text) => void notes.add(text),
    say,
  };
  try {
    for (const name of Object.keys(sections) as SectionName[]) {
      if (!only.includes(name)) continue;
      say(`${name} …`);
      await sections[name](bench);
    }
  } finally {
    upstream.stop();
    removeDir();
    process.removeListener('exit', removeDir);
  }
  const seconds = Math.round((Date.now() - started.getTime()) / 1000);
  return {
    day: started.toISOString().slice(0, 10),
    node: process.versions.node,
    machine: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? process.arch}, ${process.platform}`,
    seconds,
    rounds: sizes.rounds,
    latencyPrompts: sizes.rounds * sizes.latencyPrompts,
    chunks: sizes.chunks,
    peers: peers ?? {},
    notes: [...notes],
    values,
  };
}

/** What every sidecar of the bench has: the upstream as the model `m`. */
export function configOf(port: number): string {
  const provider = `{ type: openai-compatible, base_url: "http://127.0.0.1:${port}/v1", models: [{ id: m }] }`;
  return `providers: { local: ${provider} }\ntest_models: true\nlimits: { max_concurrent_prompts: 2000 }\n`;
}

/** Three digits are more than is repeated by the next run. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
