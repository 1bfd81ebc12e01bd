import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createTestServer } from './testServer.ts';

export interface HttpServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly headers: IncomingHttpHeaders[];
  /** Resolves when its tool `wait` has been called. */
  readonly waiting: Promise<void>;
}

/** The test server behind an address. */
export async function startHttpServer(port = 0): Promise<HttpServer> {
  const waiting = Promise.withResolvers<void>();
  const handler = createMcpHandler(() => createTestServer(() => waiting.resolve()));
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    void (async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of request) chunks.push(chunk as Uint8Array);
      const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
      const known = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]);
      const answer = await handler.fetch(
        new Request(`http://localhost${request.url}`, { method: request.method ?? 'GET', headers: known, signal: gone.signal, ...body }),
      );
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      if (answer.body === null) response.end();
      else
        Readable.fromWeb(answer.body as never)
          .on('error', () => response.destroy())
          .pipe(response);
    })().catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: given } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${given}/mcp`,
    port: given,
    headers,
    waiting: waiting.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await handler.close();
    },
  };
}
