import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type { Budget } from '../../src/policy/moneyRules.ts';
import { createWindows } from '../../src/policy/window.ts';
import { parseUsd } from '../../src/pricing/price.ts';
import { faultDialects, type DialectName, type FaultDialect } from '../e2e/support/faultDialects.ts';
import { faults, type Fault, type FaultName } from '../e2e/support/faults.ts';
import { startFaultyUpstream, type Reply } from '../e2e/support/faultyUpstream.ts';
import { checkLedger } from '../ledger/support/checkLedger.ts';
import { memoryOf } from '../support/gone.ts';
import { collected, reporting } from '../support/heldMemory.ts';
import { cleanEnv, sidecarCommand } from '../support/sidecar.ts';
import { startSoakHost, type SoakHost } from './soakHost.ts';

export interface Sample {
  /** Seconds since the streams began. */
  readonly at: number;
  /** Resident, in MB. */
  readonly rssMb: number;
  /** File descriptors: sockets, files, pipes. */
  readonly handles: number;
  /** Responses that are not settled. */
  readonly openRows: number;
}

/** What is left, in MB, when everything that nobody needs has been collected. */
export interface Held {
  /** Seconds since the streams began. */
  readonly at: number;
  readonly heapMb: number;
  /** Outside of V8's heap: buffers, above all. */
  readonly externalMb: number;
}

export interface SoakResult {
  readonly seconds: number;
  readonly streams: number;
  readonly prompts: number;
  readonly deltas: number;
  /** How often each end was seen. */
  readonly ends: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
  /** Twenty times in all: to collect everything is work, and makes the process smaller than it would be. */
  readonly held: readonly Held[];
  /** At rest: before the streams, and after them with the upstream gone. */
  readonly handlesBefore: number;
  readonly handlesAfter: number;
  /** What must not be: defects, late deltas, lines on stderr, rows left open. */
  readonly wrong: readonly string[];
}

export interface SoakOptions {
  readonly seconds: number;
  readonly streams: number;
  readonly sampleMs: number;
}

const dialects = Object.keys(faultDialects) as DialectName[];
/** Those that hang are ended by a short time, the others end by themselves. */
const faultNames = (Object.keys(faults) as FaultName[]).filter((name) => name !== 'none' && name !== 'refused');
const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(Math.random() * values.length)]!;
const chance = (share: number): boolean => Math.random() < share;

/** Streams that are cancelled, broken off, reloaded under and read slowly, for so long, on one sidecar with storage. */
export async function soak({ seconds, streams, sampleMs }: SoakOptions): Promise<SoakResult> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-soak-'));
  const storage = join(folder, 'sidecar.db');
  const configPath = join(folder, 'config.json');
  const upstream = await startFaultyUpstream(replyTo);
  const configure = async (round: number): Promise<void> => {
    await writeFile(`${configPath}.new`, JSON.stringify(configOf(upstream.url, storage, round)));
    await rename(`${configPath}.new`, configPath);
  };
  await configure(0);
  const memoryPath = join(folder, 'memory.json');
  const env = cleanEnv(folder, { DATASETTE_SECRETS_SOAK: 'key-of-the-soak', LLM_SIDECAR_REPORT_MEMORY: memoryPath });
  const [node, ...program] = sidecarCommand;
  const host = startSoakHost([node!, ...reporting, ...program, '--config', configPath], { env, cwd: folder });
  await host.request('initialize', { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'soak', version: '0' }, capabilities: {} });
  // One of each wire: what is loaded once is loaded, and the database is there.
  for (const dialect of dialects) await host.request('llm/prompt', { model: dialect, prompt: `cell ${dialect}/none/0.` });
  const handlesBefore = handlesOf(host.pid);

  const ends: Record<string, number> = {};
  const samples: Sample[] = [];
  const held: Held[] = [];
  const stopping = new AbortController();
  const began = performance.now();
  const database = new DatabaseSync(storage, { readOnly: true, timeout: 20_000 });
  const openRows = database.prepare(
    `select (select count(*) from llm_sidecar_responses where state = 'open') + (select count(*) from llm_sidecar_intake where state = 'open') as count`,
  );
  const repeat = async (work: (round: number) => Promise<unknown>): Promise<void> => {
    for (let round = 1; !stopping.signal.aborted; round += 1) await work(round);
  };
  const work = [
    ...Array.from({ length: streams }, (_, index) =>
      repeat(async (round) => {
        const end = await onePrompt(host, `${index}-${round}`);
        ends[end] = (ends[end] ?? 0) + 1;
      }),
    ),
    repeat(async (round) => {
      await configure(round);
      await setTimeout(1000 + Math.random() * 2000);
    }),
    repeat(async () => {
      await setTimeout(Math.random() * 4000);
      host.pause();
      await setTimeout(Math.random() * 1000);
      host.resume();
    }),
    repeat(async () => {
      const { count } = openRows.get() as { count: number };
      samples.push({
        at: (performance.now() - began) / 1000,
        rssMb: memoryOf(host.pid).now,
        handles: handlesOf(host.pid),
        openRows: count,
      });
      await setTimeout(sampleMs);
    }),
    repeat(async () => {
      await setTimeout(seconds * 50);
      const { heapUsed, external } = await collected(host.pid, memoryPath);
      held.push({ at: (performance.now() - began) / 1000, heapMb: heapUsed / 1e6, externalMb: external / 1e6 });
    }),
  ];
  await setTimeout(seconds * 1000);
  stopping.abort();
  await Promise.all(work);
  database.close();

  const wrong = [...host.faults];
  await upstream[Symbol.asyncDispose]();
  // The sidecar has to hear that its connections are closed.
  for (let tries = 0; handlesOf(host.pid) > handlesBefore && tries < 300; tries += 1) await setTimeout(100);
  const handlesAfter = handlesOf(host.pid);
  const { result } = await host.request('ping', {});
  if (result === undefined) wrong.push('it does not answer any more');
  const code = await host.endInput();
  if (code !== 1) wrong.push(`it ended with the code ${code}`);
  const said = host.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('llm-sidecar: ends, '));
  wrong.push(...said.slice(0, 20));
  const { responses } = await checkLedger(storage, [budget], { ended: true });
  rmSync(folder, { recursive: true, force: true });
  const prompts = Object.values(ends).reduce((sum, count) => sum + count, 0);
  if (responses.length > prompts + dialects.length) wrong.push(`${responses.length} responses of ${prompts} prompts`);
  return { seconds, streams, prompts, deltas: host.deltas, ends, samples, held, handlesBefore, handlesAfter, wrong };
}

