import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { createTestServer } from './testServer.ts';

process.stderr.write(`started with ${process.env['TOKEN'] ?? 'no token'}\n`);
// A server that is not polite: neither the end of its input nor SIGTERM ends it.
if (process.argv.includes('--stubborn')) {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
}
await createTestServer((line) => process.stderr.write(`${line}\n`)).connect(new StdioServerTransport());
