import type { Exposed } from '../lib/filePermissions.ts';
import { readFile, stat } from '../lib/startFiles.ts';

/** The text of a file; null text: there is no such file. `trouble` says why it could not be read. */
export interface TextFile {
  readonly path: string;
  readonly text: string | null;
  readonly trouble: string | null;
  /** Where it was looked at. */
  readonly exposed?: Exposed | null;
}

const largest = 8 * 1024 * 1024;

export async function readText(path: string): Promise<TextFile> {
  const failed = (trouble: string): TextFile => ({ path, text: null, trouble });
  try {
    const entry = await stat(path);
    if (!entry.isFile()) return failed(entry.isDirectory() ? 'it is a folder' : 'it is not a regular file');
    if (entry.size > largest) return failed('it is larger than 8 MiB');
    return { path, text: await readFile(path, 'utf8'), trouble: null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return { path, text: null, trouble: null };
    return failed(reasons[code] ?? code);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  ELOOP: 'its links go round in a circle',
};
