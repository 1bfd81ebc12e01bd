import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../lib/failure.ts';
import type { FailedAttempt } from './moneyPorts.ts';

export interface RetryRules {
  /** Attempts after the first. */
  readonly retries: number;
  readonly signal: AbortSignal;
  /** false: something of the answer has arrived, and what has arrived is never asked for twice. */
  mayRepeat(): boolean;
  /** Hears of each attempt that is made again. */
  failed(attempt: FailedAttempt): void;
}

/** Again, after a failure that may pass. */
export async function retrying<T>({ retries, signal, mayRepeat, failed }: RetryRules, run: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry++) {
    const startedAt = new Date();
    const began = performance.now();
    try {
      signal.throwIfAborted();
      return await run();
    } catch (error) {
      if (signal.aborted || !(error instanceof Failure) || !mayPass(error) || !mayRepeat() || retry >= retries) throw error;
      const waitMs = error.detail.retryAfterMs ?? 500 * 2 ** retry;
      if (waitMs > longestWaitMs) throw error;
      failed({ startedAt, durationMs: performance.now() - began, errorKind: error.kind });
      await sleep(waitMs, undefined, { signal });
    }
  }
}

/** A longer wait is the caller's to decide: the failure says how long. */
const longestWaitMs = 10_000;

function mayPass(failure: Failure): boolean {
  return failure.detail.retryable ?? failure.kind === 'rateLimited';
}
