import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AdminContext } from './context.ts';
import { createEvents } from './events.ts';
import { createGuard } from './guard.ts';
import { createHandler } from './handleRequest.ts';
import { createPageFiles } from './pageFiles.ts';

export interface AdminOptions extends AdminContext {
  /** 0: any that is free. */
  readonly port: number;
}

export interface Admin {
  /** Where the page is. */
  readonly origin: string;
  /** The same with the token, which lets one browser in, once. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page on 127.0.0.1 until it is closed. Rejects as `listen` does, such as with EADDRINUSE. */
export async function openAdmin({ port, ...context }: AdminOptions): Promise<Admin> {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port });
  await once(server, 'listening');
  const { port: listening } = server.address() as AddressInfo;
  const guard = createGuard(listening);
  const events = createEvents(context);
  server.on('request', createHandler({ context, guard, events, files: createPageFiles() }));
  const origin = `http://127.0.0.1:${listening}`;
  return {
    origin,
    url: `${origin}/?token=${guard.token}`,
    async close() {
      events.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
