import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { Passed } from '../../src/engine/gatePorts.ts';
import { createProviderGate } from '../../src/gates/providerGate.ts';
import { createProviderGates } from '../../src/gates/providerGates.ts';
import type { ProviderLimits } from '../../src/policy/providerLimits.ts';

const none: ProviderLimits = {
  maxConcurrent: undefined,
  requestsPerMinute: undefined,
  tokensPerMinute: undefined,
  maxWaiting: 100,
  maxWaitMs: 30_000,
};
const open = new AbortController().signal;
const call = (more: object = {}) => ({ share: 'a', tokens: 1, signal: open, ...more });

/** Whether a promise is settled by now. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const still = Symbol('still');
  return (await Promise.race([promise.catch(() => {}), sleep(5).then(() => still)])) === still;
}

describe('max_concurrent', () => {
  test('the next goes when one has left', async () => {
    const gate = createProviderGate('p', { ...none, maxConcurrent: 1 });
    const first = await gate.enter(call());
    const second = gate.enter(call());
    expect(await isPending(second)).toBe(true);
    first.leave(undefined);
    first.leave(undefined);
    const third = gate.enter(call());
    (await second).leave(undefined);
    (await third).leave(undefined);
  });

  test('shares take turns', async () => {
    const gate = createProviderGate('p', { ...none, maxConcurrent: 1 });
    const order: string[] = [];
    const held = await gate.enter(call());
    const all = ['a', 'a', 'a', 'b'].map(async (share, index) => {
      const passed = await gate.enter(call({ share }));
      order.push(`${share}${index}`);
      passed.leave(undefined);
    });
    await new Promise((resolve) => setImmediate(resolve));
    held.leave(undefined);
    await Promise.all(all);
    expect(order).toEqual(['a0', 'b3', 'a1', 'a2']);
  });

  test('one that is cancelled is out at once, with its reason, and holds no place', async () => {
    const gate = createProviderGate('p', { ...none, maxConcurrent: 1 });
    const held = await gate.enter(call());
    const controller = new AbortController();
    const cancelled = gate.enter(call({ signal: controller.signal }));
    const next = gate.enter(call());
    controller.abort(new Error('enough'));
    await expect(cancelled).rejects.toThrow('enough');
    await expect(gate.enter(call({ signal: controller.signal }))).rejects.toThrow('enough');
    held.leave(undefined);
    (await next).leave(undefined);
  });

  test('as many wait as may, and no longer than they may', async () => {
    const gate = createProviderGate('p', { ...none, maxConcurrent: 1, maxWaiting: 1, maxWaitMs: 50 });
    const held = await gate.enter(call());
    const waiting = gate.enter(call());
    await expect(gate.enter(call())).rejects.toMatchObject({
      kind: 'overloaded',
      message:
        'p is sent as much as providers.p.limits.max_concurrent allows, and 1 requests wait for it already. Try again, or raise the limit in the configuration.',
      detail: { retryable: true, retryAfterMs: 1000, limit: { provider: 'p', limit: 'max_concurrent' } },
    });
    await expect(waiting).rejects.toMatchObject({ kind: 'overloaded', message: expect.stringContaining('this one has waited 50 ms') });
    held.leave(undefined);
    (await gate.enter(call())).leave(undefined);
  });

  test('whatever comes, leaves and gives up: never more than allowed inside, and nobody is forgotten', async () => {
    const step = fc.constantFrom('enter', 'enter', 'leave', 'cancel', 'change');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.nat()), { maxLength: 60 }), async (steps) => {
        let limit = 2;
        const gate = createProviderGate('p', { ...none, maxConcurrent: limit });
        const inside: Passed[] = [];
        const waiting = new Set<AbortController>();
        let ended = 0;
        let entered = 0;
        const turn = () => new Promise((resolve) => setImmediate(resolve));
        const leave = (at: number): void => inside.splice(at % Math.max(1, inside.length), 1)[0]?.leave(undefined);
        for (const [what, number] of steps) {
          if (what === 'enter') {
            const controller = new AbortController();
            waiting.add(controller);
            entered += 1;
            gate.enter(call({ share: String(number % 3), signal: controller.signal })).then(
              (passed) => {
                waiting.delete(controller);
                ended += 1;
                inside.push(passed);
              },
              () => {
                waiting.delete(controller);
                ended += 1;
              },
            );
          } else if (what === 'leave') leave(number);
          else if (what === 'cancel') [...waiting][number % Math.max(1, waiting.size)]?.abort();
          else gate.change({ ...none, maxConcurrent: (limit = 1 + (number % 4)) });
          const before = inside.length;
          await turn();
          // Those inside when the limit is lowered stay.
          expect(inside.length).toBeLessThanOrEqual(Math.max(limit, before));
          if (waiting.size > 0) expect(inside.length).toBeGreaterThanOrEqual(limit);
        }
        while (inside.length > 0 || waiting.size > 0) {
          leave(0);
          await turn();
        }
        expect(ended).toBe(entered);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a minute', () => {
  test('of requests may go at once; the next waits as long as it takes', async () => {
    const gate = createProviderGate('p', { ...none, requestsPerMinute: 600 });
    const began = performance.now();
    for (let request = 0; request < 600; request++) (await gate.enter(call())).leave(undefined);
    expect(performance.now() - began).toBeLessThan(5000);
    await Promise.all([gate.enter(call()), gate.enter(call()), gate.enter(call())]);
    expect(performance.now() - began).toBeGreaterThan(250);
  });

  test('that has no room for longer than one may wait is refused at once, with the time until there is', async () => {
    const gate = createProviderGate('p', { ...none, requestsPerMinute: 1 });
    const first = await gate.enter(call());
    const error = (await gate.enter(call()).catch((thrown: unknown) => thrown)) as Error & { detail: { retryAfterMs: number } };
    expect(error.message).toBe(
      'p is sent as much as providers.p.limits.requests_per_minute allows, and this one would wait longer than it may. Try again, or raise the limit in the configuration.',
    );
    expect(error.detail.retryAfterMs).toBeGreaterThan(30_000);
    first.leave(undefined);
  });

  test('that has no room before the deadline is refused at once', async () => {
    const gate = createProviderGate('p', { ...none, requestsPerMinute: 3 });
    for (let request = 0; request < 3; request++) await gate.enter(call());
    const inTime = gate.enter(call({ deadlineAt: performance.now() + 60_000 }));
    expect(await isPending(inTime)).toBe(true);
    await expect(gate.enter(call({ deadlineAt: performance.now() + 5000 }))).rejects.toMatchObject({ kind: 'overloaded' });
    gate.change(undefined);
    await inTime;
  });

  test('of tokens may come back from a request that runs: the next waits for it', async () => {
    const gate = createProviderGate('p', { ...none, tokensPerMinute: 1000 });
    const first = await gate.enter(call({ tokens: 1000 }));
    const second = gate.enter(call({ tokens: 900 }));
    expect(await isPending(second)).toBe(true);
    first.leave(10);
    (await second).leave(900);
  });

  test('of tokens is corrected by what was used', async () => {
    const gate = createProviderGate('p', { ...none, tokensPerMinute: 60_000, maxWaiting: 0 });
    const first = await gate.enter(call({ tokens: 60_000 }));
    await expect(gate.enter(call({ tokens: 6000 }))).rejects.toMatchObject({
      kind: 'overloaded',
      detail: { limit: { provider: 'p', limit: 'tokens_per_minute' } },
    });
    first.leave(1000);
    const second = await gate.enter(call({ tokens: 6000 }));
    second.leave(90_000);
    const error = await gate.enter(call({ tokens: 1 })).catch((thrown: unknown) => thrown);
    expect((error as { detail: { retryAfterMs: number } }).detail.retryAfterMs).toBeGreaterThan(25_000);
  });

  test('a request that is larger than a minute goes when a whole minute is there', async () => {
    const gate = createProviderGate('p', { ...none, tokensPerMinute: 1000, maxWaiting: 0 });
    const passed = await gate.enter(call({ tokens: 1500 }));
    passed.leave(undefined);
    const error = await gate.enter(call({ tokens: 1 })).catch((thrown: unknown) => thrown);
    expect((error as { detail: { retryAfterMs: number } }).detail.retryAfterMs).toBeGreaterThan(25_000);
  });
});

describe('other limits', () => {
  test('hold for those that wait', async () => {
    const gates = createProviderGates();
    gates.update(new Map([['p', { ...none, maxConcurrent: 1 }]]));
    expect(gates.find('other')).toBe(undefined);
    const gate = gates.find('p')!;
    await gate.enter(call());
    const waiting = [gate.enter(call()), gate.enter(call()), gate.enter(call())];
    expect(await isPending(waiting[0]!)).toBe(true);
    gates.update(new Map([['p', { ...none, maxConcurrent: 2 }]]));
    await waiting[0];
    expect(await isPending(waiting[1]!)).toBe(true);
    gates.update(new Map());
    await Promise.all(waiting);
    expect(gates.find('p')).toBe(undefined);
  });

  test('know what was used of those before them', async () => {
    const gates = createProviderGates();
    gates.update(new Map([['p', { ...none, requestsPerMinute: 2, maxWaiting: 0 }]]));
    const enter = async () => gates.find('p')!.enter(call());
    await enter();
    await enter();
    gates.update(new Map([['p', { ...none, requestsPerMinute: 3, maxWaiting: 0 }]]));
    await enter();
    await expect(enter()).rejects.toMatchObject({ kind: 'overloaded' });
  });
});
