import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder } from './removeFolder.ts';
import { startRawHost, type RawHost, type RawHostOptions, type RawMessage } from './rawHost.ts';

export interface SidecarOptions extends Pick<RawHostOptions, 'framing' | 'chunking' | 'timeoutMs'> {
  /** YAML, written to a file before the start. Without it there is no file. */
  readonly config?: string;
  /** Beside PATH and a home of its own: no key of the developer's machine gets in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Another than `sidecarCommand`. */
  readonly command?: readonly string[];
  /** Files of the user's llm folder, by name. */
  readonly llmFolder?: Readonly<Record<string, string>>;
}

export interface Sidecar extends AsyncDisposable {
  readonly host: RawHost;
  /** A folder of its own: home, working directory and llm folder. */
  readonly dir: string;
  readonly configPath: string;
  /** Gives the whole response message. `params` replace the usual ones. */
  initialize(params?: object): Promise<RawMessage>;
  /** Shuts it down, or kills it when that does not work, and removes its folder. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

/** What `npm test` has built; run alone, a test takes the sources. */
export const sidecarCommand: readonly string[] = [
  process.execPath,
  fileURLToPath(new URL(process.env['LLM_SIDECAR_BUILT'] === '1' ? '../../dist/main.js' : '../../src/main.ts', import.meta.url)),
];

/** The real process with a raw host on its pipes. */
export async function startSidecar(options: SidecarOptions = {}): Promise<Sidecar> {
  const dir = await mkdtemp(join(tmpdir(), 'llm-sidecar-'));
  const configPath = join(dir, 'config.yaml');
  if (options.config !== undefined) await writeFile(configPath, options.config);
  for (const [name, text] of Object.entries(options.llmFolder ?? {})) await writeFile(join(dir, name), text);
  const env = cleanEnv(dir, options.env);
  const args = [...(options.config === undefined ? [] : ['--config', configPath]), ...(options.args ?? [])];
  const { framing, chunking, timeoutMs } = options;
  const host = startRawHost({
    command: [...(options.command ?? sidecarCommand), ...args],
    env,
    cwd: dir,
    ...(framing === undefined ? {} : { framing }),
    ...(chunking === undefined ? {} : { chunking }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const stop = async () => {
    host.endInput();
    const timer = setTimeout(() => host.kill('SIGKILL'), 15_000);
    const ended = await host.closed;
    clearTimeout(timer);
    removeFolder(dir);
    return ended;
  };
  return {
    host,
    dir,
    configPath,
    initialize: (params = {}) =>
      host.request(
        'initialize',
        { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 'test', version: '0' }, capabilities: {}, ...params },
        'init',
      ),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

/** Started and past the handshake. */
export async function startReady(options: SidecarOptions = {}): Promise<Sidecar> {
  const sidecar = await startSidecar(options);
  await sidecar.initialize();
  return sidecar;
}

/** The variables a child gets, whatever the developer has set: a folder of its own for every place that is looked at. */
export function cleanEnv(dir: string, extra: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const kept = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  return {
    ...kept,
    PATH: process.env['PATH'],
    HOME: dir,
    USERPROFILE: dir,
    APPDATA: dir,
    XDG_CONFIG_HOME: join(dir, 'config'),
    XDG_CACHE_HOME: join(tmpdir(), 'llm-sidecar-test-cache'),
    LLM_USER_PATH: dir,
    ...extra,
  };
}
