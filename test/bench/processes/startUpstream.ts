import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Upstream {
  readonly port: number;
  stop(): void;
}

export async function startUpstream(): Promise<Upstream> {
  // It ends with its input, also when this process is killed.
  const child = spawn(process.execPath, [fileURLToPath(new URL('upstream.ts', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(printed), stop: () => void child.kill() };
}
