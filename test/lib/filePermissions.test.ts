import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { changeable, exposure } from '../../src/lib/filePermissions.ts';

const base = mkdtempSync(join(tmpdir(), 'llm-sidecar-permissions-'));
afterAll(() => rmSync(base, { recursive: true }));

let count = 0;
function make(folderMode: number, fileMode: number | null): { folder: string; file: string } {
  const folder = join(base, `folder${(count += 1)}`);
  const file = join(folder, 'file');
  mkdirSync(folder);
  if (fileMode !== null) {
    writeFileSync(file, '');
    chmodSync(file, fileMode);
    if (process.getuid?.() === 0) chownSync(file, 0, 12_345);
  }
  chmodSync(folder, folderMode);
  if (process.getuid?.() === 0) chownSync(folder, 0, 12_345);
  return { folder, file };
}

describe.skipIf(process.platform === 'win32')('what others may do with a file', () => {
  test.each([
    [0o755, 0o600, null],
    [0o755, 0o400, null],
    [0o755, 0o604, 'read'],
    [0o755, 0o644, 'read'],
    [0o755, 0o602, 'write'],
    [0o755, 0o666, 'write'],
    // A folder that others cannot enter.
    [0o700, 0o666, null],
    [0o744, 0o666, null],
    // One in which they can put another file in its place.
    [0o777, 0o600, 'write'],
    [0o777, null, 'write'],
    [0o755, null, null],
    // As /tmp: there they cannot, with a file that is there.
    [0o1777, 0o600, null],
    [0o1777, 0o644, 'read'],
    [0o1777, 0o666, 'write'],
  ])('a folder %o with a file %o: %s', async (folderMode, fileMode, expected) => {
    const { file } = make(folderMode, fileMode);
    expect((await exposure(file))?.to ?? null).toBe(expected);
  });

  // The number of a group is seen where it can be chosen.
  test.skipIf(process.getuid?.() !== 0).each([
    [0o755, 0o640, 'read'],
    [0o755, 0o660, 'write'],
    [0o770, 0o600, 'write'],
    [0o750, 0o640, 'read'],
  ])('and a group: a folder %o with a file %o: %s', async (folderMode, fileMode, expected) => {
    const { file, folder } = make(folderMode, fileMode);
    expect((await exposure(file))?.to ?? null).toBe(expected);
    // Its own group has nobody else in it.
    chownSync(file, 0, 0);
    chownSync(folder, 0, 0);
    expect(await exposure(file)).toBeNull();
  });

  test('is said with the command that ends it', async () => {
    const { file } = make(0o755, 0o666);
    expect(await changeable(file, `The file ${file}`)).toBe(
      `The file ${file} may be changed by other users of this machine, so it is not used. Make it yours alone: chmod 600 ${file}`,
    );
    chmodSync(file, 0o644);
    expect(await changeable(file, 'The file')).toBeNull();
    const open = make(0o777, 0o600);
    expect(await changeable(open.file, 'The file')).toBe(
      `The file is in a folder that other users of this machine may change, so it is not used. Make it yours alone: chmod go-w ${open.folder}`,
    );
    const spaced = join(base, "it's here");
    mkdirSync(spaced);
    chmodSync(spaced, 0o777);
    expect((await exposure(join(spaced, 'x')))?.remedy).toBe(`chmod go-w '${base}/it'\\''s here'`);
  });

  test('is nothing where there is nothing', async () => expect(await exposure(join(base, 'none/none'))).toBeNull());
});
