import type { ErrorData } from '../../protocol/index.ts';
import { Failure } from './failure.ts';

/** Gives a JSON value without the secrets that are in use; the same object where there is none. */
export type Redact = <T>(value: T) => T;

/**
 * The failure without secrets. Left alone are names of our own (the provider's in the configuration), and of what arrived
 * before it the content: it is the model's, as in an answer that ended well.
 */
export function redactFailure(failure: Failure, redact: Redact): Failure {
  const { kind, message, detail, cause } = failure;
  const { partial, provider, ...rest } = detail;
  const clean = {
    ...redact(rest),
    ...(provider === undefined ? {} : { provider: redactProvider(provider, redact) }),
    ...(partial === undefined ? {} : { partial: { ...redact({ ...partial, content: [] }), content: partial.content } }),
  };
  const redacted = new Failure(kind, redact(message), clean, cause === undefined ? {} : { cause });
  redacted.stack = `${redacted.name}: ${redacted.message}\n${stackFrames(failure)}`;
  return redacted;
}

function redactProvider({ name, ...rest }: NonNullable<ErrorData['provider']>, redact: Redact): NonNullable<ErrorData['provider']> {
  return { ...redact(rest), name };
}

function stackFrames({ stack = '' }: Failure): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
