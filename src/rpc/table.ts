import type * as z from 'zod';
import type { RequestId } from './envelope.ts';
import type { Peer } from './peer.ts';

export interface RequestContext {
  readonly id: RequestId;
  /**
   * Aborted (with an AbortError) when the host cancels, the connection is lost or the sidecar gives up. It can be
   * aborted already when the handler starts. What the handler then returns is still the answer; what it throws becomes
   * `cancelled` or `serverCancelled`, unless it is a `Failure`.
   */
  readonly signal: AbortSignal;
  readonly peer: Peer;
}

export interface NotificationContext {
  /** Aborted when the connection is lost. */
  readonly signal: AbortSignal;
  readonly peer: Peer;
}

/** `handle` is called in the order of arrival, synchronously, with the params as the schema gives them back. */
export interface RequestHandler<Params extends z.ZodType = z.ZodType> {
  readonly params: Params;
  /** What the schema would give back, when that can be told without it; else null. */
  plain?(params: Readonly<Record<string, unknown>>): z.output<Params> | null;
  handle(params: z.output<Params>, context: RequestContext): unknown;
}

export interface NotificationHandler<Params extends z.ZodType = z.ZodType> {
  readonly params: Params;
  handle(params: z.output<Params>, context: NotificationContext): void | Promise<void>;
}

/** All methods that are served, by wire name. */
export interface Table {
  readonly requests: Readonly<Record<string, RequestHandler>>;
  readonly notifications: Readonly<Record<string, NotificationHandler>>;
}
