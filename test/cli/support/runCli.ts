import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { sidecarCommand } from '../../support/sidecar.ts';
import { cleanEnvironment, folderWith } from './folder.ts';

/** What `npm test` has built, which starts with a tenth of the work; run alone, a test takes the sources. */
export const mainFile = sidecarCommand[1]!;

export interface RunOptions {
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in; null: a pipe that stays open. */
  readonly input?: string | null;
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `llm-sidecar <words>` as a process of its own, without a terminal. */
export async function runCli(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return startCli(words, options).ended;
}

/** `wrote` resolves when stdout or stderr has the text. */
export function startCli(words: readonly string[], { folder = folderWith(), env = {}, input = '' }: RunOptions = {}) {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [mainFile, ...words], {
    cwd: folder,
    env: cleanEnvironment(folder, env),
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const seen = { out: '', err: '' };
  const waiting = new Set<() => void>();
  const collect = (name: 'out' | 'err') => (chunk: string) => {
    seen[name] += chunk;
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', collect('out'));
  child.stderr.setEncoding('utf8').on('data', collect('err'));
  child.stdin.on('error', () => {});
  if (input !== null) child.stdin.end(input);
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, ...seen })));
  const wrote = async (name: 'out' | 'err', text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (seen[name].includes(text)) resolve();
      };
      waiting.add(look);
      look();
      child.on('close', () => reject(new Error(`ended without writing ${JSON.stringify(text)}: ${JSON.stringify(seen)}`)));
    });
  return { child, ended, wrote };
}
