import { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** An MCP server whose tools show how servers are dealt with. `marks` takes what it wants seen from outside. */
export function createTestServer(mark: (line: string) => void): McpServer {
  const server = new McpServer({ name: 'test', version: '1' }, { capabilities: { tools: { listChanged: true } } });
  const text = (written: string) => ({ content: [{ type: 'text' as const, text: written }] });
  const none = z.object({});
  server.registerTool('add', { description: 'Adds.', inputSchema: z.object({ a: z.number(), b: z.number() }) }, ({ a, b }) =>
    text(String(a + b)),
  );
  server.registerTool('read.file', { title: 'Read a file', inputSchema: none }, () => text('content'));
  server.registerTool('picture', { inputSchema: none }, () => ({
    content: [
      { type: 'text', text: 'here it is' },
      { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' },
      { type: 'audio', data: 'aGk=', mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'file:///notes.txt', text: 'notes' } },
      { type: 'resource_link', uri: 'file:///more.txt', name: 'more' },
    ],
  }));
  server.registerTool('structured', { inputSchema: none, outputSchema: z.object({ n: z.number() }) }, () => ({
    content: [],
    structuredContent: { n: 1 },
  }));
  server.registerTool('refuse', { inputSchema: none }, () => ({ ...text('not today'), isError: true }));
  server.registerTool('throw', { inputSchema: none }, () => {
    throw new Error('thrown by the tool');
  });
  server.registerTool('environment', { inputSchema: none }, () => text(JSON.stringify(process.env)));
  server.registerTool('arguments', { inputSchema: none }, () => text(JSON.stringify([process.argv.slice(2), process.cwd()])));
  server.registerTool('crash', { inputSchema: none }, () => process.exit(1));
  server.registerTool('pid', { inputSchema: none }, () => text(String(process.pid)));
  server.registerTool('wait', { inputSchema: none }, async (_, { mcpReq: { signal } }) => {
    mark('waiting');
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    mark('wait was cancelled');
    return text('cancelled');
  });
  server.registerTool('learn', { inputSchema: none }, () => {
    server.registerTool('learned', { inputSchema: none }, () => text('I know'));
    return text('learned');
  });
  return server;
}
