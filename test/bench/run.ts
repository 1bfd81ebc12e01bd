import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { memoryOf } from '../support/gone.ts';
import { cleanEnv } from '../support/sidecar.ts';
import { createBareHttp } from './bareHttp.ts';
import { startLeanHost } from './leanHost.ts';
import { interleave, median, quantile, timed, timedUntil } from './measure.ts';
import { measureStorage } from './storageOverhead.ts';

/**
 * `npm run bench [-- --rounds=N --json]`: what the sidecar costs, against the same without it, interleaved in one run.
 * Take the ratios; the times are this machine's. Needs `npm run build`.
 */
const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, json: { type: 'boolean', default: false } } });
const rounds = Number(flags.rounds);
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
if (!existsSync(main)) throw new Error('There is no dist/main.js: run npm run build first.');

const dir = await mkdtemp(join(tmpdir(), 'llm-sidecar-bench-'));
const upstream = spawn(process.execPath, [fileURLToPath(new URL('upstream.ts', import.meta.url))], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [printed] = (await once(upstream.stdout, 'data')) as [Buffer];
const port = Number(printed);
const configPath = join(dir, 'config.yaml');
await writeFile(
  configPath,
  `providers: { local: { type: openai-compatible, base_url: "http://127.0.0.1:${port}/v1", models: [{ id: m }] } }\ntest_models: true\nlimits: { max_concurrent_prompts: 2000 }\n`,
);
const barePath = join(dir, 'bare.cjs');
await writeFile(barePath, 'process.stdin.once("data", () => process.stdout.write(\'{"jsonrpc":"2.0","id":1,"result":{}}\\n\'));');
const env = cleanEnv(dir) as NodeJS.ProcessEnv;
const initialize = { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'bench', version: '0' }, capabilities: {} };
const sidecarCommand = [process.execPath, main, '--config', configPath];

const start = async (command: readonly string[]): Promise<number> => {
  const host = startLeanHost(command, env);
  const took = await timed(() => host.request('initialize', initialize));
  await host.stop();
  return took;
};
const say = (text: string): void => void process.stderr.write(`${text}\n`);

try {
  say('start-up …');
  const emptyCommand = [process.execPath, main];
  const startUp = await interleave(rounds * 3, {
    bare: () => start([process.execPath, barePath]),
    sidecar: () => start(emptyCommand),
    withConfig: () => start(sidecarCommand),
  });

  const host = startLeanHost(sidecarCommand, env);
  const { error } = await host.request('initialize', initialize);
  if (error !== undefined) throw new Error(error.message);
  const bare = createBareHttp(port);
  const prompt = { model: 'm', prompt: '1' };
  const firstPrompt = await timed(() => host.request('llm/prompt', prompt));

  say('latency …');
  for (let times = 0; times < 50; times += 1)
    await Promise.all([host.request('llm/prompt', prompt), bare.whole('1'), host.stream(prompt), bare.stream('1')]);
  const latency = await interleave(rounds * 40, {
    bareFirst: () => timedUntil((now) => bare.stream('3 1', now)),
    sidecarFirst: () => timedUntil((now) => host.stream({ model: 'm', prompt: '3 1' }, now)),
    bareWhole: () => timed(() => bare.whole('1')),
    sidecarWhole: () => timed(() => host.request('llm/prompt', prompt)),
    sidecarEcho: () => timed(() => host.request('llm/prompt', { model: 'echo', prompt: '1' })),
    ping: () => timed(() => host.request('ping', {})),
  });

  say('throughput …');
  const perSecond = async (streams: number, chunks: number, run: () => Promise<unknown>): Promise<number> => {
    const took = await timed(() => Promise.all(Array.from({ length: streams }, run)));
    return (streams * chunks * 1000) / took;
  };
  const shapes = [
    { streams: 1, chunks: 30_000 },
    { streams: 100, chunks: 300 },
    { streams: 1000, chunks: 30 },
  ];
  const throughput = [];
  for (const { streams, chunks } of shapes) {
    const expected = 'word '.repeat(chunks).length;
    const streamed = async (params: object, length?: number): Promise<void> => {
      const text = await host.stream(params);
      if (length !== undefined && text.length !== length) throw new Error(`${text.length} characters arrived, not ${length}`);
    };
    const values = await interleave(rounds, {
      bare: () => perSecond(streams, chunks, () => bare.stream(`${chunks}`)),
      sidecar: () => perSecond(streams, chunks, () => streamed({ model: 'm', prompt: `${chunks}` }, expected)),
      withoutProvider: () => perSecond(streams, chunks, () => streamed({ model: 'test-fast', prompt: 'x', options: { chunks } })),
    });
    const [ofBare, ofSidecar, without] = [median(values.bare), median(values.sidecar), median(values.withoutProvider)];
    throughput.push({
      streams,
      bare: Math.round(ofBare),
      sidecar: Math.round(ofSidecar),
      ratio: round(ofSidecar / ofBare, 3),
      withoutProvider: Math.round(without),
    });
  }
  const memory = process.platform === 'linux' ? memoryOf(host.child.pid!) : undefined;
  await host.stop();

  say('storage …');
  const storage = await measureStorage({ rounds: rounds * 2, dir, command: [process.execPath, main], env, initialize });

  const report = {
    node: process.versions.node,
    rounds,
    startUpMs: {
      bareNode: round(median(startUp.bare)),
      sidecar: round(median(startUp.sidecar)),
      ratio: round(median(startUp.sidecar) / median(startUp.bare), 2),
      withConfig: round(median(startUp.withConfig)),
    },
    firstPromptMs: round(firstPrompt),
    firstDeltaMs: {
      bare: { p50: round(median(latency.bareFirst), 3), p99: round(quantile(latency.bareFirst, 0.99), 3) },
      sidecar: { p50: round(median(latency.sidecarFirst), 3), p99: round(quantile(latency.sidecarFirst, 0.99), 3) },
      added: round(median(latency.sidecarFirst) - median(latency.bareFirst), 3),
    },
    unstreamedMs: {
      bare: round(median(latency.bareWhole), 3),
      sidecar: round(median(latency.sidecarWhole), 3),
      addedMicroseconds: Math.round((median(latency.sidecarWhole) - median(latency.bareWhole)) * 1000),
      echo: round(median(latency.sidecarEcho), 3),
      ping: round(median(latency.ping), 3),
    },
    chunksPerSecond: throughput,
    storage,
    ...(memory === undefined ? {} : { memoryMb: { now: Math.round(memory.now), peak: Math.round(memory.peak) } }),
  };
  console.log(flags.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
} finally {
  upstream.kill();
  await rm(dir, { recursive: true, force: true });
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
