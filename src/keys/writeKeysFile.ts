import { constants } from 'node:fs';
import { access, mkdir, open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../lib/failure.ts';
import { withFileLock, type CheckHeld } from './fileLock.ts';
import { formatMembers, parseMembers, type JsonMember } from './jsonMembers.ts';

/** The names in a `keys.json`, sorted. None: there is no file. Throws a Failure. */
export async function keyNames(path: string): Promise<string[]> {
  const { members } = await inWords(path, async () => read(path));
  const names = members.map(({ name }) => name).filter((name) => !isComment(name));
  return [...new Set(names)].toSorted();
}

/** What is wrong with a name for a key, in words that do not repeat it; null: nothing. */
export function keyNameProblem(name: string): string | null {
  if (name.trim() === '') return 'is empty';
  if (isComment(name)) return 'begins with //, as comments do';
  if (/[\s\p{Cc}=]/u.test(name)) return 'has a space, a control character or =';
  return null;
}

/** Puts a key into a `keys.json`, or another in its place. The rest of the file stays, in its order. Throws a Failure. */
export async function setKey(path: string, name: string, value: string): Promise<void> {
  const problem = keyNameProblem(name);
  if (problem !== null) throw new Failure('invalidParams', `The name of the key ${problem}.`);
  if (value.trim() === '') throw new Failure('invalidParams', 'The key is empty. Nothing was changed.');
  const member = { name, value: JSON.stringify(value) };
  await change(path, (members) => {
    const at = members.findIndex((one) => one.name === name);
    return at === -1 ? [...members, member] : members.flatMap((one, index) => (index === at ? [member] : one.name === name ? [] : [one]));
  });
}

/** false: there was no key of this name. Throws a Failure. */
export async function removeKey(path: string, name: string): Promise<boolean> {
  const isThere = (members: readonly JsonMember[]): boolean => !isComment(name) && members.some((member) => member.name === name);
  // Without a key to remove there is no folder to make and no file to lock.
  if (!isThere((await inWords(path, async () => read(path))).members)) return false;
  return change(path, (members) => (isThere(members) ? members.filter((member) => member.name !== name) : null));
}

type Edit = (members: readonly JsonMember[]) => JsonMember[] | null;

/** false: `edit` gave null, so nothing was written. */
async function change(path: string, edit: Edit): Promise<boolean> {
  return inWords(path, async () => {
    // A link is somebody's decision where keys are; it stays, and its target changes.
    const file = await targetOf(path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    return withFileLock(file, async (checkHeld) => {
      for (let attempt = 0; attempt < 10; attempt++) {
        const before = await read(file);
        const after = edit(before.exists ? before.members : [note]);
        if (after === null) return false;
        if (await replace(file, formatMembers(after), before, checkHeld)) return true;
      }
      throw new Failure('secretsUnavailable', `${path} is changed by another program all the time. Try again. Nothing was changed.`);
    });
  });
}

/** What `llm` begins the file with. */
const note: JsonMember = { name: '// Note', value: JSON.stringify('This file stores secret API credentials. Do not share!') };

interface KeysFile {
  readonly exists: boolean;
  readonly members: readonly JsonMember[];
  readonly stamp: string;
}

async function read(file: string): Promise<KeysFile> {
  const stamp = await stampOf(file);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isAbsent(error)) return { exists: false, members: [], stamp: '' };
    throw error;
  }
  const members = parseMembers(textOf(bytes));
  if (members === null)
    throw new Failure(
      'secretsUnavailable',
      `${file} is not a JSON object of names and keys, so it was left as it is. Correct it, or move it away.`,
    );
  return { exists: true, members, stamp };
}

/** Empty, and so refused, where the bytes are no text. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf8', { fatal: true }).decode(bytes);
  } catch {
    return '';
  }
}

/** All or nothing, also when the machine stops. false: the file is not the one that was read any more. */
async function replace(file: string, text: string, before: KeysFile, checkHeld: CheckHeld): Promise<boolean> {
  // What a killed process has left is made anew: this one has the lock.
  const written = `${file}.new`;
  await rm(written, { force: true });
  try {
    const owner = before.exists ? await writableOwner(file) : null;
    await using handle = await open(written, 'wx', 0o600);
    await handle.chmod(0o600);
    if (owner !== null) await handle.chown(owner.uid, owner.gid);
    await handle.writeFile(text);
    await handle.sync();
    await checkHeld();
    // `llm` and editors know nothing of the lock.
    if ((await stampOf(file)) !== before.stamp) return false;
    await rename(written, file);
  } finally {
    await rm(written, { force: true });
  }
  await syncFolder(dirname(file));
  return true;
}

/** A file that its owner made read-only stays as it is. null: it is this user's. */
async function writableOwner(file: string): Promise<{ uid: number; gid: number } | null> {
  await access(file, constants.W_OK);
  const { uid, gid } = await stat(file);
  return uid === process.getuid?.() ? null : { uid, gid };
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

async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(file, { bigint: true });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch (error) {
    if (isAbsent(error)) return '';
    throw error;
  }
}

/** Where a write goes, through all links, also to what is not there yet. */
async function targetOf(path: string): Promise<string> {
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

function isComment(name: string): boolean {
  return name.startsWith('//');
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** What the file system says, as a Failure. */
async function inWords<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof Failure || code === '') throw error;
    throw new Failure('secretsUnavailable', `${path} cannot be read or changed (${code}). ${advice[code] ?? ''}Nothing was changed.`);
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
