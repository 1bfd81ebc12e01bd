import { describe, expect, test } from 'vitest';
import { retrying, type RetryRules } from '../../src/engine/retrying.ts';
import { Failure, nothingSent } from '../../src/lib/failure.ts';

interface Ran {
  readonly result: unknown;
  readonly attempts: number;
  readonly waits: readonly number[];
}

/** Fails with each of the failures in turn, then answers. Waits are as short as they can be. */
async function run(failures: readonly Error[], more: Partial<RetryRules> = {}): Promise<Ran> {
  let attempts = 0;
  const waits: number[] = [];
  const rules: RetryRules = {
    retries: 2,
    signal: new AbortController().signal,
    deadlineAt: undefined,
    mayRepeat: () => true,
    failed: (_attempt, _failure, waitMs) => void waits.push(Math.round(waitMs)),
    random: () => 0.01,
    ...more,
  };
  const result = await retrying(rules, async () => {
    const failure = failures[attempts++];
    if (failure) throw failure;
    return 'answer';
  }).catch((error: unknown) => error);
  return { result, attempts, waits };
}

const passing = new Failure('providerError', 'away', { retryable: true });
const after = (retryAfterMs: number): Failure => new Failure('rateLimited', 'wait', { retryable: true, retryAfterMs });
const late = (deadline: string, cause?: Error): Failure =>
  new Failure('providerTimeout', 'late', { retryable: true, limit: { deadline, ms: 1 } }, { cause });

describe('an attempt is made again', () => {
  test.each([
    ['after a failure that may pass', [passing], 2, [5]],
    ['twice', [passing, passing], 3, [5, 10]],
    ['when the provider says', [after(20)], 2, [20]],
    ['after a limit of requests without a word', [new Failure('rateLimited', 'slow down')], 2, [5]],
    ['when there was no connection in time', [late('connect', nothingSent)], 2, [5]],
  ])('%s', async (_what, failures, attempts, waits) => {
    expect(await run(failures)).toEqual({ result: 'answer', attempts, waits });
  });
});

describe('an attempt is not made again', () => {
  test.each<[string, Error, Partial<RetryRules>]>([
    ['after a failure that does not pass', new Failure('providerQuota', 'used up', { retryable: false }), {}],
    ['after one that says nothing about it', new Failure('providerError', 'odd'), {}],
    ['after a defect', new TypeError('a defect'), {}],
    ['when something has come', passing, { mayRepeat: () => false }],
    ['where none is allowed', passing, { retries: 0 }],
    ['when the provider wants a long wait', after(10_001), {}],
    ['when the wait would pass the deadline', after(5_000), { deadlineAt: performance.now() + 4_000 }],
    ['when the time for the beginning was over', late('firstToken'), {}],
    ['when the time between two pieces was over', late('idle'), {}],
    ['when we refused it ourselves', new Failure('overloaded', 'full', { retryable: true }), {}],
  ])('%s', async (_what, failure, rules) => {
    expect(await run([failure], rules)).toEqual({ result: failure, attempts: 1, waits: [] });
  });

  test('more often than allowed', async () => {
    expect(await run([passing, passing, passing])).toMatchObject({ result: passing, attempts: 3 });
  });

  test('after a cancel, which ends a wait', async () => {
    const controller = new AbortController();
    const ran = run([after(9_000)], { signal: controller.signal, failed: () => setImmediate(() => controller.abort()) });
    expect(await ran).toMatchObject({ attempts: 1, result: { name: 'AbortError' } });
  });
});

test('each failed attempt is told with its kind and its time', async () => {
  const told: unknown[] = [];
  await run([passing], {
    failed: ({ errorKind, durationMs, startedAt }) => void told.push([errorKind, durationMs >= 0, startedAt instanceof Date]),
  });
  expect(told).toEqual([['providerError', true, true]]);
});
