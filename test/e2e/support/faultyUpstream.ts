import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { quietPort } from '../../support/quietPort.ts';

/** What is sent, and what becomes of the connection then. */
export interface Reply {
  /** Default 200. 'none': nothing is sent at all. */
  readonly status?: number | 'none';
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly pieces?: readonly (string | Buffer)[];
  /** Between two pieces. Default: none. */
  readonly everyMs?: number;
  /** Again and again, as fast as it is read. */
  readonly forever?: string;
  /** Default `well`. `cut` closes the connection, `reset` resets it, `stall` leaves it open. */
  readonly ends?: 'well' | 'cut' | 'reset' | 'stall';
}

export interface FaultyUpstream extends AsyncDisposable {
  readonly url: string;
  /** Of each request so far, by the name of its cell: how many there were. */
  readonly requests: ReadonlyMap<string, number>;
  /** Of cells that asked again: milliseconds between their last two requests. */
  readonly waits: ReadonlyMap<string, number>;
  /** Cells whose connection is still busy. */
  readonly open: ReadonlySet<string>;
}

/** The first `cell <name>.` in a request says which one it belongs to. */
const cellName = /cell ([\w/+-]+)\./;

/** A real server that answers every cell as `reply` says, and sees which connections are let go. Its requests count from 1. */
export async function startFaultyUpstream(reply: (cell: string, body: string, request: number) => Reply): Promise<FaultyUpstream> {
  const requests = new Map<string, number>();
  const waits = new Map<string, number>();
  const cameAt = new Map<string, number>();
  const open = new Set<string>();
  let count = 0;
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const body = await readBody(request);
      const cell = cellName.exec(body)?.[1] ?? 'none';
      const number = (requests.get(cell) ?? 0) + 1;
      requests.set(cell, number);
      if (number > 1) waits.set(cell, performance.now() - cameAt.get(cell)!);
      cameAt.set(cell, performance.now());
      const mark = `${cell} ${++count}`;
      open.add(mark);
      response.on('close', () => open.delete(mark));
      await send(response, reply(cell, body, number));
    };
    answer().catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    waits,
    open,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  // A client that is gone in the middle of its request has no cell.
  request.on('error', () => {});
  await new Promise((resolve) =>
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('close', resolve)
      .on('end', resolve),
  );
  return Buffer.concat(chunks).toString('utf8');
}

async function send(
  response: ServerResponse,
  { status = 200, type, headers, pieces = [], everyMs, forever, ends = 'well' }: Reply,
): Promise<void> {
  if (status !== 'none') {
    response.writeHead(status, { 'content-type': type ?? 'application/json', ...headers });
    response.flushHeaders();
    for (const piece of pieces) {
      await write(response, piece);
      if (everyMs !== undefined && !response.destroyed) await setTimeout(everyMs);
    }
    if (forever !== undefined) while (!response.destroyed) await write(response, forever);
  }
  if (ends === 'well') response.end();
  if (ends === 'cut') response.destroy();
  if (ends === 'reset') response.socket?.resetAndDestroy();
}

/** Resolves when it is out, or when nobody is there any more. */
function write(response: ServerResponse, piece: string | Buffer): Promise<void> {
  if (piece.length === 0 || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.write(piece, () => {
      response.off('close', resolve);
      resolve();
    });
  });
}

/** An address where nothing listens. */
export async function deadUrl(): Promise<string> {
  return `http://127.0.0.1:${await quietPort()}`;
}
