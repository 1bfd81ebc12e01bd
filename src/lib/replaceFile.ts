import { access, constants, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure, type FailureKind } from './failure.ts';

export interface Replacement {
  /** Of the file that was read, by `stampOf`; '': there was none. */
  readonly stamp: string;
  /** The permissions it has from then on; undefined: those that it has, or of a new file 0644. */
  readonly mode?: number | undefined;
  /** The last moment to give up, by throwing. */
  readonly beforeRename?: () => Promise<void>;
}

/** All or nothing, also when the machine stops. `file` is no link, and who calls holds its lock. false: it is not the one that was read any more. */
export async function replaceFile(file: string, text: string, { stamp, mode, beforeRename }: Replacement): Promise<boolean> {
  // What a killed process has left is made anew.
  const written = `${file}.new`;
  await rm(written, { force: true });
  try {
    const before = stamp === '' ? null : await writable(file);
    const rights = mode ?? (before === null ? 0o644 : before.mode & 0o777);
    await using handle = await open(written, 'wx', rights & 0o600);
    await handle.chmod(rights);
    if (before !== null && before.uid !== process.getuid?.()) await handle.chown(before.uid, before.gid);
    await handle.writeFile(text);
    await handle.sync();
    await beforeRename?.();
    // Editors know nothing of locks.
    if ((await stampOf(file)) !== stamp) return false;
    await rename(written, file);
  } finally {
    await rm(written, { force: true });
  }
  await syncFolder(dirname(file));
  return true;
}

/** Another one for every file and every change of it; '': there is no such file. */
export async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(file, { bigint: true });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch (error) {
    if (isAbsent(error)) return '';
    throw error;
  }
}

/** Where a write goes, through all links, also to what is not there yet. */
export async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  const folder = await realpath(dirname(path)).catch(() => null);
  if (folder === null) return path;
  const file = join(folder, basename(path));
  const link = await readlink(file).catch(() => null);
  return link === null ? file : targetOf(resolve(folder, link));
}

/** What the file system says, as a Failure. */
export async function inFileWords<T>(path: string, kind: FailureKind, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof Failure || code === '') throw error;
    throw new Failure(kind, `${path} cannot be read or changed (${code}). ${advice[code] ?? ''}Nothing was changed.`);
  }
}

export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** A file that its owner made read-only stays as it is. */
async function writable(file: string): Promise<{ uid: number; gid: number; mode: number }> {
  await access(file, constants.W_OK);
  return stat(file);
}

/** So that the new name is on the disk, where a folder can be synced. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder);
    await handle.sync();
  } catch {
    // Windows, and some network file systems.
  }
}

const permissions = 'Check the permissions of the file and of its folder. ';
const space = 'There is no room for it on the disk, or the user may not take more. ';
const advice: Readonly<Record<string, string>> = {
  EACCES: permissions,
  EPERM: permissions,
  EROFS: 'It is on a disk that is read-only. ',
  ENOSPC: space,
  EDQUOT: space,
  EFBIG: space,
  EISDIR: 'It is a folder. ',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
