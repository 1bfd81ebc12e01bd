import type { HookRegistration, InitializeParams, InitializeResult, protocolVersion, ServerNotification } from '../protocol/index.ts';
import { createDuties, type Duties } from './duties.ts';
import { LLMError } from './errors.ts';
import { createHookRegistry, type HookRegistry } from './hookRegistry.ts';
import { openLink, type Link } from './link.ts';
import { checkRegistered } from './registerHooks.ts';
import type { ResolveSecret } from './secrets.ts';
import { spawnSidecar, type Sidecar, type SpawnOptions } from './spawn.ts';
import { settlesWithin } from './timing.ts';

export interface ConnectOptions extends SpawnOptions {
  /** Who the host is, for the sidecar's log. */
  clientInfo?: { name: string; version: string } | undefined;
  /** How long the sidecar may take to start, in milliseconds. Default 30 000. */
  startTimeoutMs?: number | undefined;
  /** What the host prompts for, for listings and people. The first registration of a name wins. */
  purposes?: InitializeParams['purposes'];
  /**
   * Keys of yours, for a vault or a keychain: asked after the environment and the encrypted store. What it gives is kept in memory
   * for `ttlMs` at most, and goes to its provider and nowhere else.
   * @example
   * const llm = new LLM({ resolveSecret: async ({ name }) => ({ value: await vault.read(name), ttlMs: 60_000 }) });
   */
  resolveSecret?: ResolveSecret | undefined;
  /** Registered with the handshake. */
  registry?: HookRegistry | undefined;
  /** Called for every notification except the deltas of a prompt. */
  onNotification?: ((method: ServerNotification, params: unknown) => void) | undefined;
}

/** A sidecar that has been started and greeted. */
export interface Connection extends Pick<Link, 'request' | 'notify' | 'listen'> {
  readonly server: InitializeResult;
  readonly duties: Duties;
  /** Lets the sidecar finish or cancel what runs, and ends it. */
  close(): Promise<void>;
}

/** Starts a sidecar and shakes hands. Nothing of it is left behind when that fails. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const sidecar = spawnSidecar(options);
  const { onNotification = () => {}, registry = createHookRegistry() } = options;
  const duties = createDuties(registry, options.resolveSecret);
  const link = openLink(sidecar, { duties, onNotification });
  try {
    const server = await greet(link, options, registry.registrations());
    return { server, duties, request: link.request, notify: link.notify, listen: link.listen, close: () => close(link, sidecar) };
  } catch (error) {
    await sidecar.stop();
    throw error;
  }
}

const version: typeof protocolVersion = 1;
/** The sidecar takes ten seconds at most to finish what runs. protocol.md 7. */
const shutdownMs = 12_000;

async function greet(
  link: Link,
  { clientInfo, startTimeoutMs = 30_000, purposes, resolveSecret }: ConnectOptions,
  hooks: HookRegistration[],
): Promise<InitializeResult> {
  const greeting = link.request('initialize', {
    protocolVersion: { min: version, max: version },
    clientInfo: { name: 'llm-sidecar-client', version: '0', ...clientInfo, language: 'typescript' },
    capabilities: { tools: {}, hooks: { dynamicRegistration: {} }, ...(resolveSecret !== undefined && { secrets: {} }) },
    parentProcessId: process.pid,
    ...(hooks.length > 0 && { hooks }),
    ...(purposes !== undefined && { purposes }),
  });
  if (!(await settlesWithin(greeting, startTimeoutMs)))
    link.fail(
      new LLMError('startTimeout', `The sidecar did not answer the handshake within ${startTimeoutMs} ms. Is the command a sidecar?`),
    );
  const server = await greeting;
  const spoken = server?.protocolVersion;
  if (spoken !== version) {
    const message = `The sidecar speaks protocol ${spoken}, this client ${version}. Install matching versions.`;
    throw new LLMError('unsupportedProtocolVersion', message);
  }
  checkRegistered(hooks, server.hooks);
  return server;
}

async function close(link: Link, sidecar: Sidecar): Promise<void> {
  await settlesWithin(link.request('shutdown', {}), shutdownMs);
  await sidecar.stop();
}
