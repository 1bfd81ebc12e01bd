import { dirname } from 'node:path';
import { stat } from './startFiles.ts';

/** Why others may do something to a file, and the command that ends it. */
export interface Exposed {
  readonly to: 'write' | 'read';
  /** Goes on after the name of the file or "This file". */
  readonly why: string;
  readonly remedy: string;
}

/**
 * Whether other users of this machine may change a file, or put another in its place, or only read it; null: neither, or there is
 * no such folder, or a system that has no such permissions. The owner of a file is trusted, and so are root and a user's own group,
 * whose number is that of the user. What is in a folder that others cannot enter is out of their reach.
 */
export async function exposure(path: string): Promise<Exposed | null> {
  if (process.platform === 'win32') return null;
  const folder = dirname(path);
  const [file, place] = await Promise.all([factsOf(path), factsOf(folder)]);
  if (place === null) return null;
  const ofFolder = rights(place);
  const isSticky = (place.mode & 0o1000) !== 0;
  if (ofFolder.write && ofFolder.enter && !isSticky)
    return { to: 'write', why: `is in a folder that other users of this machine may change`, remedy: `chmod go-w ${quoted(folder)}` };
  if (file === null || !ofFolder.enter) return null;
  const { write, read } = rights(file);
  const remedy = `chmod ${file.isDirectory() ? 700 : 600} ${quoted(path)}`;
  if (write) return { to: 'write', why: 'may be changed by other users of this machine', remedy };
  return read ? { to: 'read', why: 'may be read by other users of this machine', remedy } : null;
}

/** The sentence for what is refused where others may change it; null: they may not. `what` begins it. */
export async function changeable(path: string, what: string): Promise<string | null> {
  const exposed = await exposure(path);
  return exposed?.to === 'write' ? `${what} ${exposed.why}, so it is not used. Make it yours alone: ${exposed.remedy}` : null;
}

interface Facts {
  readonly mode: number;
  readonly gid: number;
  isDirectory(): boolean;
}

async function factsOf(path: string): Promise<Facts | null> {
  return stat(path).catch(() => null);
}

/** Of users who are neither the owner nor alone in the group. */
function rights({ mode, gid }: Facts): { read: boolean; write: boolean; enter: boolean } {
  const bits = (mode & 0o007) | (isOwnGroup(gid) ? 0 : (mode & 0o070) >> 3);
  return { read: (bits & 4) !== 0, write: (bits & 2) !== 0, enter: (bits & 1) !== 0 };
}

function isOwnGroup(gid: number): boolean {
  return gid === 0 || gid === process.getuid?.();
}

/** For a shell, where it needs it. */
function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
