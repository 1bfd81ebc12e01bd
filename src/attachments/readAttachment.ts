import { constants, type BigIntStats } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { Failure } from '../lib/failure.ts';

export interface FileRules {
  /** Absolute paths of the folders in which files may be; null: anywhere. */
  readonly roots: readonly string[] | null;
  /** Of one file. */
  readonly maxBytes: number;
  /** Of all that one call names or gives. */
  readonly maxTotalBytes: number;
  /** What a relative path starts from. */
  readonly cwd: string;
}

export interface Reading {
  readonly signal: AbortSignal;
  /** Hears how many bytes come, before they are read. Throws when that is too many. */
  take(bytes: number): void;
}

/**
 * The content of a file under one of the roots, links resolved. What is read is the file that was checked, whatever is renamed or
 * linked meanwhile. Throws an invalidParams.
 */
export async function readAttachment(path: string, rules: FileRules, { signal, take }: Reading): Promise<Buffer> {
  const absolute = resolve(rules.cwd, path);
  try {
    const real = await realpath(absolute);
    await checkInside(real, rules);
    await using file = await open(real, readOnly);
    const facts = await file.stat({ bigint: true });
    if (!facts.isFile()) throw refusal(`The attachment ${path} is not a file.`);
    await checkSame(facts, real, rules);
    if (facts.size > rules.maxBytes) throw tooLarge(path, rules.maxBytes);
    take(Number(facts.size));
    return await readAll(file, { path, size: Number(facts.size), maxBytes: rules.maxBytes, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Outside) throw error.of(path, rules);
    if (error instanceof Failure) throw error;
    // Whether there is a file where none may be read is not told either.
    if (!(await isInside(absolute, rules))) throw new Outside().of(path, rules);
    throw refusal(`The attachment ${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`);
  }
}

export function tooLarge(what: string, maxBytes: number): Failure {
  return refusal(`The attachment ${what} is larger than ${maxBytes} bytes. Raise attachments.max_bytes in the configuration.`);
}

export function tooMany(maxTotalBytes: number): Failure {
  return refusal(
    `The attachments are larger than ${maxTotalBytes} bytes together. Raise attachments.max_total_bytes in the configuration, or ask in several prompts.`,
  );
}

export function refusal(message: string): Failure {
  return new Failure('invalidParams', message, { issues: [{ path: 'attachments', message }] });
}

/** Not blocking: a pipe that nobody writes to would be waited for. */
const readOnly = process.platform === 'win32' ? 'r' : constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

class Outside extends Error {
  of(path: string, { roots }: FileRules): Failure {
    const allowed = roots?.length ? `only files in ${roots.join(', ')} are` : 'no file is';
    const message = `The attachment ${path} is not read: ${allowed}. Add its folder to attachments.roots in the configuration, or give its content as data.`;
    return new Failure('invalidParams', message, {
      issues: [{ path: 'attachments', message }],
      required: { setting: 'attachments.roots' },
    });
  }
}

async function checkInside(real: string, rules: FileRules): Promise<void> {
  if (!(await isInside(real, rules))) throw new Outside();
}

async function isInside(path: string, { roots }: FileRules): Promise<boolean> {
  if (roots === null) return true;
  const places = await Promise.all(roots.map(async (root) => [root, await realpath(root).catch(() => root)]));
  return places.flat().some((root) => isWithin(path, root));
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way);
}

/** A folder on the way may have become a link between the check and the opening. */
async function checkSame(opened: BigIntStats, path: string, rules: FileRules): Promise<void> {
  const real = await realpath(path);
  const now = await stat(real, { bigint: true });
  if (now.dev !== opened.dev || now.ino !== opened.ino) throw new Outside();
  await checkInside(real, rules);
}

/** No more than may be, also of a file that grows. */
async function readAll(
  file: FileHandle,
  { path, size, maxBytes, signal }: { path: string; size: number; maxBytes: number; signal: AbortSignal },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let read = 0;
  for (let left = size; ; left = 65_536) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(Math.max(1, left)));
    signal.throwIfAborted();
    if (bytesRead === 0) return Buffer.concat(chunks);
    read += bytesRead;
    if (read > maxBytes) throw tooLarge(path, maxBytes);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}
