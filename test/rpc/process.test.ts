import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { startRawHost, type RawHost, type RawHostOptions } from '../support/rawHost.ts';

const program = fileURLToPath(new URL('../support/testServer.ts', import.meta.url));
const hosts: RawHost[] = [];

afterEach(() => {
  for (const host of hosts.splice(0)) host.kill('SIGKILL');
});

describe.each(['content-length', 'ndjson'] as const)('a real process, %s', (framing) => {
  test.each(['whole', 'one', { random: 3 }] as const)('answers, whatever the cuts: %j', async (chunking) => {
    const host = start([], { framing, chunking });
    expect((await host.request('echo', { text: 'é€𝄞' })).result).toEqual({ text: 'é€𝄞' });
    expect((await host.request('echo', { text: 5 })).error.code).toBe(-32602);
    host.endInput();
    expect(await host.closed).toMatchObject({ code: 1, signal: null });
  });

  test('answers what was sent before the input ended', async () => {
    const host = start([], { framing });
    const replies = [1, 2, 3].map((number) => host.request('sum', { items: 'x'.repeat(number) }));
    host.endInput();
    expect((await Promise.all(replies)).map(({ result }) => result)).toEqual([1, 2, 3]);
    expect((await host.closed).code).toBe(1);
  });

  test('keeps stdout clean from the first line on', async () => {
    const host = start(['--noise'], { framing });
    expect((await host.request('chatter')).result).toBeTypeOf('number');
    host.endInput();
    const { stderr } = await host.closed;
    expect(host.messages).toHaveLength(1);
    for (const line of ['noise from console.log', 'noise from stdout', 'noise from console.error', 'chatter\nchatter'])
      expect(stderr).toContain(line);
  });

  test('passes 8 MB both ways', async () => {
    const host = start([], { framing });
    const text = 'é'.repeat(4_000_000);
    expect((await host.request('echo', { text })).result.text.length).toBe(4_000_000);
  });

  test('refuses 256 MB without keeping them', async () => {
    const host = start(['--max=1000000'], { framing });
    const before: number = (await host.request('chatter')).result;
    const chunk = Buffer.alloc(1024 * 1024, 0x78);
    if (framing === 'content-length') host.sendRaw(`Content-Length: ${256 * chunk.length}\r\n\r\n`);
    for (let sent = 0; sent < 256; sent += 1) host.sendRaw(chunk);
    if (framing === 'ndjson') host.sendRaw('\n');
    const after: number = (await host.request('chatter')).result;
    expect(host.messages.map(({ id, error }) => [id, error?.data.kind])).toEqual([
      [1, undefined],
      [null, 'messageTooLarge'],
      [2, undefined],
    ]);
    // What is kept would be 256 MB. What was read and waits to be collected is less than half of that.
    expect(after - before).toBeLessThan(200 * 1024 * 1024);
  });

  test('a host that stops reading costs it little memory, and loses nothing', async () => {
    const host = start([], { framing });
    const before: number = (await host.request('chatter')).result;
    host.pause();
    // 100 MB in all, from a loop that waits for each message to be accepted.
    const emitted = host.request('emit', { count: 25_000, bytes: 4000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stalled = await residentBytes(host.pid);
    host.resume();
    expect((await emitted).result.most).toBeLessThan(256 * 1024);
    const numbers = host.messages.filter(({ method }) => method === 'tick').map(({ params }) => params.number);
    expect(numbers).toEqual([...Array(25_000).keys()]);
    if (stalled !== null) expect(stalled - before).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('the death of the host', () => {
  test('the input ends: requests in flight are aborted, exit', async () => {
    const host = start();
    const waiting = host.request('wait');
    host.endInput();
    expect((await waiting).error.data.kind).toBe('serverCancelled');
    expect((await host.closed).code).toBe(1);
  });

  test('nobody reads the output: exit, without a stack', async () => {
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    // It may be gone while it is being written to.
    child.stdin.on('error', () => {});
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"nothing"}\n');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"emit","params":{"count":1000,"bytes":1000}}\n');
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(stderr).toBe('');
  });

  test('its process ends although the pipes stay open', async () => {
    const parent = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const host = start([`--parent=${parent.pid}`]);
    await host.request('nothing');
    parent.kill('SIGKILL');
    const { code, stderr } = await host.closed;
    expect(code).toBe(1);
    expect(stderr).toBe(`the host process ${parent.pid} has ended\n`);
  });

  test('a process id that cannot be seen at the start is not believed', async () => {
    const gone = spawn(process.execPath, ['-e', '0']);
    await once(gone, 'close');
    const host = start([`--parent=${gone.pid}`]);
    await host.request('nothing');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await host.request('nothing')).result).toBe(null);
  });

  test('what is not a message ends the process with a line on stderr', async () => {
    const host = start();
    host.sendRaw('hello\n');
    const { code, stderr } = await host.closed;
    expect(code).toBe(3);
    expect(stderr).toContain(
      'framingError: The input begins with byte 0x68. Expected "Content-Length: …" or a line of JSON that begins with "{".\n',
    );
  });
});

describe('other transports', () => {
  test.each(['pipe', 'socket'] as const)('--%s: the host listens, the sidecar connects', async (kind) => {
    const folder = await mkdtemp(join(tmpdir(), 'sidecar-'));
    const server = createServer({ allowHalfOpen: true });
    const connected = once(server, 'connection') as Promise<[Socket]>;
    server.listen(kind === 'pipe' ? join(folder, 'host.sock') : { host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    const address = server.address() as AddressInfo | string;
    const child = spawn(process.execPath, [program, typeof address === 'string' ? `--pipe=${address}` : `--socket=${address.port}`]);
    const ended = once(child, 'close');
    const [socket] = await connected;
    const host = startRawHost({ streams: { input: socket, output: socket } });
    expect((await host.request('echo', { text: 'a' })).result).toEqual({ text: 'a' });
    const waiting = host.request('wait');
    host.endInput();
    expect((await waiting).error.data.kind).toBe('serverCancelled');
    expect((await ended)[0]).toBe(1);
    server.close();
    await rm(folder, { recursive: true });
  });
});

function start(words: string[] = [], options: RawHostOptions = {}): RawHost {
  const host = startRawHost({ command: [process.execPath, program, ...words], ...options });
  hosts.push(host);
  return host;
}

/** null where the system does not tell. */
async function residentBytes(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
