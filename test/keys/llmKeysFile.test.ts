import { chmod, mkdtemp, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createLlmKeysFile } from '../../src/keys/llmKeysFile.ts';

let path = '';
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-sidecar-keys-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  path = join(folder, 'keys.json');
});

describe('keys.json', () => {
  test.skipIf(process.platform === 'win32')('that others may change has no key, until they may not', async () => {
    await writeFile(path, '{"openai": "canary-key"}', { mode: 0o600 });
    const keysFile = createLlmKeysFile(path);
    const found = async () => [await keysFile.get('openai'), ...(await keysFile.problems()).map(({ code }) => code)];
    expect(await found()).toEqual(['canary-key']);
    await chmod(path, 0o666);
    // The folder is closed to them.
    expect(await found()).toEqual(['canary-key']);
    await chmod(join(path, '..'), 0o777);
    await chmod(path, 0o604);
    expect(await found()).toEqual([null, 'keysFileUnsafe']);
    await chmod(join(path, '..'), 0o755);
    expect(await found()).toEqual(['canary-key', 'keysFileReadable']);
    await chmod(path, 0o600);
    expect(await found()).toEqual(['canary-key']);
  });

  test.each<[what: string, text: string | null, key: string | null, problems: string[]]>([
    ['absent', null, null, []],
    [
      'as llm writes it',
      '{\n  "// Note": "This file stores secret API credentials. Do not share!",\n  "openai": "canary-key"\n}',
      'canary-key',
      [],
    ],
    ['with a byte order mark', '\ufeff{"openai": "canary-key"}', 'canary-key', []],
    ['a key copied with its line break', '{"openai": "canary-key\\n"}', 'canary-key', []],
    ['an empty key', '{"openai": ""}', null, []],
    ['another name', '{"anthropic": "canary-key"}', null, []],
    ['a name of every object', '{}', null, []],
    ['a key that is no text', '{"openai": 5, "other": "canary-key"}', null, ['warning wrongType openai']],
    ['not JSON', '{"openai": canary-key}', null, ['warning keysFileUnreadable ']],
    ['cut short', '{"openai": "canary-k', null, ['warning keysFileUnreadable ']],
    ['empty', '', null, ['warning keysFileUnreadable ']],
    ['a list', '["canary-key"]', null, ['warning keysFileUnreadable ']],
    ['null', 'null', null, ['warning keysFileUnreadable ']],
  ])('%s', async (_what, text, key, problems) => {
    if (text !== null) await writeFile(path, text);
    const file = createLlmKeysFile(path);
    expect(await file.get('openai')).toBe(key);
    expect(await file.get('toString')).toBeNull();
    const found = await file.problems();
    expect(found.map(({ severity, code, path: at }) => `${severity} ${code} ${at}`)).toEqual(problems);
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  test('a folder of that name', async () => {
    await mkdir(path);
    const file = createLlmKeysFile(path);
    expect(await file.get('openai')).toBeNull();
    expect((await file.problems()).map(({ message }) => message)).toEqual([
      'Keys cannot be read from this file (EISDIR). Check its permissions.',
    ]);
  });

  test('a change is seen by the next look: created, rewritten, renamed over, broken, mended, deleted', async () => {
    const file = createLlmKeysFile(path);
    const key = async (): Promise<string | null> => file.get('openai');
    expect(await key()).toBeNull();
    await writeFile(path, '{"openai": "one"}');
    expect(await key()).toBe('one');
    await writeFile(path, '{"openai": "two"}');
    // The coarsest clock of a file system: no help from the time, and the same size.
    await utimes(path, 1, 1);
    expect(await key()).toBe('two');
    await writeFile(`${path}.new`, '{"openai": "six"}');
    await utimes(`${path}.new`, 1, 1);
    await rename(`${path}.new`, path);
    expect(await key()).toBe('six');
    await writeFile(path, '{');
    expect(await key()).toBeNull();
    expect((await file.problems()).length).toBe(1);
    await writeFile(path, '{"openai": "ten"}');
    expect(await key()).toBe('ten');
    expect(await file.problems()).toEqual([]);
    await rm(path);
    expect(await key()).toBeNull();
    expect(await file.problems()).toEqual([]);
  });
});
