import type { Readable } from 'node:stream';
import type { JsonObject } from '../../../protocol/index.ts';
import { Failure } from '../../lib/failure.ts';
import type { Exchange, Exchanges } from './exchange.ts';
import { mergeUsage, problemOf, usageOf } from './readEvent.ts';
import type { HttpResponse, Send } from './send.ts';
import { toWebStream } from './toWebStream.ts';
import { watchBody, watchEvents, type LineMender } from './watchEvents.ts';

/**
 * Stands for the key in what the packages build, so that a key is in one request header and in none of their objects. The
 * key is put in its place here.
 */
export const keyPlaceholder = 'llm-sidecar-key-placeholder';

export type Fetch = typeof globalThis.fetch;

export interface FetchSettings {
  readonly send: Send;
  readonly exchanges: Exchanges;
  /** Bytes of one response body. */
  readonly maxResponseBytes: number;
  /** Mends a JSON answer that the package would refuse; returns undefined to leave it as it is. */
  readonly mendBody?: ((body: JsonObject) => JsonObject | undefined) | undefined;
  readonly mendLine?: LineMender | undefined;
  readonly mendRequest?: ((body: string) => string) | undefined;
}

/** The `fetch` that a provider package is given. It works only within an open exchange. */
export function createFetch(settings: FetchSettings): Fetch {
  return async (input, init) => {
    const exchange = init?.signal ? settings.exchanges.get(init.signal) : undefined;
    if (exchange === undefined) throw new Error('a provider package made a request outside of an exchange');
    if (exchange.held !== undefined) return exchange.held;
    exchange.sent = true;
    try {
      const response = await sendFollowing(new URL(input instanceof Request ? input.url : input), init ?? {}, { exchange, settings });
      exchange.touch();
      exchange.status = response.status;
      exchange.requestId = requestIdOf(response.headers);
      refuseWebPage(response, exchange);
      return await toWebResponse(response, exchange, settings);
    } catch (error) {
      if (error instanceof Failure) exchange.fail(error);
      throw error;
    }
  };
}

/** One for all: nobody sees it. */
const readElsewhere = new Error('the answer is read elsewhere');

interface Context {
  readonly exchange: Exchange;
  readonly settings: FetchSettings;
}

/** Follows 307 and 308 within one origin; the key is never sent to another, and a POST never becomes a GET. */
async function sendFollowing(first: URL, init: RequestInit, { exchange, settings }: Context): Promise<HttpResponse> {
  const headers = headersOf(init, exchange.key);
  const given = (init.body ?? undefined) as string | Uint8Array | undefined;
  const body = typeof given === 'string' && settings.mendRequest !== undefined ? settings.mendRequest(given) : given;
  let url = first;
  for (let hops = 0; ; hops++) {
    exchange.sending();
    const { signal, connected: onConnected } = exchange;
    const response = await settings.send({ url, method: init.method ?? 'GET', headers, body, signal, onConnected });
    const location = response.headers['location'];
    if (response.status < 300 || response.status > 399 || location === undefined) return response;
    response.body.destroy();
    const target = new URL(location, url);
    if (hops < 3 && target.origin === url.origin && (response.status === 307 || response.status === 308)) {
      url = target;
      continue;
    }
    const message = `${exchange.name} redirects to ${target.origin}, which the key is not sent to. Set base_url to the address that answers.`;
    throw new Failure('providerError', message, { retryable: false, provider: { name: exchange.name, status: response.status } });
  }
}

function headersOf(init: RequestInit, key: string | null): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of entriesOf(init.headers)) {
    if (!value.includes(keyPlaceholder)) headers[name] = value;
    else if (key !== null) headers[name] = value.replace(keyPlaceholder, () => key);
  }
  return headers;
}

/** The packages give an object that has been through `Headers` already: names in lower case, no two the same. */
function entriesOf(given: RequestInit['headers']): Iterable<[string, string]> {
  const isPlain = typeof given === 'object' && !Array.isArray(given) && !(given instanceof Headers);
  return isPlain ? Object.entries(given as Record<string, string>) : new Headers(given);
}

