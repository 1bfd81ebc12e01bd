import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | undefined;
  readonly signal: AbortSignal;
  /** There is a connection, encrypted where it has to be. */
  readonly onConnected?: (() => void) | undefined;
  /** Finds the address, in place of the operating system. The connection is then a new one, and for this request alone. */
  readonly lookup?: LookupFunction | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
}

export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/** Idle connections are kept this long, below the 60 s after which common load balancers close theirs. */
const keepAliveMs = 50_000;
/** As many as a burst of prompts has at once: with fewer the rest of them would connect anew in the next burst. */
const keptConnections = 2048;

/**
 * Sends over node:http with kept-alive connections, no redirects and no timeouts of its own (the exchange has one). Less
 * memory and time than `fetch` at many streams. `environment` is looked at for HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
 */
export function createSend(environment: NodeJS.ProcessEnv = {}): Send {
  const agents = new Map<string, Agent>();
  // An `import` of these modules costs ten times as much, and it would be paid before the first prompt needs them.
  const moduleOf = (protocol: string) =>
    protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
  const agentOf = (protocol: string): Agent => {
    let agent = agents.get(protocol);
    if (agent === undefined) {
      agent = new (moduleOf(protocol).Agent)({
        keepAlive: true,
        timeout: keepAliveMs,
        proxyEnv: environment,
        maxSockets: Infinity,
        maxFreeSockets: keptConnections,
      });
      agents.set(protocol, agent);
    }
    return agent;
  };
  return async ({ url, method, headers, body, signal, lookup, onConnected }) => {
    const agent = lookup === undefined ? agentOf(url.protocol) : new (moduleOf(url.protocol).Agent)({ proxyEnv: environment });
    // A kept connection that the server has closed meanwhile must be noticed as closed before it is used again.
    if (Object.keys(agent.freeSockets).length > 0) await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      let answered: IncomingMessage | undefined;
      const options = { method, headers: withLength(headers, body), agent, ...(lookup && { lookup }) };
      const request = moduleOf(url.protocol).request(url, options, (response) => {
        answered = response;
        resolve(toResponse(response));
      });
      // Not the `signal` option of node: it destroys the socket with an error, and where the answer has arrived but is not yet
      // read nobody listens for it: the process would end.
      const abort = (): void => {
        reject(signal.reason as Error);
        request.destroy();
        answered?.destroy();
      };
      if (onConnected !== undefined) hearConnected(request, url, onConnected);
      signal.addEventListener('abort', abort, { once: true });
      request.on('close', () => signal.removeEventListener('abort', abort));
      // Also after the response has begun: the body then has the same error, this one must not be unhandled.
      request.on('error', reject);
      request.end(body);
    });
  };
}

function hearConnected(request: ClientRequest, { protocol }: URL, heard: () => void): void {
  request.on('socket', (socket) => {
    if (request.reusedSocket || !socket.connecting) heard();
    else socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', heard);
  });
}

function withLength(headers: Record<string, string>, body: string | Uint8Array | undefined): Record<string, string> {
  return body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) };
}

function toResponse(response: IncomingMessage): HttpResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const body = decoded(response, headers);
  // A body that nobody reads to its end is aborted with the exchange.
  body.on('error', () => {});
  return { status: response.statusCode ?? 0, headers, body };
}

/** We do not ask for a compressed body; some gateways send one all the same. */
function decoded(response: IncomingMessage, headers: Record<string, string>): Readable {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return response;
  const zlib = process.getBuiltinModule('node:zlib');
  const { pipeline } = process.getBuiltinModule('node:stream');
  const decoder =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH })
      : encoding === 'br'
        ? zlib.createBrotliDecompress()
        : encoding === 'deflate'
          ? zlib.createInflate()
          : undefined;
  if (decoder === undefined) return response;
  delete headers['content-encoding'];
  delete headers['content-length'];
  return pipeline(response, decoder, () => {});
}
