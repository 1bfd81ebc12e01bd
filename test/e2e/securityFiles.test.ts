import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTransport } from '../../src/rpc/transports.ts';
import { startReady, startSidecar } from '../support/sidecar.ts';

/** A folder that others may enter, as most are. */
function openFolder(files: Readonly<Record<string, string>>, mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  chmodSync(folder, mode);
  return folder;
}

const keysJson = '{"openai": "sk-of-the-file"}';

describe.skipIf(process.platform === 'win32')('files that others may change', () => {
  test('a configuration is used, with a warning that says what to do', async () => {
    const folder = openFolder({ 'config.yaml': 'default_model: echo\n' });
    const path = join(folder, 'config.yaml');
    chmodSync(path, 0o666);
    await using sidecar = await startSidecar({ args: ['--config', path] });
    const { result } = await sidecar.initialize();
    expect(result.config.diagnostics).toEqual([
      {
        severity: 'warning',
        code: 'fileUnsafe',
        message: `This file may be changed by other users of this machine, who may by it start programs as you and send your keys anywhere. Make it yours alone: chmod 600 ${path}`,
        path: '',
        source: path,
      },
    ]);
    expect((await sidecar.host.request('llm/prompt', { prompt: 'x' })).result.model).toBe('echo');
  });

  test.each([
    [0o755, 0o644, 'keysFileReadable', 'The keys in this file may be read by other users of this machine.', true],
    [0o755, 0o666, 'keysFileUnsafe', 'This file may be changed by other users of this machine', false],
    [0o777, 0o600, 'keysFileUnsafe', 'This file is in a folder that other users of this machine may change', false],
    [0o755, 0o600, undefined, '', true],
    [0o700, 0o666, undefined, '', true],
  ])('a keys.json in a folder %o with mode %o: %s', async (folderMode, fileMode, code, message, used) => {
    const folder = openFolder({ 'keys.json': keysJson }, folderMode);
    chmodSync(join(folder, 'keys.json'), fileMode);
    await using sidecar = await startSidecar({ config: 'models: [gpt-5.4]\n', env: { LLM_USER_PATH: folder } });
    const { result } = await sidecar.initialize();
    expect(result.config.diagnostics.map((one: { code: string }) => one.code)).toEqual(code === undefined ? [] : [code]);
    if (code !== undefined) expect(result.config.diagnostics[0].message).toContain(message.replace(/\.$/, ''));
    const { result: listed } = await sidecar.host.request('llm/models', {});
    expect(listed.models.map(({ id }: { id: string }) => id)).toEqual(used ? ['gpt-5.4'] : []);
  });

  test('a storage is refused; made private again it serves', async () => {
    const folder = openFolder({}, 0o777);
    const path = join(folder, 'usage.db');
    await using sidecar = await startReady({
      config: `storage: ${path}\ndefault_model: echo\nbudgets: [{name: b, limit_usd: 1, per: day}]\n`,
    });
    const refused = (await sidecar.host.request('usage/summary', {})).error;
    expect(refused).toMatchObject({
      message: `The storage ${path} is in a folder that other users of this machine may change, so it is not used. Make it yours alone: chmod go-w ${folder}`,
      data: { kind: 'storageUnavailable', retryable: true },
    });
    chmodSync(folder, 0o755);
    await expect.poll(async () => (await sidecar.host.request('usage/summary', {})).error ?? null, { timeout: 40_000 }).toBeNull();
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  });

  test('an encryption key in a folder of others is refused', async () => {
    const folder = openFolder({ key: 'nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=' }, 0o777);
    await using sidecar = await startSidecar({ config: `secrets: {encryption_keys: [{name: k, file: ${join(folder, 'key')}}]}\n` });
    const { result } = await sidecar.initialize();
    expect(result.config.diagnostics).toMatchObject([
      {
        code: 'secretsUnavailable',
        message: `The encryption key "k" cannot be read from ${folder}/key: it is in a folder that other users of this machine may change. Make it yours alone: chmod go-w ${folder}`,
      },
    ]);
  });

  test('a socket is not connected to', async () => {
    const folder = openFolder({});
    const path = join(folder, 'host.sock');
    const server = createServer((socket) => socket.destroy());
    server.listen(path);
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    chmodSync(path, 0o777);
    const wire = openTransport({ kind: 'pipe', name: path });
    await expect(wire).rejects.toMatchObject({
      kind: 'invalidParams',
      message: `The socket ${path} may be changed by other users of this machine, so it is not used. Make it yours alone: chmod 600 ${path}`,
    });
    chmodSync(path, 0o755);
    const { input } = await openTransport({ kind: 'pipe', name: path });
    input.destroy();
  });
});

test.skipIf(process.platform === 'win32')('what the sidecar makes is for this user alone, whatever the umask', async () => {
  const before = process.umask(0);
  let sidecar: Awaited<ReturnType<typeof startReady>>;
  try {
    sidecar = await startReady({ config: 'storage: data/made/usage.db\ndefault_model: echo\n' });
  } finally {
    process.umask(before);
  }
  try {
    // As the host wrote it, for everybody: a warning. The folder of the test is closed to others.
    expect((await sidecar.host.request('llm/prompt', { prompt: 'x' })).result.model).toBe('echo');
    await expect.poll(async () => (await sidecar.host.request('usage/summary', {})).result?.rows?.length ?? 0, { timeout: 40_000 }).toBe(1);
    const modeOf = (path: string): string => (statSync(join(sidecar.dir, path)).mode & 0o777).toString(8);
    expect(['data/made', 'data/made/usage.db', 'data/made/usage.db-wal', 'data/made/usage.db-shm'].map(modeOf)).toEqual([
      '700',
      '600',
      '600',
      '600',
    ]);
  } finally {
    await sidecar.stop();
  }
});
