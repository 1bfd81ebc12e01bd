import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../lib/failure.ts';
import { inFileWords, isAbsent, replaceFile, stampOf, targetOf } from '../lib/replaceFile.ts';
import { withFileLock } from '../lib/fileLock.ts';
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
        if (await replaceFile(file, formatMembers(after), { stamp: before.stamp, mode: 0o600, beforeRename: checkHeld })) return true;
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

function isComment(name: string): boolean {
  return name.startsWith('//');
}

async function inWords<T>(path: string, run: () => Promise<T>): Promise<T> {
  return inFileWords(path, 'secretsUnavailable', run);
}
