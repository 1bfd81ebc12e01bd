import type { Readable } from 'node:stream';
import type { JsonObject } from '../../../protocol/index.ts';
import type { Failure } from '../../lib/failure.ts';
import type { Deadlines } from '../../policy/timeouts.ts';
import { watchDeadlines } from './deadlines.ts';

/**
 * One HTTP exchange with a provider: what the call hands to the transport, and what the transport saw that the package
 * between them does not pass on. The two find each other by `signal`.
 */
export interface Exchange {
  /** The provider's name in the configuration. */
  readonly name: string;
  readonly key: string | null;
  /** Aborted by the caller's signal, when a deadline is missed, and when the call is over. */
  readonly signal: AbortSignal;
  /** A request goes out. */
  sending(): void;
  connected(): void;
  /** A byte arrived. */
  touch(): void;
  /** Something of the answer itself arrived. */
  begun(): void;
  /** What the transport itself found wrong; it ends the exchange and wins over any later error. */
  fail(failure: Failure): void;
  failure: Failure | undefined;
  /** Whether an event stream is asked for. */
  readonly stream: boolean;
  /** An answer of the other sort than was asked for. The next request of this exchange is answered with it. */
  held: Response | undefined;
  /**
   * What the package is not given of a good answer: `all` of it, and its call fails; or its events, and it makes a stream of none. The
   * answer, of whichever sort, is then in `answer`. undefined: the package reads it.
   */
  kept: 'all' | 'events' | undefined;
  answer: ExchangeStream | ExchangeText | undefined;
  /** A request has been made. */
  sent: boolean;
  status: number | undefined;
  requestId: string | undefined;
  /** Of the body, so far. */
  bytes: number;
  /** The body has arrived to its end. */
  ended: boolean;
  /** The provider's own error object, if the body had one. */
  problem: unknown;
  /** The provider's usage so far, in its own words. */
  usage: JsonObject | undefined;
  onUsage(usage: JsonObject): void;
  close(): void;
}

/** The body of an event stream, and who is to be told of what is read of it. */
export interface ExchangeStream {
  readonly stream: Readable;
  readonly onBytes: (bytes: number) => void;
  readonly onEvent: (event: JsonObject) => void;
  readonly onEnd: () => void;
}

/** An answer in one piece. */
export interface ExchangeText extends Pick<ExchangeStream, 'onEvent'> {
  readonly text: string;
}

export interface ExchangeRequest {
  readonly name: string;
  readonly key: string | null;
  readonly signal: AbortSignal;
  readonly deadlines: Deadlines;
  readonly stream: boolean;
  readonly onUsage: (usage: JsonObject) => void;
}

/** Open exchanges, for the transport to find the one it works for. */
export type Exchanges = WeakMap<AbortSignal, Exchange>;

/**
 * Always an AbortError: the packages take any other reason for a failed call (status 200 and all). One for all: every call
 * ends with an abort, and where a stack is recorded it costs as much as the rest of the end.
 */
const aborted = new DOMException('The call was aborted.', 'AbortError');

export function openExchange(request: ExchangeRequest, exchanges: Exchanges): Exchange {
  const controller = new AbortController();
  const abort = (): void => controller.abort(aborted);
  const watch = watchDeadlines(request.deadlines, request.name, (failure) => exchange.fail(failure));
  request.signal.addEventListener('abort', abort, { once: true });
  if (request.signal.aborted) abort();
  const exchange: Exchange = {
    name: request.name,
    key: request.key,
    signal: controller.signal,
    sending: watch.sending,
    connected: watch.connected,
    touch: watch.arrived,
    begun: watch.begun,
    fail(failure) {
      exchange.failure ??= failure;
      abort();
    },
    failure: undefined,
    stream: request.stream,
    held: undefined,
    kept: undefined,
    answer: undefined,
    sent: false,
    status: undefined,
    requestId: undefined,
    bytes: 0,
    ended: false,
    problem: undefined,
    usage: undefined,
    onUsage: request.onUsage,
    close() {
      watch.stop();
      request.signal.removeEventListener('abort', abort);
      exchange.onUsage = () => {};
      abort();
    },
  };
  exchanges.set(controller.signal, exchange);
  return exchange;
}
