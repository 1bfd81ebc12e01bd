import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { EncryptionKeySettings } from '../../src/engine/secretsPorts.ts';
import { createEncryptionKeys } from '../../src/keys/encryptionKeys.ts';
import { createFernet } from '../../src/keys/fernet.ts';

const key = 'nsw2WBsAD_AACEJFNOD6VSTNwOCUP5z-Gqbu7mof25A=';
const other = 'OdUtN_pEkcrzxOGqkcVnLXnRRVwQ1UHh9MUrNO77quI=';
const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const asking = { signal: new AbortController().signal, depth: 0 };
const noHost = { isConnected: false, ask: async () => null };

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function keysOf(
  settings: readonly EncryptionKeySettings[],
  host: typeof noHost | { isConnected: boolean; ask: () => Promise<string | null> } = noHost,
) {
  const learned: string[] = [];
  return { keys: createEncryptionKeys(settings, { host, learn: (value) => void learned.push(value) }), learned };
}

test('the first encrypts, and each decrypts by its name', async () => {
  const { keys, learned } = keysOf([
    { name: 'new', value: key },
    { name: 'old', value: other },
  ]);
  const { name, fernet } = await keys.first(asking);
  expect(name).toBe('new');
  expect(createFernet(key).decrypt(fernet.encrypt('x')).toString()).toBe('x');
  expect((await keys.named('old', asking))!.decrypt(createFernet(other).encrypt('y')).toString()).toBe('y');
  await expect(keys.named('gone', asking)).rejects.toMatchObject({
    kind: 'secretsUnavailable',
    message: 'There is no encryption key "gone" under secrets.encryption_keys.',
  });
  expect(learned).toEqual([key, other]);
});

test('from a file, with or without a line break at its end, and again when it changes', async () => {
  const path = file('good', `${key}\n`);
  const { keys } = keysOf([{ name: 'f', file: path }]);
  const token = (await keys.first(asking)).fernet.encrypt('x');
  expect(createFernet(key).decrypt(token).toString()).toBe('x');
  writeFileSync(path, other);
  expect(
    createFernet(other)
      .decrypt((await keys.first(asking)).fernet.encrypt('y'))
      .toString(),
  ).toBe('y');
});

test('from a file behind a link', async () => {
  symlinkSync(file('target', key, 0o400), join(folder, 'link'));
  expect(await keysOf([{ name: 'f', file: join(folder, 'link') }]).keys.problems()).toEqual([]);
});

describe.skipIf(process.platform === 'win32')('a file that others may read or change is refused', () => {
  test.each([0o640, 0o604, 0o620, 0o602, 0o666, 0o610])('%o', async (mode) => {
    const path = file(`mode-${mode}`, key, mode);
    await expect(keysOf([{ name: 'f', file: path }]).keys.first(asking)).rejects.toMatchObject({
      kind: 'secretsUnavailable',
      message: `The encryption key "f" cannot be read from ${path}: other users of this machine may read or change it. Make it yours alone: chmod 600 ${path}`,
    });
  });
});

test.each<[what: string, path: string, why: string]>([
  ['that is absent', join(folder, 'absent'), 'there is no such file.'],
  ['that is a folder', folder, 'it is not a file.'],
  ['that is something else', file('large', 'x'.repeat(5000)), 'it is too large to be a key.'],
])('a file %s is told', async (_, path, why) => {
  await expect(keysOf([{ name: 'f', file: path }]).keys.first(asking)).rejects.toMatchObject({
    message: `The encryption key "f" cannot be read from ${path}: ${why}`,
  });
});

test.skipIf(process.platform === 'win32')('a pipe is not waited for', async () => {
  const path = join(folder, 'pipe');
  expect(spawnSync('sh', ['-c', 'mkfifo -m 600 "$0"', path]).status).toBe(0);
  await expect(keysOf([{ name: 'f', file: path }]).keys.first(asking)).rejects.toMatchObject({
    message: expect.stringMatching(/it is not a file\.$/),
  });
});

test('what is no key is told without quoting it', async () => {
  const { keys } = keysOf([
    { name: 'ok', value: key },
    { name: 'bad', value: 'sk-short' },
    { name: 'worse', file: file('worse', 'not a key') },
    { name: 'asked', host: true },
  ]);
  const message = (name: string): string =>
    `The encryption key "${name}" is not one: expected 44 characters of base64. Make one with: llm-sidecar secrets generate-key`;
  expect(await keys.problems()).toEqual([
    { index: 1, message: message('bad') },
    { index: 2, message: message('worse') },
  ]);
});

test('from the host, on behalf of a request of it', async () => {
  const asked: unknown[] = [];
  const host = {
    isConnected: true,
    ask: async (question?: unknown, by?: unknown) => {
      asked.push(question);
      return by === undefined ? null : key;
    },
  };
  const { keys } = keysOf([{ name: 'team key', host: true }], host);
  expect(await keys.named('team key', undefined)).toBeNull();
  expect((await keys.first(asking)).name).toBe('team key');
  const question = { name: 'team key', actor: null, purpose: undefined };
  expect(asked).toEqual([question, question]);
});

test.each([
  [true, 'The encryption key "k" is to come from the host, and the host does not have it (secret/resolve).'],
  [false, 'The encryption key "k" is to come from the host, and there is no host here that gives secrets.'],
])('from a host that does not have it', async (isConnected, message) => {
  await expect(keysOf([{ name: 'k', host: true }], { ...noHost, isConnected }).keys.named('k', asking)).rejects.toMatchObject({ message });
});
