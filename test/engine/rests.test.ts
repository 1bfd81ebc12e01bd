import { describe, expect, test } from 'vitest';
import { createRests, type RestSubject } from '../../src/engine/rests.ts';
import { Failure } from '../../src/lib/failure.ts';

const subject: RestSubject = { model: 'm', key: 'k' };
const away = new Failure('providerError', 'It is away.', { retryable: true, provider: { name: 'p', status: 503 } });
const start = Date.UTC(2026, 0, 1);

function setUp() {
  const clock = { now: start };
  const rests = createRests(() => clock.now);
  return {
    clock,
    rests,
    /** What a call comes to: undefined, or why it was not made. */
    ask(outcome: unknown, of: RestSubject = subject, after = 3): Failure | undefined {
      try {
        rests.enter(of, after).ended(outcome);
        return undefined;
      } catch (error) {
        return error as Failure;
      }
    },
    fail(times: number): void {
      for (let count = 0; count < times; count++) this.ask(away);
    },
  };
}

describe('a model that keeps failing', () => {
  test('rests after so many failures, and says until when, why and how it failed', () => {
    const set = setUp();
    set.fail(2);
    expect(set.ask(away)).toBeUndefined();
    expect(set.ask(undefined)).toMatchObject({
      kind: 'providerError',
      message: 'm is not asked until 2026-01-01T00:00:10Z, since 3 calls in a row failed. The last: It is away.',
      detail: { retryable: true, retryAfterMs: 10_000, provider: { name: 'p', status: 503 } },
    });
  });

  test('is tried by one call when its rest is over, and is well again when that is answered', () => {
    const set = setUp();
    set.fail(3);
    set.clock.now += 10_000;
    const trial = set.rests.enter(subject, 3);
    expect(set.ask(undefined)?.detail.retryAfterMs).toBe(1000);
    trial.ended(undefined);
    set.fail(2);
    expect(set.ask(undefined)).toBeUndefined();
  });

  test('rests longer with each trial that fails, up to ten minutes', () => {
    const set = setUp();
    set.fail(3);
    const rests: (number | undefined)[] = [];
    for (let count = 0; count < 8; count++) {
      const wait = set.ask(undefined)?.detail.retryAfterMs ?? 0;
      rests.push(wait / 1000);
      set.clock.now += wait;
      expect(set.ask(away)).toBeUndefined();
    }
    expect(rests).toEqual([10, 20, 40, 80, 160, 320, 600, 600]);
  });

  test('is tried again when the trial was stopped from our side', () => {
    const set = setUp();
    set.fail(3);
    set.clock.now += 10_000;
    expect(set.ask('unknown')).toBeUndefined();
    expect(set.ask(undefined)).toBeUndefined();
    expect(set.ask(undefined)).toBeUndefined();
  });

  test('rests as long as the provider wants, if that is longer', () => {
    const set = setUp();
    set.fail(2);
    set.ask(new Failure('providerError', 'Later.', { retryable: true, retryAfterMs: 90_000 }));
    expect(set.ask(undefined)?.detail.retryAfterMs).toBe(90_000);
  });

  test('is not rested longer for calls that were under way', () => {
    const set = setUp();
    const passes = Array.from({ length: 50 }, () => set.rests.enter(subject, 3));
    for (const pass of passes) pass.ended(away);
    expect(set.ask(undefined)?.detail.retryAfterMs).toBe(10_000);
    set.clock.now += 10_000;
    set.ask(away);
    expect(set.ask(undefined)?.detail.retryAfterMs).toBe(20_000);
  });

  test('goes on with another key, and so do other models', () => {
    const set = setUp();
    set.fail(3);
    expect(set.ask(undefined, { ...subject, key: 'other' })).toBeUndefined();
    expect(set.ask(undefined, { ...subject, key: null })).toBeUndefined();
    expect(set.ask(undefined, { ...subject, model: 'n' })).toBeUndefined();
  });

  test('is tried anew after a change of the configuration', () => {
    const set = setUp();
    set.fail(3);
    set.rests.clear();
    expect(set.ask(undefined)).toBeUndefined();
  });

  test('never rests where that is off', () => {
    const set = setUp();
    for (let count = 0; count < 20; count++) expect(set.ask(away, subject, 0)).toBeUndefined();
  });
});

const provider = (status: number) => ({ provider: { name: 'p', status } });

describe('what counts', () => {
  test.each<[string, Failure]>([
    ['a key that is refused', new Failure('providerAuth', '', { retryable: false, ...provider(401) })],
    ['a quota that is used up', new Failure('providerQuota', '', { retryable: false, ...provider(429) })],
    ['a time that ran out', new Failure('providerTimeout', '', { retryable: true, provider: { name: 'p' } })],
    ['no connection', new Failure('providerError', '', { retryable: true, provider: { name: 'p' } })],
    ['an error of the server', new Failure('providerError', '', { retryable: true, ...provider(529) })],
    ['an answer that is none', new Failure('providerError', '', { retryable: true, ...provider(200) })],
  ])('%s', (_what, failure) => {
    const set = setUp();
    for (let count = 0; count < 3; count++) set.ask(failure);
    expect(set.ask(undefined)?.kind).toBe(failure.kind);
  });

  test.each<[string, unknown]>([
    ['a mistake of the caller', new Failure('providerError', '', { retryable: false, ...provider(400) })],
    ['params', new Failure('invalidParams', '')],
    ['a prompt that is too long', new Failure('contextLength', '', { retryable: false, ...provider(400) })],
    ['content that is filtered', new Failure('contentFiltered', '', { retryable: false, ...provider(400) })],
    ['a limit of requests', new Failure('rateLimited', '', { retryable: true, ...provider(429) })],
    ['a model that is not there', new Failure('modelNotFound', '', { retryable: false, ...provider(404) })],
    ['a call that was stopped', 'unknown'],
    ['a defect', new TypeError('a defect')],
  ])('not: %s', (_what, failure) => {
    const set = setUp();
    for (let count = 0; count < 20; count++) expect(set.ask(failure)).toBeUndefined();
  });

  test('failures in a row: an answer, also one that refuses, ends it', () => {
    const set = setUp();
    for (const answer of [undefined, new Failure('rateLimited', '', { retryable: true, ...provider(429) })]) {
      set.fail(2);
      set.ask(answer);
      set.fail(2);
      expect(set.ask(answer)).toBeUndefined();
    }
  });

  test('what was stopped neither counts nor ends a row', () => {
    const set = setUp();
    set.fail(2);
    set.ask('unknown');
    set.ask(away);
    expect(set.ask(undefined)).toBeDefined();
  });
});
