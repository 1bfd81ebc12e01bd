import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { childrenOf, untilGone, untilOutputIsFull } from '../support/gone.ts';
import { startRawHost, type RawHost } from '../support/rawHost.ts';
import { cleanEnv, sidecarCommand, startReady, startSidecar } from '../support/sidecar.ts';

const config = 'test_models: true\n';
/** Within seconds, protocol 7: one of them is waited for answers and for a host that does not read. The rest is a busy machine's. */
const withinMs = 15_000;

const prompts = {
  'nothing running': [],
  'slow streams running': Array.from({ length: 5 }, (_, index) => ({
    model: 'test-slow',
    promptId: `s${index}`,
    options: { chunks: 10_000 },
    stream: {},
  })),
  'an endless stream running': [{ model: 'test-endless', promptId: 'e', options: { delay_ms: 1 }, stream: {} }],
  'an endless prompt without a stream': [{ model: 'test-endless', promptId: 'e' }],
  'a flood that nobody reads': [{ model: 'test-fast', promptId: 'f', options: { chunks: 1_000_000 }, stream: {} }],
  'a group open': [{ model: 'test-endless', promptId: 'g', groupId: 'g', stream: {} }],
};
type Running = keyof typeof prompts;
const cases = Object.keys(prompts) as Running[];

/** Sends the prompts and resolves when each that streams has sent something. */
async function start(host: RawHost, running: Running, sidecar = host.pid!): Promise<void> {
  if (running === 'a group open') await host.request('llm/groupOpen', { groupId: 'g' });
  for (const [index, params] of prompts[running].entries()) {
    host.send({ jsonrpc: '2.0', id: `p${index}`, method: 'llm/prompt', params: { prompt: 'Go on', ...params } });
    if ('stream' in params)
      await host.next(({ method, params: { promptId } = {} }) => method === 'llm/delta' && promptId === params.promptId);
  }
  if (running === 'an endless prompt without a stream') await host.request('ping');
  if (running === 'a flood that nobody reads') await stopReading(host, sidecar);
}

/** Resolves when the pipe to the host is full: what runs meanwhile has been written, and a request gets no answer. */
async function stopReading(host: RawHost, sidecar: number): Promise<void> {
  host.pause();
  await untilOutputIsFull(sidecar);
}

describe.each(cases)('with %s', (running) => {
  test('the input ends: gone, code 1', async () => {
    await using sidecar = await startReady({ config });
    await start(sidecar.host, running);
    expect(childrenOf(sidecar.host.pid!)).toBe('');
    sidecar.host.endInput();
    const took = await untilGone(sidecar.host.pid!);
    sidecar.host.resume();
    const { code, signal } = await sidecar.host.closed;
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(took).toBeLessThan(withinMs);
  });

  test('the input ends after shutdown was asked for: gone, code 0 if it could be answered', async () => {
    await using sidecar = await startReady({ config });
    await start(sidecar.host, running);
    sidecar.host.send({ jsonrpc: '2.0', id: 'bye', method: 'shutdown' });
    sidecar.host.endInput();
    const took = await untilGone(sidecar.host.pid!);
    sidecar.host.resume();
    const { code, signal, stderr } = await sidecar.host.closed;
    expect({ code, signal, stderr }).toEqual({ code: running === 'a flood that nobody reads' ? 1 : 0, signal: null, stderr: '' });
    expect(took).toBeLessThan(withinMs);
  });
});

test.each(cases.filter((running) => prompts[running].some((params) => 'stream' in params)))(
  'nobody reads the output any more, with %s: gone, code 1',
  async (running) => {
    await using sidecar = await startReady({ config });
    await start(sidecar.host, running);
    sidecar.host.closeOutput();
    const [took, { code, signal, stderr }] = await Promise.all([untilGone(sidecar.host.pid!), sidecar.host.closed]);
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(stderr).toBe('llm-sidecar: ends, the host does not read any more\n');
    expect(took).toBeLessThan(withinMs);
  },
);

