import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCallback } from './callbacks.ts';
import type { SidecarExit } from './errors.ts';
import { settlesWithin } from './timing.ts';

export interface SpawnOptions {
  /** The program to run. Default: the sidecar of this package, on the Node that runs the host. */
  command?: string | undefined;
  /** Its arguments, after those that name the program. */
  args?: readonly string[] | undefined;
  /** Variables over those of the host; `undefined` removes one. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  cwd?: string | undefined;
  /** The configuration file, as `--config`. Default: the sidecar looks for one. */
  config?: string | undefined;
  /** Where its log goes: the host's stderr (default), nowhere, or a function that gets each line. */
  stderr?: 'inherit' | 'ignore' | ((line: string) => void) | undefined;
}

/** A running sidecar. It does not keep the host alive, except while somebody holds it. */
export interface Sidecar {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves once the process is gone and its output was read. Never rejects. */
  readonly exited: Promise<SidecarExit>;
  /** Keeps the host alive until the returned function is called. */
  hold(): () => void;
  /** Ends its input; then SIGTERM after 2 s; then SIGKILL after 2 s more. protocol.md 7. */
  stop(): Promise<SidecarExit>;
}

export function spawnSidecar(options: SpawnOptions): Sidecar {
  const [command, leading] = options.command === undefined ? [process.execPath, [ownMain()]] : [options.command, []];
  const config = options.config === undefined ? [] : ['--config', options.config];
  const child = spawn(command, [...leading, ...(options.args ?? []), ...config], {
    cwd: options.cwd,
    env: { ...process.env, ...(process.versions['electron'] && { ELECTRON_RUN_AS_NODE: '1' }), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  // A pipe that breaks shows as the end of the process.
  child.stdin.on('error', () => {});
  const exited = exitOf(child, lastLines(child.stderr, lineSink(options.stderr)));
  const holds = { count: 0 };
  setReferenced(child, false);

  const hold = () => {
    holds.count += 1;
    if (holds.count === 1) setReferenced(child, true);
    return once(() => {
      holds.count -= 1;
      if (holds.count === 0) setReferenced(child, false);
    });
  };
  const stopping: { promise?: Promise<SidecarExit> } = {};
  return { input: child.stdin, output: child.stdout, exited, hold, stop: () => (stopping.promise ??= stop(child, exited, hold)) };
}

const patienceMs = 2_000;
const keptLines = 20;
const longestLine = 8_192;

async function stop(child: ChildProcessWithoutNullStreams, exited: Promise<SidecarExit>, hold: () => () => void): Promise<SidecarExit> {
  const release = hold();
  child.stdin.end();
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (await settlesWithin(exited, patienceMs)) break;
    child.kill(signal);
  }
  const exit = await exited;
  release();
  return exit;
}

function ownMain(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../src/main.ts' : './main.js', import.meta.url));
}

async function exitOf(child: ChildProcessWithoutNullStreams, stderr: readonly string[]): Promise<SidecarExit> {
  const { promise, resolve } = Promise.withResolvers<SidecarExit>();
  const ended = (error?: Error) =>
    resolve({ exitCode: error === undefined ? child.exitCode : null, signal: child.signalCode, stderr, error });
  child.once('error', (error) => {
    if (child.pid === undefined) ended(error);
  });
  child.once('close', () => ended());
  // A process it left behind may hold the pipes open for ever.
  child.once('exit', () => setTimeout(ended, patienceMs / 2).unref());
  return promise;
}

/** The pipes of a child are sockets, which the types of `spawn` do not say. */
function setReferenced(child: ChildProcessWithoutNullStreams, referenced: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr] as unknown as { ref?(): void; unref?(): void }[]) {
    if (referenced) handle.ref?.();
    else handle.unref?.();
  }
}

function lineSink(stderr: SpawnOptions['stderr']): (line: string) => void {
  if (stderr === 'ignore') return () => {};
  if (typeof stderr === 'function') return (line) => runCallback(stderr, line);
  return (line) => process.stderr.write(`${line}\n`);
}

/** An array that always holds the last lines of a stream. */
function lastLines(stream: Readable, onLine: (line: string) => void): readonly string[] {
  const kept: string[] = [];
  const take = (line: string) => {
    kept.push(line);
    if (kept.length > keptLines) kept.shift();
    onLine(line);
  };
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    lines.forEach(take);
    if (rest.length > longestLine) {
      take(rest);
      rest = '';
    }
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
  return kept;
}

function once(action: () => void): () => void {
  const state = { done: false };
  return () => {
    if (state.done) return;
    state.done = true;
    action();
  };
}
