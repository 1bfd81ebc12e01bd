import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WorkerPlan } from './worker.ts';

export interface Worker {
  readonly ready: Promise<void>;
  go(): void;
  kill(): void;
  /** The ids that were admitted; null: it was killed. Rejects with what it wrote when it failed. */
  readonly ended: Promise<string[] | null>;
}

export function startWorker(plan: WorkerPlan): Worker {
  const script = fileURLToPath(new URL('worker.ts', import.meta.url));
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
