import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConfigEdit } from '../../src/config/editText.ts';
import { readConfigHash, saveEdit } from '../../src/config/saveEdit.ts';
import { mountSmallDisk } from '../support/smallDisk.ts';

const disk = mountSmallDisk();
if (!disk) console.warn('\nSKIPPED: a configuration on a disk that is full or read-only: that wants Linux and the right to mount one\n');

const text = '# ours\ndefault_model: echo # why\n';
const edit: ConfigEdit = { path: ['default_model'], value: { model: 'b' } };
const save = async (path: string, seen: string, change = edit) => saveEdit(change, { path, seen, providerTypes: ['openai'], env: {} });

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'llm-sidecar-edit-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function file(content = text): string {
  const path = join(folder(), 'llm-sidecar.yaml');
  writeFileSync(path, content, { mode: 0o640 });
  chmodSync(path, 0o640);
  return path;
}

describe('a change is written', () => {
  test('with the rest as it was, its permissions too, and gives what was seen for the next one', async () => {
    const path = file();
    const first = await save(path, await readConfigHash(path));
    expect(readFileSync(path, 'utf8')).toBe('# ours\ndefault_model: b # why\n');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('640');
    expect(first).toEqual({ state: 'saved', hash: await readConfigHash(path) });
    const next = { path: ['default_model'], value: { model: 'c' } };
    expect(await save(path, (first as { hash: string }).hash, next)).toMatchObject({ state: 'saved' });
    expect(readFileSync(path, 'utf8')).toBe('# ours\ndefault_model: c # why\n');
  });

  test('through a link, which stays one', async () => {
    const path = file();
    const link = join(folder(), 'link.yaml');
    symlinkSync(path, link);
    expect(await save(link, await readConfigHash(link))).toMatchObject({ state: 'saved' });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).toContain('default_model: b');
  });

  test('to a file that is not there yet, in a folder that is not either', async () => {
    const path = join(folder(), 'new', 'config.yaml');
    expect(await readConfigHash(path)).toBe('');
    expect(await save(path, '')).toMatchObject({ state: 'saved' });
    expect(readFileSync(path, 'utf8')).toBe('default_model: b\n');
  });
});

describe('nothing is written', () => {
  test('when the file is not what was seen', async () => {
    const path = file();
    const seen = await readConfigHash(path);
    writeFileSync(path, 'default_model: by-somebody-else\n');
    expect(await save(path, seen)).toEqual({ state: 'changed' });
    expect(await save(path, '')).toEqual({ state: 'changed' });
    expect(readFileSync(path, 'utf8')).toBe('default_model: by-somebody-else\n');
  });

  test('when it would have errors, which are said with their places', async () => {
    const path = file('require_keys: maybe\nbudgets:\n  - { name: a, limit_usd: 1, per: day }\n');
    const wrong: ConfigEdit = { path: ['budgets', 0, 'limit_usd'], value: { usd: '99999999' } };
    const saved = await save(path, await readConfigHash(path), wrong);
    expect(saved).toMatchObject({
      state: 'refused',
      problems: [
        { code: 'wrongType', path: 'require_keys', range: { start: { line: 0, character: 14 } } },
        { path: 'budgets[0].limit_usd', range: { start: { line: 2 } } },
      ],
    });
    expect(readFileSync(path, 'utf8')).toContain('limit_usd: 1,');
  });

  test('when two write at once, but one of them', async () => {
    const path = file();
    const seen = await readConfigHash(path);
    const all = await Promise.all(
      ['a', 'b', 'c'].map(async (model) => save(path, seen, { path: ['default_model'], value: { model } }).catch(() => null)),
    );
    expect(all.filter((one) => one?.state === 'saved')).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toMatch(/^# ours\ndefault_model: [abc] # why\n$/);
  });

  test.skipIf(!disk)('when the disk is full or read-only, and it is said what to do', async () => {
    if (!disk) return;
    const path = join(disk.folder, 'llm-sidecar.yaml');
    writeFileSync(path, `${text}${'# long\n'.repeat(4000)}`);
    const seen = await readConfigHash(path);
    const before = readFileSync(path, 'utf8');
    const free = disk.fill();
    await expect(save(path, seen)).rejects.toMatchObject({
      kind: 'storageUnavailable',
      message: expect.stringMatching(/ENOSPC.*no room.*Nothing was changed/),
    });
    free();
    disk.setReadOnly(true);
    await expect(save(path, seen)).rejects.toMatchObject({ message: expect.stringMatching(/EROFS.*read-only.*Nothing was changed/) });
    disk.setReadOnly(false);
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(readdirSync(disk.folder)).toEqual(['llm-sidecar.yaml']);
    disk.remove();
  });
});
