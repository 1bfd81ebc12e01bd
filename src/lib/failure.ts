import type { ErrorData, ErrorKind } from '../../protocol/index.ts';

export type FailureKind = ErrorKind | 'duplicateId' | 'batchNotSupported';
export type FailureDetail = Omit<ErrorData, 'kind' | 'retryable'> & { retryable?: boolean };

/**
 * A failure that a caller can act on: a code of a closed set, a sentence that says what to do, and details that may
 * cross the wire. Everything else that is thrown is a defect and becomes `internalError`.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly detail: FailureDetail;

  constructor(kind: FailureKind, message: string, detail: FailureDetail = {}, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.detail = detail;
  }
}

/** The cause of a failure of which it is certain that nothing had been sent, so that it cost nothing. */
export const nothingSent: Error = Object.freeze(new Error('nothing was sent'));
