import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openApp, type App } from '../../src/app.ts';
import { serveHost } from '../../src/serveHost.ts';
import { startRawHost, type RawHost } from '../support/rawHost.ts';

let folder: string;
let app: App;
let host: RawHost;
let signal: (name: string, number: number) => void;
let exited: number | undefined;
let closing: PromiseWithResolvers<void>;

/** Served in this process, by an app that never gets closed. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-serve-'));
  app = await openApp({ configPath: undefined, env: { HOME: folder, LLM_USER_PATH: folder }, cwd: folder, write: () => {} });
  exited = undefined;
  closing = Promise.withResolvers();
  const close = async (): Promise<void> => {
    closing.resolve();
    return new Promise(() => {});
  };
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const wire = { input: new PassThrough(), output: new PassThrough() };
  const options = { framing: 'auto', maxMessageBytes: 1_000_000, onSignal: (listener: typeof signal) => void (signal = listener) } as const;
  serveHost({ ...app, close }, wire, options).then((code) => (exited = code), expect.unreachable);
  host = startRawHost({ streams: { input: wire.input, output: wire.output } });
  await host.request('initialize', { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'test', version: '0' }, capabilities: {} });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
  rmSync(folder, { recursive: true });
});

describe('what cannot be closed is left after ten seconds', () => {
  test.each<[string, number, () => unknown]>([
    ['after shutdown and exit', 0, async () => host.request('shutdown').then(() => host.notify('exit'))],
    ['after exit alone', 1, () => host.notify('exit')],
    ['when the host is gone', 1, () => host.endInput()],
    ['after SIGTERM', 143, () => signal('SIGTERM', 15)],
    [
      'after SIGTERM in the middle of shutdown',
      143,
      () => (host.send({ jsonrpc: '2.0', id: 9, method: 'shutdown' }), signal('SIGTERM', 15)),
    ],
  ])('%s: exit code %i', async (_, code, end) => {
    await end();
    await closing.promise;
    await vi.advanceTimersByTimeAsync(9999);
    expect(exited).toBe(undefined);
    await vi.advanceTimersByTimeAsync(1);
    expect(exited).toBe(code);
  });
});
