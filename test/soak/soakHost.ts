import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RawMessage } from '../support/rawHost.ts';
import { frame, readFrames } from '../support/rawFrames.ts';

/** A host that keeps nothing of what it has received: it may run for hours. */
export interface SoakHost {
  readonly pid: number;
  request(method: string, params: object, id?: string): Promise<RawMessage>;
  notify(method: string, params: object): void;
  /** Deltas of a prompt that came after its answer, answers to nothing. */
  readonly faults: string[];
  readonly deltas: number;
  readonly stderr: string;
  pause(): void;
  resume(): void;
  endInput(): Promise<number | null>;
}

export function startSoakHost(command: readonly string[], options: { env: NodeJS.ProcessEnv; cwd: string }): SoakHost {
  const [file, ...args] = command;
  const child = spawn(file!, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Map<unknown, (message: RawMessage) => void>();
  const faults: string[] = [];
  let deltas = 0;
  let stderr = '';
  let lastId = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-100_000)));
  child.stdin.on('error', () => {});
  const exited = once(child, 'close') as Promise<[number | null]>;
  exited.then(
    () => {
      for (const resolve of waiting.values()) resolve({ error: { data: { kind: 'gone' } } });
    },
    () => {},
  );
  child.stdout.on(
    'data',
    readFrames('content-length', (message) => {
      const { id, method, params } = message as RawMessage;
      if (method === 'llm/delta') {
        deltas += 1;
        if (!waiting.has(params.promptId)) faults.push(`a delta of ${params.promptId} after its answer`);
      } else if (method === undefined) {
        const resolve = waiting.get(id);
        waiting.delete(id);
        if (resolve === undefined) faults.push(`an answer to ${id}, which waits for none`);
        else resolve(message as RawMessage);
      }
    }),
  );
  const send = (message: object): void => void child.stdin.write(frame('content-length', { jsonrpc: '2.0', ...message }));
  return {
    pid: child.pid!,
    request(method, params, id = `r${(lastId += 1)}`) {
      const answer = new Promise<RawMessage>((resolve) => waiting.set(id, resolve));
      send({ id, method, params });
      return answer;
    },
    notify: (method, params) => send({ method, params }),
    faults,
    get deltas() {
      return deltas;
    },
    get stderr() {
      return stderr;
    },
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    async endInput() {
      child.stdin.end();
      return (await exited)[0];
    },
  };
}
