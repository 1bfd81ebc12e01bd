import type { Tool as McpTool } from '@modelcontextprotocol/client';
import type { JsonObject } from '../../protocol/index.ts';
import type { AnswerTool, McpServerSettings } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import { connectMcp, type McpConnection } from './mcpConnection.ts';
import { modelToolName, type ServerTool, type ToolServer } from './serverTool.ts';
import { toToolOutcome } from './toolOutcome.ts';

export interface McpServer extends ToolServer {
  /** It was changed or removed: calls of prompts that have its tools go on, then it ends. */
  retire(): void;
  /** Ends it at once, with the calls that run. Never rejects. */
  close(): Promise<void>;
}

export interface McpServerContext {
  /** Takes whole lines. */
  readonly log: (line: string) => void;
  /** Takes secrets out of what a server writes, before it is cut into lines. */
  readonly redact: (text: string) => string;
}

/** The package's own limit would end a long call; limits.tool_timeout_ms is the one that holds. */
const noTimeout = 2 ** 31 - 1;

/**
 * One MCP server, started on its first use, again after it ended, and asked for its tools again when it says that they
 * changed. Its errors may quote what it was given: toolBox.ts takes secrets out of them.
 */
export function createMcpServer(settings: McpServerSettings, { log, redact }: McpServerContext): McpServer {
  const { name } = settings;
  const stopping = new AbortController();
  let starting: Promise<McpConnection> | undefined;
  let listed: Promise<readonly McpTool[]> | undefined;
  let calls = 0;
  let retired = false;

  const forget = (): void => {
    starting = undefined;
    listed = undefined;
  };
  const start = (): Promise<McpConnection> => {
    const attempt: Promise<McpConnection> = connectMcp(settings, {
      signal: stopping.signal,
      log: (line) => log(`mcp server ${name}: ${line}`),
      redact,
      onToolsChanged: () => (listed = undefined),
    }).then(
      (connection) => {
        connection.ended.addEventListener('abort', () => {
          if (starting !== attempt) return;
          forget();
          log(`mcp server ${name}: has ended; it is started again when it is needed`);
        });
        return connection;
      },
      (error: unknown) => {
        if (starting === attempt) forget();
        throw cannotStart(settings, error);
      },
    );
    return attempt;
  };
  const connect = async (): Promise<McpConnection> => {
    if (stopping.signal.aborted) throw new Failure('toolNotFound', `The MCP server "${name}" has been stopped.`);
    starting ??= start();
    const connection = await starting;
    if (!connection.ended.aborted) return connection;
    forget();
    throw new Failure('toolNotFound', `The MCP server "${name}" ended right after its start; its stderr may say why.`, { retryable: true });
  };
  const list = async (): Promise<readonly McpTool[]> => {
    const { client } = await connect();
    listed ??= client.listTools(undefined, { signal: stopping.signal }).then(({ tools }) => tools);
    const asked = listed;
    try {
      return await asked;
    } catch (error) {
      if (listed === asked) listed = undefined;
      throw new Failure('toolNotFound', `The MCP server "${name}" does not list its tools: ${messageOf(error)}`, {
        retryable: true,
      });
    }
  };
  const end = async (): Promise<void> => {
    const ending = starting;
    forget();
    await (await ending?.catch(() => undefined))?.close();
  };
  const answer =
    (tool: string): AnswerTool =>
    async ({ args }, signal) => {
      if (typeof args !== 'object' || args === null || Array.isArray(args))
        throw new Failure('invalidParams', `the arguments of ${tool} have to be an object`);
      calls += 1;
      try {
        const { client, ended, close } = await abortable(connect(), signal);
        try {
          return toToolOutcome(await client.callTool({ name: tool, arguments: args }, { signal, timeout: noTimeout }));
        } catch (error) {
          if (!signal.aborted && 'url' in settings && isSessionLost(error)) await close();
          if (ended.aborted)
            throw new Failure('toolNotFound', `the MCP server "${name}" ended while ${tool} ran; it is started again at the next call`, {
              retryable: true,
            });
          throw error;
        }
      } finally {
        calls -= 1;
        if (retired && calls === 0) await end();
      }
    };

  return {
    name,
    tools: async (signal) => (await abortable(list(), signal)).map((tool) => toServerTool(name, tool, answer(tool.name))),
    retire() {
      retired = true;
      if (calls === 0) end().catch(() => {});
    },
    async close() {
      stopping.abort();
      await end();
    },
  };
}

function toServerTool(server: string, { name, description, title, inputSchema }: McpTool, answer: AnswerTool): ServerTool {
  const told = description ?? title;
  // Some providers refuse the name of the dialect.
  const { $schema: _dialect, ...schema } = inputSchema as JsonObject;
  const spec = { name: modelToolName(server, name), ...(told === undefined ? {} : { description: told }), inputSchema: schema };
  return { name, tool: { spec, registeredBy: server, answer } };
}

function cannotStart(settings: McpServerSettings, error: unknown): Failure {
  const { name } = settings;
  const what = 'url' in settings ? 'cannot be reached at its url' : 'cannot be started';
  const missing = (error as { code?: unknown } | null)?.code === 'ENOENT' && 'command' in settings;
  const why = missing ? `there is no program "${settings.command}"` : messageOf(error);
  return new Failure('toolNotFound', `The MCP server "${name}" ${what}: ${why}. Look at mcp_servers.${name} in the configuration.`, {
    retryable: true,
  });
}

/** A server behind an address says nothing when it is started anew: nobody is there, or nobody who knows the session. */
function isSessionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as { data?: { status?: unknown } | undefined }).data?.status;
  return status === 404 || error.message === 'fetch failed';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What is shared by several goes on when one of them is cancelled. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
