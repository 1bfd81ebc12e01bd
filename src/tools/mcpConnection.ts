import type { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { McpServerSettings } from '../engine/ports.ts';
import { logLines } from './logLines.ts';

/** A running server. */
export interface McpConnection {
  readonly client: Client;
  /** Aborted when it has ended, whoever ended it. */
  readonly ended: AbortSignal;
  /** Ends it, and waits until its process is gone. Never rejects. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly signal: AbortSignal;
  /** For what the server writes to its stderr. */
  readonly log: (line: string) => void;
  /** Takes secrets out of it. */
  readonly redact: (text: string) => string;
  /** The server's list of tools is another one now. */
  readonly onToolsChanged: () => void;
}

/** How long a server may take to start: `npx` may have to download it first. */
const startTimeoutMs = 60_000;

/** A server that is to end has its input closed, then this long until SIGTERM, and again until SIGKILL. */
const endGraceMs = 500;

/** Starts the server, or reaches it, and shakes hands. Throws what the package or the system threw. */
export async function connectMcp(
  settings: McpServerSettings,
  { signal, log, redact, onToolsChanged }: ConnectOptions,
): Promise<McpConnection> {
  const { Client } = await import('@modelcontextprotocol/client');
  const transport = await createTransport(settings, { log, redact });
  const client = new Client(
    { name: 'llm-sidecar', version: '1' },
    {
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: onToolsChanged } },
      // A probe costs a program a second start; what it would find out is not used here.
      ...('url' in settings ? { versionNegotiation: { mode: 'auto' as const } } : {}),
    },
  );
  const ended = new AbortController();
  // A property of the package's client, which is no EventTarget.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  client.onclose = () => ended.abort();
  const close = async (): Promise<void> => closeClient(client, transport);
  try {
    await client.connect(transport, { signal, timeout: startTimeoutMs });
  } catch (error) {
    await close();
    throw error;
  }
  return { client, ended: ended.signal, close };
}

type McpTransport = StdioClientTransport | StreamableHTTPClientTransport;

async function createTransport(settings: McpServerSettings, lines: Pick<ConnectOptions, 'log' | 'redact'>): Promise<McpTransport> {
  if ('url' in settings) {
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
    return new StreamableHTTPClientTransport(new URL(settings.url), { requestInit: { headers: { ...settings.headers } } });
  }
  const { StdioClientTransport } = await import('@modelcontextprotocol/client/stdio');
  const { command, args, env, cwd } = settings;
  // The package gives the program PATH, HOME and the like beside `env`, and none of our keys.
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...env },
    stderr: 'pipe',
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (transport.stderr !== null) logLines(transport.stderr, lines);
  return transport;
}

async function closeClient(client: Client, transport: McpTransport): Promise<void> {
  const pid = 'pid' in transport ? transport.pid : null;
  const signals = (['SIGTERM', 'SIGKILL'] as const).map((signal, index) =>
    setTimeout(() => endProcess(pid, signal), (index + 1) * endGraceMs),
  );
  await Promise.allSettled([client.close(), transport.close()]);
  for (const timer of signals) clearTimeout(timer);
}

function endProcess(pid: number | null, signal: NodeJS.Signals): void {
  try {
    if (pid !== null) process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
