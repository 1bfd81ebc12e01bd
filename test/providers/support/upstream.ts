import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../../protocol/index.ts';

/** What an upstream answers: a fixture by name, or a body, whole or event by event, and how it ends. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | readonly string[];
  /** Default `well`. `cut` destroys the connection after the body, `stalled` leaves it open. */
  readonly ends?: 'well' | 'cut' | 'stalled';
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly json: JsonObject;
  readonly body: string;
  /** The client's port: the same for requests over one connection. */
  readonly port: number;
}

export interface Upstream {
  readonly url: string;
  readonly received: Received[];
  /** Resolves when a client has hung up on an answer that was not at its end. */
  readonly hungUp: Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A real HTTP server that answers the n-th request with the n-th answer, the last one again and again. */
export async function startUpstream(...answers: readonly (Answer | ((request: Received) => Answer))[]): Promise<Upstream> {
  const received: Received[] = [];
  const hung = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const json = body.startsWith('{') ? (JSON.parse(body) as JsonObject) : {};
      const entry = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        json,
        body,
        port: request.socket.remotePort ?? 0,
      };
      received.push(entry);
      const answer = answers[Math.min(received.length, answers.length) - 1] ?? {};
      response.on('close', () => {
        if (!response.writableFinished) hung.resolve();
      });
      reply(response, typeof answer === 'function' ? answer(entry) : answer).catch((error: unknown) => response.destroy(error as Error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    hungUp: hung.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One of the event streams or JSON bodies beside this folder. */
export function fixture(name: string): Answer {
  const body = readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
  return { headers: { 'content-type': name.endsWith('.sse') ? 'text/event-stream; charset=utf-8' : 'application/json' }, body };
}

/** The first events of one. */
export function beginning(name: string, events: number): Answer {
  const whole = fixture(name);
  return { ...whole, body: `${String(whole.body).split('\n\n').slice(0, events).join('\n\n')}\n\n` };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

async function reply(response: ServerResponse, { status = 200, headers = {}, body = '', ends = 'well' }: Answer): Promise<void> {
  response.writeHead(status, headers);
  response.flushHeaders();
  for (const piece of typeof body === 'string' || Buffer.isBuffer(body) ? [body] : body) {
    if (piece.length > 0) await new Promise<void>((resolve) => response.write(piece, () => resolve()));
  }
  if (ends === 'well') response.end();
  if (ends === 'cut') response.destroy();
}
