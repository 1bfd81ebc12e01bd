import type { InitializeResult, protocolVersion, ServerNotification } from '../protocol/index.ts';
import { LLMError } from './errors.ts';
import { openLink, type Link } from './link.ts';
import { spawnSidecar, type Sidecar, type SpawnOptions } from './spawn.ts';
import { settlesWithin } from './timing.ts';

export interface ConnectOptions extends SpawnOptions {
  /** Who the host is, for the sidecar's log. */
  clientInfo?: { name: string; version: string } | undefined;
  /** How long the sidecar may take to start, in milliseconds. Default 30 000. */
  startTimeoutMs?: number | undefined;
  /** Called for every notification except the deltas of a prompt. */
  onNotification?: ((method: ServerNotification, params: unknown) => void) | undefined;
}

/** A sidecar that has been started and greeted. */
export interface Connection extends Pick<Link, 'request' | 'notify' | 'listen'> {
  readonly server: InitializeResult;
  /** Lets the sidecar finish or cancel what runs, and ends it. */
  close(): Promise<void>;
}

/** Starts a sidecar and shakes hands. Nothing of it is left behind when that fails. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const sidecar = spawnSidecar(options);
  const link = openLink(sidecar, options.onNotification ?? (() => {}));
  try {
    const server = await greet(link, options);
    return { server, request: link.request, notify: link.notify, listen: link.listen, close: () => close(link, sidecar) };
  } catch (error) {
    await sidecar.stop();
    throw error;
  }
}

const version: typeof protocolVersion = 1;
/** The sidecar takes ten seconds at most to finish what runs. protocol.md 7. */
const shutdownMs = 12_000;

async function greet(link: Link, { clientInfo, startTimeoutMs = 30_000 }: ConnectOptions): Promise<InitializeResult> {
  const greeting = link.request('initialize', {
    protocolVersion: { min: version, max: version },
    clientInfo: { name: 'llm-sidecar-client', version: '0', ...clientInfo, language: 'typescript' },
    capabilities: {},
    parentProcessId: process.pid,
  });
  if (!(await settlesWithin(greeting, startTimeoutMs)))
    link.fail(
      new LLMError('startTimeout', `The sidecar did not answer the handshake within ${startTimeoutMs} ms. Is the command a sidecar?`),
    );
  const server = await greeting;
  const spoken = server?.protocolVersion;
  if (spoken === version) return server;
  const message = `The sidecar speaks protocol ${spoken}, this client ${version}. Install matching versions.`;
  throw new LLMError('unsupportedProtocolVersion', message);
}

async function close(link: Link, sidecar: Sidecar): Promise<void> {
  await settlesWithin(link.request('shutdown', {}), shutdownMs);
  await sidecar.stop();
}