test('all answers are out before the end', async () => {
  await using sidecar = await startReady({ config });
  await start(sidecar.host, 'slow streams running');
  sidecar.host.endInput();
  await sidecar.host.closed;
  const answers = sidecar.host.messages.filter(({ id }) => String(id).startsWith('p'));
  expect(answers.map(({ id, result }) => [id, result.stopReason]).toSorted()).toEqual([
    ['p0', 'cancelled'],
    ['p1', 'cancelled'],
    ['p2', 'cancelled'],
    ['p3', 'cancelled'],
    ['p4', 'cancelled'],
  ]);
});

describe('the host is killed', () => {
  const middle = fileURLToPath(new URL('support/middleHost.ts', import.meta.url));
  const env = { ...cleanEnv(import.meta.dirname), LLM_SIDECAR_CONFIG: fileURLToPath(new URL('support/testModels.yaml', import.meta.url)) };
  const initialize = (parentProcessId: number | undefined) => ({
    protocolVersion: { min: 1, max: 1 },
    clientInfo: { name: 'test', version: '0' },
    capabilities: {},
    parentProcessId,
  });
  const startedBy = async (host: RawHost): Promise<number> => {
    for (;;) {
      const started = /started (\d+)\n/.exec(host.stderr);
      if (started) return Number(started[1]);
      await setTimeout(10);
    }
  };

  test.each(cases)('and its pipes with it, with %s: no orphan', async (running) => {
    const host = startRawHost({ command: [process.execPath, middle, '--own-pipes', ...sidecarCommand], env });
    await host.request('initialize', initialize(undefined));
    const sidecar = await startedBy(host);
    await start(host, running, sidecar);
    host.kill('SIGKILL');
    expect(await untilGone(sidecar)).toBeLessThan(withinMs);
  });

  // The socket is this process's, and stays open: only the process id tells.
  test.each(cases)('but its connection stays open, with %s: no orphan', async (running) => {
    const dir = await mkdtemp(join(tmpdir(), 'llm-sidecar-'));
    const server = createServer().listen(join(dir, 'host.sock'));
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const parent = startRawHost({ command: [process.execPath, middle, ...sidecarCommand, `--pipe=${join(dir, 'host.sock')}`], env });
    try {
      const [socket] = await connected;
      const host = startRawHost({ streams: { input: socket, output: socket } });
      await host.request('initialize', initialize(parent.pid));
      const sidecar = await startedBy(parent);
      await start(host, running, sidecar);
      parent.kill('SIGKILL');
      expect(await untilGone(sidecar)).toBeLessThan(withinMs);
      expect((await parent.closed).stderr).toContain(`llm-sidecar: ends, the host process ${parent.pid} has ended\n`);
    } finally {
      parent.kill('SIGKILL');
      server.close();
      await rm(dir, { recursive: true });
    }
  });
});

test('a sidecar that cannot start says so and exits with 2', async () => {
  const child = spawn(sidecarCommand[0]!, [...sidecarCommand.slice(1), '--pipe=/nowhere/at/all.sock'], {
    env: cleanEnv(import.meta.dirname),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (output.stdout += text));
  child.stderr.on('data', (text: Buffer) => (output.stderr += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, ...output }).toEqual({
    code: 2,
    stdout: '',
    stderr: 'llm-sidecar: Cannot connect to /nowhere/at/all.sock (ENOENT). The host has to listen there first.\n',
  });
});

test.each([
  ['--colour', /--colour/],
  ['--framing=xml', /--framing is one of auto, content-length, ndjson/],
  ['--socket=0', /--socket needs a port/],
])('%s is refused with code 2', async (word, stderr) => {
  await using sidecar = await startSidecar({ args: [word] });
  const ended = await sidecar.host.closed;
  expect(ended).toMatchObject({ code: 2, signal: null, stderr: expect.stringMatching(stderr) });
});
