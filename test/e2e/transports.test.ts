import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRawHost } from '../support/rawHost.ts';
import { cleanEnv, sidecarCommand, startReady } from '../support/sidecar.ts';

const token = 'a token of 32 characters, or more';
const initialize = { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'test', version: '0' }, capabilities: {} };

describe.each(['pipe', 'socket'] as const)('--%s', (kind) => {
  test.each([
    { how: 'shutdown and exit', code: 0 },
    { how: 'its end closed', code: 1 },
  ])('answers there, and ends after $how', async ({ how, code }) => {
    const dir = await mkdtemp(join(tmpdir(), 'llm-sidecar-'));
    const server = createServer({ allowHalfOpen: true });
    server.listen(kind === 'pipe' ? join(dir, 'host.sock') : { port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const address = kind === 'pipe' ? join(dir, 'host.sock') : (server.address() as AddressInfo).port;
    const child = spawn(sidecarCommand[0]!, [...sidecarCommand.slice(1), `--${kind}=${address}`], {
      env: cleanEnv(dir, kind === 'socket' ? { LLM_SIDECAR_SOCKET_TOKEN: token } : {}),
      cwd: dir,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let stdout = '';
      child.stdout.on('data', (text: Buffer) => (stdout += text));
      const exited = once(child, 'close');
      const [socket] = (await once(server, 'connection')) as [Socket];
      const host = startRawHost({ streams: { input: socket, output: socket }, framing: 'ndjson' });
      expect((await host.request('initialize', kind === 'socket' ? { ...initialize, token } : initialize)).result).toMatchObject({
        protocolVersion: 1,
      });
      const { result } = await host.request('llm/prompt', { model: 'echo', prompt: '{"raw": "one two three"}', promptId: 'p', stream: {} });
      expect(result).toMatchObject({ text: 'one two three', stopReason: 'end' });
      const texts = host.messages.flatMap(({ params }) => (params?.deltas ?? []).map(({ text = '' }) => text));
      expect(texts.join('')).toBe('one two three');
      if (how === 'shutdown and exit') {
        expect(await host.request('shutdown')).toMatchObject({ result: null });
        host.notify('exit');
      } else host.endInput();
      expect(await exited).toEqual([code, null]);
      expect(stdout).toBe('');
    } finally {
      child.kill('SIGKILL');
      server.close();
      await rm(dir, { recursive: true });
    }
  });
});

test('stdout stays clean whatever code in the process prints', async () => {
  const noise = new URL('support/noise.ts', import.meta.url).href;
  await using sidecar = await startReady({ env: { NODE_OPTIONS: `--import ${noise}` }, config: 'test_models: true\n' });
  // The raw host throws at anything that is not a frame.
  const { result } = await sidecar.host.request('llm/prompt', { model: 'test-slow', prompt: 'x', options: { chunks: 10, delay_ms: 10 } });
  expect(result.stopReason).toBe('end');
  const { code, stderr } = await sidecar.stop();
  expect(code).toBe(1);
  for (const line of ['noise from console.log', 'noise from console.info', 'noise from stdout']) expect(stderr).toContain(line);
});
