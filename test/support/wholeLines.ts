import { existsSync, readFileSync } from 'node:fs';

/** The values of a file of JSON lines that another process may be writing: a last line without its end is not there yet. */
export function wholeLines<Value>(path: string): Value[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Value);
}
