import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Unwritten } from './unwritten.ts';

/** What waits when a process ends is in files `<path>.<instance>.ndjson`, for this user alone, until one that starts later has written it. */
export async function writeSpill(path: string, instanceId: string, entries: readonly Unwritten[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = `${path}.${instanceId}${ending}`;
  const text = entries.map(
    (entry) => `${JSON.stringify(entry, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`,
  );
  await writeFile(`${file}.part`, text.join(''), { mode: 0o600 });
  await rename(`${file}.part`, file);
}

/** Gives each file's entries to `take` and then removes it; a line that is not whole is left out. */
export async function readSpills(path: string, take: (entries: readonly Unwritten[]) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith(ending))) {
    const lines = await readFile(join(folder, name), 'utf8').catch(() => '');
    await take(lines.split('\n').flatMap(parse));
    await rm(join(folder, name), { force: true });
  }
}

const ending = '.ndjson';

function parse(line: string): Unwritten[] {
  try {
    const entry = JSON.parse(line, (key, value: unknown) =>
      key.endsWith('_nanocents') && typeof value === 'string' ? BigInt(value) : value,
    ) as Unwritten;
    return [entry];
  } catch {
    return [];
  }
}
