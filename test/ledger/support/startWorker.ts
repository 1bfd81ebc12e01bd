import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import type { WorkerPlan } from './worker.ts';

export interface Worker {
  readonly ready: Promise<void>;
  go(): void;
  kill(): void;
  /** The ids that were admitted; null: it was killed. Rejects with what it wrote when it failed. */
  readonly ended: Promise<string[] | null>;
}

/** In one file, which starts three times as fast: hundreds of them are started. */
export async function buildWorker(folder: string): Promise<string> {
  const input = fileURLToPath(new URL('worker.ts', import.meta.url));
  const bundle = await rolldown({ input, platform: 'node', external: ['pg-native', 'pg-cloudflare'], logLevel: 'silent' });
  const file = join(folder, 'worker.mjs');
  await bundle.write({ file, codeSplitting: false });
  await bundle.close();
  return file;
}

/** `script`: what `buildWorker` has made. */
export function startWorker(script: string, plan: WorkerPlan): Worker {
  const child = spawn(process.execPath, [script, JSON.stringify(plan)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  child.stdin.on('error', () => {});
  let admitted: string[] | null = null;
  let isReady: () => void;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') isReady();
    else admitted = JSON.parse(line) as string[];
  });
  const ended = new Promise<string[] | null>((resolve, reject) => {
    child.on('close', (code, signal) => {
      isReady();
      if (signal === 'SIGKILL') resolve(null);
      else if (code === 0 && admitted) resolve(admitted);
      else reject(new Error(`The worker ended with ${code ?? signal}:\n${stderr}`));
    });
    child.on('error', reject);
  });
  return { ready, go: () => void child.stdin.write('go\n'), kill: () => void child.kill('SIGKILL'), ended };
}
