import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Worker {
  /** Resolves with the next line that it says; null: it has ended. */
  line(): Promise<string | null>;
  begin(): void;
  kill(): Promise<void>;
}

/** See worker.ts. */
export function startWorker(task: string, location: string, number = 1, options: SpawnOptions = {}): Worker {
  const child = spawn(process.execPath, [fileURLToPath(new URL('worker.ts', import.meta.url)), task, location, String(number)], {
    ...options,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit');
  return {
    line: async () => {
      const { value, done } = await lines.next();
      return done === true ? null : value;
    },
    begin: () => void child.stdin.write('go\n'),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
