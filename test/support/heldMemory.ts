import { readFileSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HeldMemory } from './reportMemory.ts';

/** For Node, before the program: then `collected` can ask the process. */
export const reporting: readonly string[] = ['--expose-gc', '--import', fileURLToPath(new URL('reportMemory.ts', import.meta.url))];

/** What a process that was started with `reporting` and with `LLM_SIDECAR_REPORT_MEMORY` set to `path` holds after a collection. */
export async function collected(pid: number, path: string): Promise<HeldMemory> {
  rmSync(path, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (let tries = 0; tries < 1000; tries += 1) {
    await setTimeout(50);
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as HeldMemory;
    } catch {
      // Not yet, or not all of it.
    }
  }
  throw new Error('the sidecar has not said what it holds');
}