const budget: Budget = {
  name: 'all',
  match: {},
  each: [],
  limitNanocents: parseUsd('1000000'),
  per: 'total',
  timeZone: 'UTC',
  windowAt: createWindows('total', 'UTC'),
};

function configOf(url: string, storage: string, round: number): object {
  const providers = Object.entries(faultDialects).map(([id, { provider }]: [string, FaultDialect]) => {
    const model = { id, features: { stream: true, tools: true }, price: { input: 1, output: 2 } };
    return [id, { ...provider, base_url: `${url}/v1`, key: 'SOAK', discover: false, models: [model] }];
  });
  return {
    providers: Object.fromEntries(providers),
    storage,
    budgets: [{ name: 'all', limit_usd: 1_000_000, per: 'total' }],
    limits: { retries: 0, rest_after_failures: 0, max_response_bytes: 500_000 },
    purposes: { [`round-${round}`]: { description: 'A change.' } },
  };
}

function replyTo(name: string): Reply {
  const [dialectName, fault] = name.split('/') as [DialectName, string];
  const dialect: FaultDialect = faultDialects[dialectName];
  if (fault !== 'none') return (faults[fault as FaultName] as Fault).streamed(dialect);
  const pieces = Array.from({ length: 20 }, (_, index) => `${index} grün 東京 🚀 `);
  const everyMs = name.endsWith('/0') ? 0 : 20 + Math.random() * 60;
  return { type: 'text/event-stream', pieces: [...dialect.says(pieces), ...dialect.ends(pieces)], everyMs };
}

async function onePrompt(host: SoakHost, id: string): Promise<string> {
  const fault = chance(0.15) ? pick(faultNames) : 'none';
  const stream = chance(0.3) ? { window: 4 } : {};
  const model = pick(dialects);
  const answer = host.request(
    'llm/prompt',
    { model, promptId: id, prompt: `cell ${model}/${fault}/${id}.`, stream, timeoutMs: fault === 'none' ? 120_000 : 3000 },
    id,
  );
  if (chance(0.2)) {
    await setTimeout(Math.random() * 1500);
    host.notify('$/cancelRequest', { id });
  }
  const { result, error } = await answer;
  return error?.data.kind ?? result.stopReason;
}

function handlesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The middle of what was measured between two parts of the time, from 0 to 1. */
export function median<Measured extends { readonly at: number }>(
  all: readonly Measured[],
  [from, to]: readonly [number, number],
  value: (measured: Measured) => number,
): number {
  const end = all.at(-1)?.at ?? 0;
  const within = all.filter(({ at }) => at >= from * end && at <= to * end).map(value);
  return within.toSorted((a, b) => a - b)[Math.floor(within.length / 2)] ?? NaN;
}
