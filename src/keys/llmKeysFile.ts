import type { Diagnostic } from '../../protocol/index.ts';
import { exposure } from '../lib/filePermissions.ts';
import { readFile, stat } from '../lib/startFiles.ts';
import { usable } from './secretName.ts';

export interface LlmKeysFile {
  /** The key of that name, or null. Reads the file again when it has changed. */
  get(name: string): Promise<string | null>;
  /** All of them, in the order of the file. */
  entries(): Promise<ReadonlyMap<string, string>>;
  /** What is wrong with the file now; a file that is absent is fine. */
  problems(): Promise<Diagnostic[]>;
}

interface Read {
  readonly stamp: string;
  readonly keys: ReadonlyMap<string, string>;
  readonly problems: readonly Diagnostic[];
  /** What is wrong may end without a change of the file. */
  readonly lookAgain?: boolean;
}

/** `keys.json` of the `llm` command: names and keys. A file that cannot be read, or that others may change, has no keys, and a problem. */
export function createLlmKeysFile(path: string): LlmKeysFile {
  let last: Read = { stamp: '', keys: new Map(), problems: [] };
  const current = async (): Promise<Read> => {
    const stamp = await stampOf(path);
    if (stamp !== last.stamp || last.lookAgain) last = await read(path, stamp);
    return last;
  };
  return {
    get: async (name) => (await current()).keys.get(name) ?? null,
    entries: async () => (await current()).keys,
    problems: async () => [...(await current()).problems],
  };
}

async function stampOf(path: string): Promise<string> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
    return `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
  } catch (error) {
    return codeOf(error);
  }
}

async function read(path: string, stamp: string): Promise<Read> {
  const unusable = (message: string): Read => ({
    stamp,
    keys: new Map(),
    problems: [{ severity: 'warning', code: 'keysFileUnreadable', message, path: '', source: path }],
  });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { stamp, keys: new Map(), problems: [] }
      : unusable(`Keys cannot be read from this file (${code}). Check its permissions.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own message quotes the file, and so keys.
    return unusable('Not JSON, so no key is read from this file. Correct it, or move it away.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return unusable('Expected an object of names and keys, {"openai": "…"}, so no key is read from this file.');
  const exposed = await exposure(path);
  const problem = (code: string, message: string): Diagnostic => ({ severity: 'warning', code, message, path: '', source: path });
  if (exposed?.to === 'write') {
    const message = `This file ${exposed.why}, who could put keys of theirs into it, so no key is read from it. Make it yours alone: ${exposed.remedy}`;
    return { stamp, keys: new Map(), problems: [problem('keysFileUnsafe', message)], lookAgain: true };
  }
  const { keys, problems } = pick(parsed, path);
  if (exposed === null) return { stamp, keys, problems };
  const message = `The keys in this file ${exposed.why}. Make it yours alone: ${exposed.remedy}`;
  return { stamp, keys, problems: [problem('keysFileReadable', message), ...problems], lookAgain: true };
}

function pick(parsed: object, source: string): Pick<Read, 'keys' | 'problems'> {
  const keys = new Map<string, string>();
  const problems: Diagnostic[] = [];
  for (const [name, value] of Object.entries(parsed) as [string, unknown][]) {
    if (name.startsWith('//')) continue;
    const key = typeof value === 'string' ? usable(value) : null;
    if (key !== null) keys.set(name, key);
    else if (typeof value !== 'string')
      problems.push({
        severity: 'warning',
        code: 'wrongType',
        message: `Expected the key "${name}" as text; it is ignored.`,
        path: name,
        source,
      });
  }
  return { keys, problems };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
