import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interleave, timed, timedUntil } from '../measure.ts';
import { cpuOf } from '../processes/watch.ts';
import { startLeanHost, type LeanHost } from '../ways/leanHost.ts';
import type { Bench } from './section.ts';

const prices = 'prices: { echo: { input: 1, output: 4 }, m: { input: 1, output: 4 } }\n';
const budgets = 'budgets: [{ name: all, limit_usd: 1000000, per: day }, { name: each, each: model, limit_usd: 1000000, per: month }]\n';
/** What is kept, by the name of the measurements. */
export const storageKinds = {
  nothing: '',
  history: 'history: true\n',
  content: 'history: { content: true }\n',
  budgets,
  both: `history: true\n${budgets}`,
} as const;
export type StorageKind = keyof typeof storageKinds;
const kinds = Object.keys(storageKinds) as StorageKind[];

/** A hundred deltas: from the upstream, and made up. */
const prompts = {
  m: { model: 'm', prompt: '100' },
  echo: { model: 'echo', prompt: JSON.stringify({ raw: 'word '.repeat(100) }) },
} as const;
type ModelName = keyof typeof prompts;
const models = Object.keys(prompts) as ModelName[];

/**
 * What rows in SQLite cost a prompt: the same sidecar that keeps nothing, history, its content, budgets, or history and
 * budgets. Microseconds of CPU a prompt of a hundred deltas `storage/cpu/MODEL/KIND`; milliseconds to its first delta
 * `storage/first/MODEL/KIND` and of an unstreamed one `storage/whole/MODEL/KIND`.
 */
export async function measureStorage({ sizes, dir, env, settings, record, say }: Bench): Promise<void> {
  const hosts = new Map<StorageKind, LeanHost>();
  const base = await readFile(settings.config, 'utf8');
  const batch = async (kind: StorageKind, model: ModelName, keep: boolean): Promise<void> => {
    const host = hosts.get(kind)!;
    const before = cpuOf(host.child.pid!);
    const first: number[] = [];
    for (let times = 0; times < sizes.storagePrompts; times += 1) {
      first.push(await timedUntil((now) => host.stream(prompts[model], now)));
    }
    const cpu = ((cpuOf(host.child.pid!) - before) * 1000) / sizes.storagePrompts;
    const whole: number[] = [];
    for (let times = 0; times < sizes.storagePrompts / 4; times += 1) whole.push(await timed(() => host.whole(prompts[model])));
    if (!keep) return;
    record(`storage/cpu/${model}/${kind}`, cpu);
    record(`storage/first/${model}/${kind}`, ...first);
    record(`storage/whole/${model}/${kind}`, ...whole);
  };
  const all = (model: ModelName, keep: boolean) => Object.fromEntries(kinds.map((kind) => [kind, () => batch(kind, model, keep)]));
  try {
    for (const kind of kinds) {
      const path = join(dir, `storage-${kind}.yaml`);
      const storage = kind === 'nothing' ? '' : `storage: ${JSON.stringify(join(dir, 'data', `${kind}.db`))}\nconversations: memory\n`;
      await writeFile(path, `${base}${prices}${storage}${storageKinds[kind]}`);
      const host = startLeanHost([...settings.command, '--config', path], env);
      hosts.set(kind, host);
      await host.initialize();
    }
    for (const model of models) {
      say(`  ${model}`);
      await interleave(2, all(model, false));
      await interleave(sizes.rounds, all(model, true));
    }
  } finally {
    await Promise.all([...hosts.values()].map((host) => host.stop()));
  }
}
