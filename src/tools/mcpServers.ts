import type { McpServerSettings } from '../engine/ports.ts';
import { createMcpServer, type McpServer, type McpServerContext } from './mcpServer.ts';
import type { ToolServer } from './serverTool.ts';

export interface McpServers {
  /** Those of the configuration in force, in its order. */
  current(): readonly ToolServer[];
  /** Takes a new configuration: a server that is the same stays as it is, running or not. */
  update(settings: readonly McpServerSettings[]): void;
  /** Ends all of them. Never rejects. */
  close(): Promise<void>;
}

export function createMcpServers(context: McpServerContext): McpServers {
  /** By name, with the settings as text. */
  let current = new Map<string, { readonly settings: string; readonly server: McpServer }>();
  const retired = new Set<McpServer>();
  return {
    current: () => [...current.values()].map(({ server }) => server),
    update(list) {
      const before = current;
      current = new Map(
        list.map((one) => {
          const settings = JSON.stringify(one);
          const same = before.get(one.name);
          return [one.name, same?.settings === settings ? same : { settings, server: createMcpServer(one, context) }];
        }),
      );
      for (const [name, { server }] of before) {
        if (current.get(name)?.server === server) continue;
        server.retire();
        retired.add(server);
      }
    },
    async close() {
      await Promise.all(
        [...current.values()].map(async ({ server }) => server.close()).concat([...retired].map(async (server) => server.close())),
      );
    },
  };
}
