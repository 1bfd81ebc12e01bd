import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, nothingSent } from '../lib/failure.ts';
import { retryWaitMs } from '../policy/retryWait.ts';

export interface TriedAttempt {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly errorKind: string;
}

export interface RetryRules {
  /** Attempts after the first. */
  readonly retries: number;
  readonly signal: AbortSignal;
  /** By performance.now(). A wait that would pass it is not begun. */
  readonly deadlineAt: number | undefined;
  /** false: something of the answer has arrived, and what has arrived is never asked for twice. */
  mayRepeat(): boolean;
  /** false: there is no money for one more attempt. Default: there is. */
  covered?(failure: Failure): Promise<boolean>;
  /** Hears of each attempt that is made again, before the wait. */
  failed(attempt: TriedAttempt, failure: Failure, waitMs: number): void;
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined;
}

/** Again, after a failure that may pass. */
export async function retrying<T>(rules: RetryRules, run: () => Promise<T>): Promise<T> {
  const { retries, signal, deadlineAt = Infinity, mayRepeat, covered, failed, random = Math.random } = rules;
  for (let retry = 0; ; retry++) {
    const startedAt = new Date();
    const began = performance.now();
    try {
      signal.throwIfAborted();
      return await run();
    } catch (error) {
      if (signal.aborted || !(error instanceof Failure) || !mayPass(error) || !mayRepeat() || retry >= retries) throw error;
      const { retryAfterMs } = error.detail;
      const waitMs = retryWaitMs(retry, retryAfterMs, random());
      if ((retryAfterMs ?? 0) > longestWaitMs || performance.now() + waitMs >= deadlineAt) throw error;
      if ((await covered?.(error)) === false) throw error;
      failed({ startedAt, durationMs: performance.now() - began, errorKind: error.kind }, error, waitMs);
      await sleep(waitMs, undefined, { signal });
    }
  }
}

/** A longer wait is the caller's to decide: the failure says how long. */
const longestWaitMs = 10_000;

function mayPass(failure: Failure): boolean {
  const { kind, detail, cause } = failure;
  // A provider that was given all the time there was, and our own refusal: only the caller may want to wait again.
  if (kind === 'overloaded' || (kind === 'providerTimeout' && detail.limit !== undefined && cause !== nothingSent)) return false;
  return detail.retryable ?? kind === 'rateLimited';
}
