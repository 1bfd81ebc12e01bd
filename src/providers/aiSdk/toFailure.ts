import { APICallError } from '@ai-sdk/provider';
import type { JsonObject } from '../../../protocol/index.ts';
import { Failure, nothingSent } from '../../lib/failure.ts';
import type { Exchange } from '../http/exchange.ts';
import { classify, type Problem } from './classify.ts';
import { retryAfterMs } from './retryAfter.ts';
import type { Scrub } from './scrub.ts';

/**
 * Whatever a package or the network threw, as a failure that may cross the wire. The error itself never does: it holds the
 * whole request.
 */
export function toFailure(error: unknown, exchange: Exchange, scrub: Scrub): Failure {
  if (error instanceof Failure) return error;
  const problem = problemFrom(error, exchange);
  const { kind, retryable, advice } = classify(problem);
  const said = scrub(problem.message).trim().replace(/\s+/g, ' ');
  const status = problem.status === undefined || problem.status < 400 ? '' : ` (${problem.status})`;
  const message = `${exchange.name}${status}: ${said === '' ? 'no reason given' : said}${/[.!?]$/.test(said) ? '' : '.'} ${advice}`;
  const wait = retryable ? retryAfterMs(problem.headers, problem.body) : undefined;
  return new Failure(
    kind,
    message.trim(),
    {
      retryable,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
      provider: {
        name: exchange.name,
        ...(problem.status === undefined ? {} : { status: problem.status }),
        ...(exchange.requestId === undefined ? {} : { requestId: scrub(exchange.requestId) }),
      },
    },
    problem.place === 'network' && unreachable.has(problem.code ?? '') ? { cause: nothingSent } : {},
  );
}

/** There was no connection to send over. */
const unreachable: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** What a provider says is read this far: it may say anything, and it is matched against a lot. Characters. */
const readable = 16_384;

function problemFrom(error: unknown, exchange: Exchange): Problem {
  const problem = problemOf(error, exchange);
  return { ...problem, message: problem.message.slice(0, readable), code: problem.code?.slice(0, 100), type: problem.type?.slice(0, 100) };
}

function problemOf(error: unknown, exchange: Exchange): Problem {
  const call = findApiCall(error);
  // Of an answer that began well the packages have statuses of their own making.
  const refused = call?.statusCode !== undefined && call.statusCode >= 400 && (exchange.status ?? 400) >= 400;
  if (refused) {
    const body = parse(call.responseBody);
    return { ...wordsOf(body, call.message), status: call.statusCode, headers: call.responseHeaders ?? {}, body, place: 'response' };
  }
  const status = exchange.status;
  // Within an answer that began well: the provider's own words, if it had any; else those of the network.
  const own = exchange.problem ?? payloadOf(error);
  if (own !== undefined) {
    const words = wordsOf(own, '');
    return { ...words, status: words.ownStatus ?? status, headers: {}, body: own, place: 'stream' };
  }
  const network = networkCode(error);
  if (network !== undefined) return { ...networkWords(network), status, headers: {}, body: undefined, place: 'network' };
  const message = 'the answer is not what this provider sends, or it is cut off';
  return { message, code: undefined, type: undefined, status, headers: {}, body: undefined, place: 'stream' };
}

interface Words {
  readonly message: string;
  readonly code: string | undefined;
  readonly type: string | undefined;
  readonly ownStatus?: number | undefined;
}

/**
 * The shapes of error bodies: `{error: {message, type, code}}` (OpenAI, Anthropic, Google with `status`, and most others),
 * `{error: "…", code}` (xAI, Ollama), `{message, type, code}` (Mistral, Cohere), `{detail}`, an array around one of them.
 */
function wordsOf(body: unknown, fallback: string): Words {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof first === 'string') return { message: first, code: undefined, type: undefined };
  if (typeof first !== 'object' || first === null) return { message: fallback, code: undefined, type: undefined };
  const outer = first as JsonObject;
  const inner = typeof outer['error'] === 'object' && outer['error'] !== null ? (outer['error'] as JsonObject) : outer;
  const message = text(inner['message']) ?? text(inner['error']) ?? text(inner['detail']) ?? text(outer['message']) ?? fallback;
  const code = inner['code'] ?? outer['code'];
  const ownStatus = [inner['status_code'], code].find((value): value is number => typeof value === 'number' && value >= 400 && value < 600);
  return { message, code: text(code), type: text(inner['type']) ?? text(inner['status']), ownStatus };
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined;
}

/** An `error` part of a stream holds the provider's object as it came, or an error of the package around it. */
function payloadOf(error: unknown): unknown {
  const value = error instanceof Error ? error.cause : undefined;
  if (value instanceof Error) return undefined;
  return typeof value === 'string' || (typeof value === 'object' && value !== null) ? value : undefined;
}

function findApiCall(error: unknown): APICallError | undefined {
  for (const one of chain(error)) if (APICallError.isInstance(one)) return one;
  return undefined;
}

function networkCode(error: unknown): string | undefined {
  for (const one of chain(error)) {
    const code = (one as { code?: unknown }).code;
    if (typeof code === 'string' && /^(E[A-Z_]+|UND_ERR|CERT|ERR_(TLS|SSL)|DEPTH_|SELF_|UNABLE_|HPE_|Z_)/.test(code)) return code;
  }
  return undefined;
}

function networkWords(code: string): Words {
  const message = Object.hasOwn(networkMessages, code) ? networkMessages[code] : undefined;
  return { message: message ?? `the connection failed (${code})`, code, type: undefined };
}

const networkMessages: Record<string, string> = {
  ECONNREFUSED: 'nothing listens at its address (ECONNREFUSED)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  EPIPE: 'the connection was cut (EPIPE)',
  ENOTFOUND: 'its host name is unknown (ENOTFOUND)',
  EAI_AGAIN: 'its host name could not be looked up (EAI_AGAIN)',
  ETIMEDOUT: 'the connection timed out (ETIMEDOUT)',
};

function* chain(error: unknown): Generator<object> {
  const seen = new Set<unknown>();
  let current = error;
  while (typeof current === 'object' && current !== null && !seen.has(current)) {
    seen.add(current);
    yield current;
    current = (current as { cause?: unknown }).cause;
  }
}

function parse(body: unknown): unknown {
  // One package hands over the parsed body where it says text.
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // An HTML page or plain text: only its beginning is worth showing.
    return /<html|<!doctype/i.test(body) ? 'a web page instead of an answer' : body;
  }
}
