import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startLeanHost, type LeanHost } from './leanHost.ts';
import { interleave, median, quantile, timedUntil } from './measure.ts';

export interface StorageBench {
  readonly rounds: number;
  /** For configurations and databases. */
  readonly dir: string;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly initialize: object;
}

/** A hundred words, each a delta. */
const prompt = { model: 'echo', prompt: JSON.stringify({ raw: 'word '.repeat(100) }) };
const promptsOfABatch = 100;

const base = 'prices: { echo: { input: 1, output: 4 } }\n';
const configs = {
  without: '',
  history: 'history: true\n',
  content: 'history: { content: true }\n',
  budget: 'budgets: [{ name: all, limit_usd: 1000000, per: day }, { name: each, each: model, limit_usd: 1000000, per: month }]\n',
};
type Name = keyof typeof configs;
const names = Object.keys(configs) as Name[];

/**
 * What rows in SQLite cost a prompt to `echo` of a hundred deltas: CPU and the time to its first delta, against the same
 * sidecar that keeps nothing, in turn within one run. CPU of Linux alone.
 */
export async function measureStorage({ rounds, dir, command, env, initialize }: StorageBench) {
  const hosts = {} as Record<Name, LeanHost>;
  for (const name of names) {
    const path = join(dir, `${name}.yaml`);
    const storage = name === 'without' ? '' : `storage: ${JSON.stringify(join(dir, `${name}.db`))}\nconversations: memory\n`;
    await writeFile(path, `${base}${storage}${configs[name]}`);
    hosts[name] = startLeanHost([...command, '--config', path], env);
    const { error } = await hosts[name].request('initialize', initialize);
    if (error !== undefined) throw new Error(error.message);
    for (let times = 0; times < 2 * promptsOfABatch; times += 1) await hosts[name].stream(prompt);
  }
  const firstDeltas = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const batch = (name: Name) => async (): Promise<number> => {
    const before = cpuOf(hosts[name]);
    for (let times = 0; times < promptsOfABatch; times += 1) {
      firstDeltas[name].push(await timedUntil((now) => hosts[name].stream(prompt, now)));
    }
    return ((cpuOf(hosts[name]) - before) * 1000) / promptsOfABatch;
  };
  const cpu = await interleave(rounds, Object.fromEntries(names.map((name) => [name, batch(name)])) as Record<Name, () => Promise<number>>);
  await Promise.all(names.map(async (name) => hosts[name].stop()));
  const of = (name: Name) => ({
    cpuMicroseconds: Math.round(median(cpu[name])),
    cpuRatio: rounded(median(cpu[name].map((value, round) => value / cpu.without[round]!)), 2),
    firstDeltaMs: { p50: rounded(median(firstDeltas[name]), 3), p99: rounded(quantile(firstDeltas[name], 0.99), 3) },
  });
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, ReturnType<typeof of>>;
}

/** Milliseconds so far. */
function cpuOf({ child }: LeanHost): number {
  if (process.platform !== 'linux') return Number.NaN;
  // Of the fields behind the name, the 12th and 13th count ticks of 10 ms; `sched` of a scheduler would be finer and is not everywhere.
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
