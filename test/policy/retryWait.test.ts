import { expect, test } from 'vitest';
import { retryWaitMs } from '../../src/policy/retryWait.ts';

test.each([
  ['the first wait: any time up to half a second', 0, undefined, 0, 0],
  ['its end', 0, undefined, 1, 500],
  ['it doubles', 2, undefined, 1, 2000],
  ['in the middle', 2, undefined, 0.5, 1000],
  ['up to eight seconds', 10, undefined, 1, 8000],
  ['what the provider asks for', 5, 3000, 0, 3000],
  ['and a little more, so that not all come at once', 5, 3000, 1, 3300],
  ['a second at most', 0, 60_000, 1, 61_000],
  ['at once', 0, 0, 1, 0],
])('%s', (_what, retry, retryAfterMs, random, expected) => {
  expect(retryWaitMs(retry, retryAfterMs, random)).toBe(expected);
});
