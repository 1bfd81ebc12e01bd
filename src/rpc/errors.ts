import { randomUUID } from 'node:crypto';
import { errorCodes, type WireError } from '../../protocol/index.ts';
import { Failure, type FailureKind } from '../lib/failure.ts';
import type { LogFacts } from '../lib/log.ts';
import { redactFailure, type Redact } from '../lib/redactFailure.ts';

export interface WireErrorOptions {
  /** Where the details of a defect go, one text per defect. Default: stderr. */
  readonly log?: (text: string, facts: LogFacts) => void;
  /** Takes secrets out of what crosses the wire and of what is logged. */
  readonly redact?: Redact | undefined;
}

/**
 * The one place that makes JSON-RPC errors. A `Failure` crosses the wire as it is, an abort is `cancelled`; everything
 * else is a defect: the caller gets an `errorId`, the log gets the same id and the stack.
 */
export function toWireError(error: unknown, options: WireErrorOptions = {}): WireError {
  const { redact = asItIs } = options;
  if (error instanceof Failure) return fromFailure(redactFailure(error, redact));
  if (isAbort(error)) return fromFailure(abortFailure('cancelled'));
  const errorId = randomUUID();
  (options.log ?? logToStderr)(`internal error ${errorId}: ${describeDefect(error, redact)}`, {
    level: 'error',
    errorId,
  });
  return fromFailure(
    new Failure('internalError', `Internal error ${errorId}. The details are on the sidecar's stderr under this id.`, { errorId }),
  );
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

export function abortFailure(kind: 'cancelled' | 'serverCancelled'): Failure {
  if (kind === 'cancelled') return new Failure('cancelled', 'The request was cancelled.');
  return new Failure('serverCancelled', 'The sidecar gave the request up because it is shutting down or has lost its host.');
}

/** `path` of an issue is joined by dots: `messages.0.content`. */
export function invalidParams(method: string, issues: { path: string; message: string }[]): Failure {
  const first = issues[0];
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  return new Failure('invalidParams', `Invalid params of ${method}: ${where}${first?.message ?? 'see issues'}`, { issues });
}

const retryableKinds: ReadonlySet<FailureKind> = new Set([
  'overloaded',
  'rateLimited',
  'providerTimeout',
  'serverCancelled',
  'storageUnavailable',
]);

function fromFailure({ kind, message, detail }: Failure): WireError {
  const code = kind === 'duplicateId' || kind === 'batchNotSupported' ? errorCodes.invalidRequest : errorCodes[kind];
  return { code, message, data: { ...detail, kind, retryable: detail.retryable ?? retryableKinds.has(kind) } };
}

function asItIs<T>(value: T): T {
  return value;
}

function logToStderr(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Name, message and stack, and those of the causes. Whatever a message quotes is left out: `Headers.append` and
 * `JSON.parse` quote keys and prompts.
 */
function describeDefect(error: unknown, redact: Redact): string {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; depth < 4 && current !== undefined; depth += 1) {
    if (depth > 0) lines.push('caused by');
    if (!(current instanceof Error)) {
      lines.push(`a thrown ${current === null ? 'null' : typeof current}`);
      break;
    }
    lines.push(`${current.name}: ${redact(withoutQuotes(current.message)).slice(0, 300)}`);
    lines.push(...stackFrames(current));
    current = current.cause;
  }
  return lines.join('\n');
}

function withoutQuotes(message: string): string {
  return message.replace(/".*"/s, '"…"').replace(/`.*`/s, '`…`');
}

function stackFrames(error: Error): string[] {
  const stack = (error.stack ?? '').replace(error.message, '');
  return stack.split('\n').filter((line) => /^\s+at /.test(line));
}
