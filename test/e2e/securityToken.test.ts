import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRawHost, type RawHost } from '../support/rawHost.ts';
import { cleanEnv, sidecarCommand } from '../support/sidecar.ts';

const token = 'a token of 32 characters, or so!';
const initialize = { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'test', version: '0' }, capabilities: {} };

interface Connected extends AsyncDisposable {
  readonly host: RawHost;
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly exited: Promise<unknown[]>;
}

async function connect(env: Record<string, string>): Promise<Connected> {
  const dir = await mkdtemp(join(tmpdir(), 'llm-sidecar-'));
  const server = createServer({ allowHalfOpen: true }).listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = spawn(sidecarCommand[0]!, [...sidecarCommand.slice(1), `--socket=${port}`], {
    env: cleanEnv(dir, env),
    cwd: dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text));
  const exited = once(child, 'close');
  const [socket] = (await once(server, 'connection')) as [Socket];
  return {
    host: startRawHost({ streams: { input: socket, output: socket }, framing: 'ndjson' }),
    child,
    stderr: () => stderr,
    exited,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      server.close();
      socket.destroy();
      await rm(dir, { recursive: true });
    },
  };
}

describe('--socket', () => {
  test.each([
    ['none', {}],
    ['an empty one', { LLM_SIDECAR_SOCKET_TOKEN: '' }],
    ['a short one', { LLM_SIDECAR_SOCKET_TOKEN: 'fifteen letters' }],
  ])('does not start with %s, and connects to nobody', async (_, env) => {
    const dir = await mkdtemp(join(tmpdir(), 'llm-sidecar-'));
    const server = createServer().listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const connected: unknown[] = [];
    server.on('connection', (socket) => connected.push(socket));
    const { port } = server.address() as AddressInfo;
    const child = spawn(sidecarCommand[0]!, [...sidecarCommand.slice(1), `--socket=${port}`], { env: cleanEnv(dir, env), cwd: dir });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text));
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(stderr).toBe(
      'llm-sidecar: --socket needs a token: start the sidecar with LLM_SIDECAR_SOCKET_TOKEN set to at least 16 random characters, and give the same as `token` in initialize. A pipe (--pipe) needs none.\n',
    );
    expect(connected).toEqual([]);
    server.close();
    await rm(dir, { recursive: true });
  });

  test.each([
    ['without', {}, 'is missing'],
    ['with another', { token: `${token}x` }, 'is wrong'],
    ['with a part of it', { token: token.slice(0, -1) }, 'is wrong'],
    ['with an empty one', { token: '' }, 'is wrong'],
  ])('%s in initialize it answers with an error and ends', async (_, given, why) => {
    await using sidecar = await connect({ LLM_SIDECAR_SOCKET_TOKEN: token });
    const before = await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'x' });
    expect(before.error.data.kind).toBe('notInitialized');
    const { error } = await sidecar.host.request('initialize', { ...initialize, ...given });
    expect(error).toMatchObject({
      code: -32602,
      message:
        'Over --socket initialize needs `token`: the value that LLM_SIDECAR_SOCKET_TOKEN had when the sidecar was started. The connection ends.',
      data: { issues: [{ path: 'token', message: why }] },
    });
    expect(await sidecar.exited).toEqual([1, null]);
    expect(sidecar.stderr()).not.toContain(token);
  });

  test('with it, it serves', async () => {
    await using sidecar = await connect({ LLM_SIDECAR_SOCKET_TOKEN: token });
    expect((await sidecar.host.request('initialize', { ...initialize, token })).result.protocolVersion).toBe(1);
    expect((await sidecar.host.request('llm/prompt', { model: 'echo', prompt: 'x' })).result.stopReason).toBe('end');
  });
});
