import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { Budget } from '../../src/policy/moneyRules.ts';
import { createWindows } from '../../src/policy/window.ts';
import { parseUsd } from '../../src/pricing/price.ts';
import { checkLedger } from '../ledger/support/checkLedger.ts';
import { untilGone } from '../support/gone.ts';
import type { RawHost } from '../support/rawHost.ts';
import { startSidecar, type Sidecar } from '../support/sidecar.ts';
import { fuzzTimeoutMs, strayBytes, tryForAWhile, uncaught } from './support/fuzz.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-deaths-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const storage = join(folder, 'sidecar.db');
const config = `test_models: true
storage: ${JSON.stringify(storage)}
prices: { echo: { input: 1, output: 2 }, test-slow: { input: 1, output: 2 }, test-endless: { input: 1, output: 2 } }
budgets: [{ name: all, limit_usd: 1000, per: total }]
`;
const budget: Budget = {
  name: 'all',
  match: {},
  each: [],
  limitNanocents: parseUsd('1000'),
  per: 'total',
  timeZone: 'UTC',
  windowAt: createWindows('total', 'UTC'),
};

/** What has been begun when the host dies. Each resolves when it is under way. */
const beginnings: Readonly<Record<string, (host: RawHost, name: string) => Promise<unknown>>> = {
  'a stream': async (host, name) => {
    ask(host, name, { model: 'test-endless', promptId: name, options: { delay_ms: 1 }, stream: {} });
    await host.next(({ method, params }) => method === 'llm/delta' && params.promptId === name);
  },
  'a prompt without a stream': async (host, name) => ask(host, name, { model: 'test-slow', options: { chunks: 10_000 } }),
  'a prompt of a group': async (host, name) => {
    await host.request('llm/groupOpen', { groupId: name, model: 'test-slow' }, `open ${name}`);
    ask(host, name, { groupId: name, options: { chunks: 10_000 } });
  },
  'a tool that is called': async (host, name) => {
    const prompt = JSON.stringify({ tool_calls: [{ name: 'look', arguments: {} }] });
    ask(host, name, { model: 'echo', promptId: name, prompt, tools: [{ name: 'look', inputSchema: { type: 'object' } }] });
    await host.next(({ method, params }) => method === 'tool/call' && params.promptId === name);
  },
  'a hook that is asked at the start': async (host, name) => {
    ask(host, name, { model: 'echo', promptId: name, purpose: 'start' });
    await host.next(({ method, params }) => method === 'hook/promptStart' && params.promptId === name);
  },
  'a hook that is asked at the end': async (host, name) => {
    ask(host, name, { model: 'echo', promptId: name, purpose: 'end' });
    await host.next(({ method, params }) => method === 'hook/promptEnd' && params.promptId === name);
  },
  'a cancel': async (host, name) => {
    ask(host, name, { model: 'test-endless', promptId: name, stream: {} });
    host.notify('$/cancelRequest', { id: name });
  },
  nothing: async () => {},
};

type Death = 'closes its input' | 'closes its output' | 'dies' | 'stops reading, then dies' | 'sends stray bytes' | 'sends half a message';
const codes: Readonly<Record<Death, readonly (number | null)[]>> = {
  'closes its input': [1],
  'closes its output': [1],
  dies: [1],
  'stops reading, then dies': [1],
  // Framing that is lost cannot be found again, unless what came means something.
  'sends stray bytes': [1],
  'sends half a message': [1],
};

async function die(host: RawHost, death: Death, bytes: Buffer): Promise<void> {
  if (death === 'stops reading, then dies') host.pause();
  if (death === 'sends stray bytes') host.sendRaw(bytes);
  if (death === 'sends half a message') host.sendRaw(`Content-Length: 1000\r\n\r\n{"jsonrpc":`);
  // Without anything to write the other end of an output is not looked at.
  if (death === 'closes its output' || death === 'dies') host.closeOutput();
  if (death === 'closes its output') host.request('ping').catch(() => {});
  if (death === 'stops reading, then dies') await setTimeout(20);
  if (death !== 'closes its output') host.endInput();
}

interface Life {
  readonly framing: 'content-length' | 'ndjson';
  readonly initialized: boolean;
  readonly begins: readonly string[];
  readonly afterMs: number;
  readonly death: Death;
  readonly bytes: Buffer;
}

const lives: fc.Arbitrary<Life> = fc.record({
  framing: fc.constantFrom('content-length' as const, 'ndjson' as const),
  initialized: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
  begins: fc.array(fc.constantFrom(...Object.keys(beginnings)), { minLength: 1, maxLength: 5 }),
  afterMs: fc.integer({ min: 0, max: 30 }),
  death: fc.constantFrom(...(Object.keys(codes) as Death[])),
  bytes: fc.array(strayBytes, { minLength: 1, maxLength: 5 }).map((pieces) => Buffer.concat(pieces)),
});

test(
  'a host that dies at any stage, in any way: gone with it, nothing said twice, nothing left open',
  { timeout: fuzzTimeoutMs },
  async () => {
    const runs = await tryForAWhile(14_000, fc.tuple(lives, lives, lives), async (three) => {
      await Promise.all(three.map((life) => live(life)));
    });
    expect(runs).toBeGreaterThan(0);
    if (process.env['LLM_SIDECAR_REPORT'] === '1') console.log(`${runs * 3} hosts`);
    const { responses } = await checkLedger(storage, [budget], { ended: true });
    if (process.env['LLM_SIDECAR_REPORT'] === '1') console.log(`${responses.length} responses`);
  },
);

async function live({ framing, initialized, begins, afterMs, death, bytes }: Life): Promise<void> {
  await using sidecar = await startSidecar({ config, framing });
  const { host } = sidecar;
  if (initialized) await initialize(sidecar);
  if (initialized) await Promise.all(begins.map(async (begin, index) => beginnings[begin]!(host, `${index} ${begin}`)));
  else host.request('ping').catch(() => {});
  await setTimeout(afterMs);
  await die(host, death, bytes);
  const took = await untilGone(host.pid!);
  const { code, signal, stderr } = await host.closed;
  expect(signal).toBe(null);
  expect(codes[death]).toContain(code);
  expect(took).toBeLessThan(20_000);
  expect(stderr).not.toMatch(uncaught);
  const ids = host.messages.filter(({ id, method }) => method === undefined && id !== null).map(({ id }) => id);
  expect(ids.length).toBe(new Set(ids).size);
}

async function initialize(sidecar: Sidecar): Promise<void> {
  const { host } = sidecar;
  await sidecar.initialize({
    capabilities: { tools: {}, hooks: {} },
    hooks: [
      { id: 'start', point: 'promptStart', match: { purposes: ['start'] } },
      { id: 'end', point: 'promptEnd', match: { purposes: ['end'] } },
    ],
  });
  await host.request('ping');
}

function ask(host: RawHost, id: string, params: object): void {
  host.send({ jsonrpc: '2.0', id, method: 'llm/prompt', params: { prompt: 'x', ...params } });
}
