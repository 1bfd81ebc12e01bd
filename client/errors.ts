import type { ContentPart, Cost, ErrorData, ErrorKind, Open, Usage } from '../protocol/index.ts';

/**
 * What went wrong, for programs. Beside the kinds of the protocol these are of the client alone:
 * - `interrupted`: the provider closed the stream in the middle of the answer
 * - `sidecarExited`: the process is gone (`SidecarExitedError`)
 * - `startTimeout`: the process did not answer the handshake
 * - `protocolViolation`: the process broke a promise of the protocol (a gap in the deltas, text that does not add up, garbage)
 * - `textDiscarded`: a retry or fallback took back text that an iteration had already handed out
 * - `stepLimit`: a chain of tool calls needed more responses of the model than it may have
 * - `invalidJson`: `json()` of an answer that is no JSON, or not what the schema wants
 * - `closed`: the `LLM` was closed
 */
export type LLMErrorKind = Open<
  | ErrorKind
  | 'duplicateId'
  | 'batchNotSupported'
  | 'interrupted'
  | 'sidecarExited'
  | 'startTimeout'
  | 'protocolViolation'
  | 'textDiscarded'
  | 'stepLimit'
  | 'invalidJson'
  | 'closed'
>;

/** What had arrived when an answer failed. It was paid for, and it is not a complete answer. */
export interface PartialAnswer {
  readonly text: string;
  readonly content: readonly ContentPart[];
  /** As far as the sidecar had said. */
  readonly usage?: Usage | undefined;
  readonly cost?: Cost | undefined;
}

export interface LLMErrorDetail {
  readonly code?: number | undefined;
  readonly data?: ErrorData | undefined;
  readonly partial?: PartialAnswer | undefined;
  readonly cause?: unknown;
}

/**
 * Every failure of this client.
 * @example
 * try {
 *   console.log(await model.prompt('Hello').text());
 * } catch (error) {
 *   if (error instanceof LLMError && error.kind === 'keyMissing') console.error(error.message); // says where to put a key
 *   else throw error;
 * }
 */
export class LLMError extends Error {
  override readonly name: string = 'LLMError';
  readonly kind: LLMErrorKind;
  /** The JSON-RPC code, when the sidecar answered with an error. */
  readonly code: number | undefined;
  /** Details of the sidecar: `provider`, `issues`, `suggestions`, `retryAfterMs` … */
  readonly data: ErrorData | undefined;
  /** The same call may succeed later. */
  readonly retryable: boolean;
  readonly partial: PartialAnswer | undefined;

  constructor(kind: LLMErrorKind, message: string, detail: LLMErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.kind = kind;
    this.code = detail.code;
    this.data = detail.data;
    this.retryable = detail.data?.retryable ?? false;
    this.partial = detail.partial;
  }
}

/** How the process of the sidecar ended. */
export interface SidecarExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines it wrote to stderr, at most 20. */
  readonly stderr: readonly string[];
  /** Why it could not be started at all. */
  readonly error?: Error | undefined;
}

/** The sidecar's process is gone. Every call that was pending fails with it, and every later one; make a new `LLM` to go on. */
export class SidecarExitedError extends LLMError {
  override readonly name = 'SidecarExitedError';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: readonly string[];

  constructor(exit: SidecarExit, partial?: PartialAnswer) {
    super('sidecarExited', exitMessage(exit), { cause: exit.error, partial });
    this.exitCode = exit.exitCode;
    this.signal = exit.signal;
    this.stderr = exit.stderr;
  }
}

/** The same failure, with what had arrived of an answer; what the sidecar says of its cost goes before what was counted here. */
export function withPartial(error: LLMError, arrived: PartialAnswer): LLMError {
  const { usage = arrived.usage, cost } = error.data?.partial ?? {};
  const partial = { ...arrived, usage, cost };
  if (error instanceof SidecarExitedError) {
    const { exitCode, signal, stderr, cause } = error;
    return new SidecarExitedError({ exitCode, signal, stderr, error: cause as Error | undefined }, partial);
  }
  return new LLMError(error.kind, error.message, { code: error.code, data: error.data, cause: error.cause, partial });
}

/** Of whatever was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return 'something without a text was thrown';
  }
}

function exitMessage({ exitCode, signal, stderr, error }: SidecarExit): string {
  if (error !== undefined) return `The sidecar could not be started: ${error.message}`;
  const how = signal === null ? `with code ${exitCode}` : `by ${signal}`;
  const last = stderr.length === 0 ? 'It wrote nothing to stderr.' : `Its last lines on stderr:\n${stderr.join('\n')}`;
  return `The sidecar's process ended ${how}. ${last}`;
}