/** A proxy's or a wrong path's page, with status 200: no package notices. */
function refuseWebPage({ status, headers, body }: HttpResponse, { name }: Exchange): void {
  const type = headers['content-type'] ?? '';
  if (status >= 400 || !/^\s*(text\/html|application\/xhtml)/i.test(type)) return;
  body.destroy();
  const message = `${name} answered with a web page (${type}) where an answer of the model belongs. Check base_url, and proxies on the way.`;
  throw new Failure('providerError', message, { retryable: true, provider: { name, status } });
}

async function toWebResponse(response: HttpResponse, exchange: Exchange, settings: FetchSettings): Promise<Response> {
  const { status, headers, body } = response;
  const { maxResponseBytes } = settings;
  const passing = { onBytes: (bytes: number) => count(bytes, exchange, maxResponseBytes), onEnd: () => void (exchange.ended = true) };
  if (status >= 400) return new Response(toWebStream(body, { ...passing, watch: undefined }), { status, headers });
  const onEvent = (event: JsonObject): void => take(event, exchange);
  const isStream = exchange.stream ? !(await isJson(response)) : /^\s*text\/event-stream/i.test(headers['content-type'] ?? '');
  if (exchange.kept !== undefined) {
    exchange.answer = {
      onEvent,
      ...(isStream ? { stream: body, ...passing } : { text: await readText(body, exchange, maxResponseBytes) }),
    };
    if (exchange.kept === 'all') throw readElsewhere;
    return new Response('', { status, headers: { 'content-type': 'text/event-stream' } });
  }
  let given: Response;
  if (isStream) {
    given = new Response(toWebStream(body, { ...passing, watch: watchEvents(onEvent, settings.mendLine) }), { status, headers });
  } else {
    const text = await readText(body, exchange, maxResponseBytes);
    watchBody(text, onEvent);
    given = new Response(settings.mendBody === undefined ? text : mended(text, settings.mendBody), { status, headers });
  }
  if (isStream === exchange.stream) return given;
  exchange.held = given;
  throw new Error('the answer is of the other sort than was asked for');
}

/** Some servers answer in one piece whatever is asked for, and some call their event stream JSON: the first byte tells. */
async function isJson({ headers, body }: HttpResponse): Promise<boolean> {
  if (!/^\s*application\/json/i.test(headers['content-type'] ?? '')) return false;
  for (;;) {
    const chunk = body.read() as Buffer | null;
    if (chunk !== null) {
      body.unshift(chunk);
      return /^\s*[[{]/.test(chunk.toString('latin1', 0, 64));
    }
    if (body.readableEnded || body.destroyed) return true;
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error): void => {
        body.off('readable', done).off('end', done).off('error', done);
        if (error === undefined) resolve();
        else reject(error);
      };
      body.on('readable', done).on('end', done).on('error', done);
    });
  }
}

function take(event: JsonObject, exchange: Exchange): void {
  exchange.problem ??= problemOf(event);
  const usage = usageOf(event);
  if (usage === undefined) return;
  exchange.usage = mergeUsage(exchange.usage, usage);
  exchange.onUsage(exchange.usage);
}

function count(bytes: number, exchange: Exchange, maxBytes: number): void {
  exchange.touch();
  exchange.bytes += bytes;
  if (exchange.bytes > maxBytes) exchange.fail(tooLarge(exchange, maxBytes));
}

async function readText(body: Readable, exchange: Exchange, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) {
    count(chunk.length, exchange, maxBytes);
    chunks.push(chunk);
  }
  exchange.ended = true;
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge({ name }: Exchange, maxBytes: number): Failure {
  const message = `The answer of ${name} is larger than ${maxBytes} bytes on the wire. Ask for less, or raise limits.max_response_bytes.`;
  return new Failure('messageTooLarge', message, { retryable: false, provider: { name }, limit: maxBytes });
}

function mended(text: string, mend: (body: JsonObject) => JsonObject | undefined): string {
  try {
    const better = mend(JSON.parse(text) as JsonObject);
    return better === undefined ? text : JSON.stringify(better);
  } catch {
    // Not JSON: the package says so.
    return text;
  }
}

function requestIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  return headers['x-request-id'] ?? headers['request-id'] ?? headers['apim-request-id'] ?? headers['x-amzn-requestid'];
}
