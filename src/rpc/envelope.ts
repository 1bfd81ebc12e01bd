import { Failure } from '../lib/failure.ts';

export type RequestId = string | number;
export type Params = Readonly<Record<string, unknown>>;

/** What a JSON value is as a JSON-RPC message. `refused` is answered, `ignored` only logged. */
export type Envelope =
  | { type: 'request'; id: RequestId; method: string; params: Params }
  | { type: 'notification'; method: string; params: Params }
  | { type: 'response'; id: RequestId }
  | { type: 'refused'; id: RequestId | null; failure: Failure }
  | { type: 'ignored'; why: string };

/**
 * Sorts one parsed JSON value. protocol.md 1: ids are strings or safe integers, params an object or absent, no batches.
 * Nothing that looks like a response is ever answered: two peers would answer each other for ever.
 */
export function readEnvelope(value: unknown): Envelope {
  if (Array.isArray(value)) {
    return refused(
      null,
      new Failure('batchNotSupported', 'Batches are not supported. Send each message on its own; requests run in parallel anyway.'),
    );
  }
  if (typeof value !== 'object' || value === null) return refused(null, invalid('A message must be a JSON object.'));
  const { jsonrpc, id, method, params } = value as Record<string, unknown>;
  const validId = isRequestId(id) ? id : null;

  if (method === undefined && ('result' in value || 'error' in value)) {
    if (jsonrpc !== '2.0') return { type: 'ignored', why: 'a response without "jsonrpc": "2.0"' };
    return validId === null
      ? { type: 'ignored', why: 'an error without an id: the host could not read a message of ours' }
      : { type: 'response', id: validId };
  }
  if (jsonrpc !== '2.0') return refused(validId, invalid('A message must have "jsonrpc": "2.0".'));
  if (typeof method !== 'string') return refused(validId, invalid('A request or notification must have "method", a string.'));
  const isNotification = !('id' in value);
  if (!isNotification && validId === null) return refused(null, invalid('"id" must be a string or an integer within ±(2^53 − 1).'));
  const checked = isEmpty(params) ? {} : params;
  if (!isObject(checked)) {
    const issues = [{ path: '', message: 'expected an object' }];
    if (isNotification) return { type: 'ignored', why: `notification ${printable(method)} whose params are not an object` };
    return refused(
      validId,
      new Failure(
        'invalidParams',
        `Invalid params of ${printable(method)}: "params" must be an object; leave it out when there are none.`,
        { issues },
      ),
    );
  }
  return validId === null ? { type: 'notification', method, params: checked } : { type: 'request', id: validId, method, params: checked };
}

/** `1` and `"1"` are the same id. */
export function idKey(id: RequestId): string {
  return String(id);
}

/** A name that came from outside, fit for a log line. */
export function printable(name: string): string {
  const short = name.length > 80 ? `${name.slice(0, 80)}…` : name;
  return JSON.stringify(short).slice(1, -1);
}

export function isRequestId(id: unknown): id is RequestId {
  return typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id));
}

/** What libraries write for no params: JSON-RPC clients of editors `null`, languages where an empty map is an empty list `[]`. */
function isEmpty(params: unknown): boolean {
  return params == null || (Array.isArray(params) && params.length === 0);
}

function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(message: string): Failure {
  return new Failure('invalidRequest', message);
}

function refused(id: RequestId | null, failure: Failure): Envelope {
  return { type: 'refused', id, failure };
}
