import type { Gate, Passed } from '../engine/gatePorts.ts';
import { Failure } from '../lib/failure.ts';
import type { ProviderLimits } from '../policy/providerLimits.ts';
import { createFairQueue } from './fairQueue.ts';
import { loadRates, type MinuteRates } from './minuteRates.ts';

/** What holds the requests to one provider to its limits. */
export interface ProviderGate extends Gate {
  /** Other limits, for those that wait too. undefined: none. */
  change(limits: ProviderLimits | undefined): void;
}

interface Waiter {
  readonly tokens: number;
  go(passed: Passed): void;
}

/** Node's timers know no waits of weeks. */
const longestTimerMs = 60_000;

export function createProviderGate(provider: string, first: ProviderLimits): ProviderGate {
  const queue = createFairQueue<Waiter>();
  let limits: ProviderLimits | undefined = first;
  let rates: MinuteRates | undefined;
  let loading = load(first);
  let running = 0;
  let timer: NodeJS.Timeout | undefined;

  async function load(wanted: ProviderLimits): Promise<void> {
    const loaded = await loadRates(wanted, rates);
    // Limits that came meanwhile load their own.
    if (limits === wanted) rates = loaded;
  }

  const waitMs = (tokens: number): number => (running >= (limits?.maxConcurrent ?? Infinity) ? Infinity : (rates?.waitMs(tokens) ?? 0));

  function pass(tokens: number): Passed {
    rates?.take(tokens);
    running += 1;
    let isInside = true;
    return {
      leave(used) {
        if (!isInside) return;
        isInside = false;
        running -= 1;
        if (used !== undefined) rates?.correct(used - tokens);
        goOn();
      },
    };
  }

  /** Lets in who may: called when a request has ended, when time has passed and when the limits have changed. */
  function goOn(): void {
    clearTimeout(timer);
    for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
      const wait = waitMs(next.tokens);
      if (wait > 0) {
        if (Number.isFinite(wait)) timer = setTimeout(goOn, Math.min(wait, longestTimerMs));
        return;
      }
      queue.take();
      next.go(pass(next.tokens));
    }
  }

  /** Waiting is in vain. Not so while requests run that may give tokens back. */
  function isTooLong(tokens: number, mayWaitMs: number): boolean {
    const wait = waitMs(tokens);
    if (!Number.isFinite(wait) || wait <= mayWaitMs) return false;
    return running === 0 || rates?.full(tokens) === 'requests_per_minute';
  }

  function refused(tokens: number, why: string): Failure {
    const isBusy = running >= (limits?.maxConcurrent ?? Infinity);
    const limit = isBusy ? 'max_concurrent' : (rates?.full(tokens) ?? 'max_concurrent');
    const retryAfterMs = Math.max(1000, isBusy ? 0 : Math.ceil(waitMs(tokens)));
    return new Failure(
      'overloaded',
      `${provider} is sent as much as providers.${provider}.limits.${limit} allows, and ${why}. Try again, or raise the limit in the configuration.`,
      { retryable: true, retryAfterMs, limit: { provider, limit } },
    );
  }

  return {
    async enter({ share, tokens, signal, deadlineAt = Infinity }) {
      await loading;
      signal.throwIfAborted();
      if (limits === undefined || (queue.size === 0 && waitMs(tokens) === 0)) return pass(tokens);
      const { maxWaiting, maxWaitMs } = limits;
      if (queue.size >= maxWaiting) throw refused(tokens, `${maxWaiting} requests wait for it already`);
      if (isTooLong(tokens, Math.min(maxWaitMs, deadlineAt - performance.now())))
        throw refused(tokens, 'this one would wait longer than it may');
      return new Promise<Passed>((resolve, reject) => {
        const waiter: Waiter = {
          tokens,
          go(passed) {
            settle();
            resolve(passed);
          },
        };
        const giveUp = (reason: unknown): void => {
          settle();
          queue.remove(share, waiter);
          reject(reason);
          goOn();
        };
        const onAbort = (): void => giveUp(signal.reason);
        const patience = setTimeout(() => giveUp(refused(tokens, `this one has waited ${maxWaitMs} ms`)), maxWaitMs);
        const settle = (): void => {
          clearTimeout(patience);
          signal.removeEventListener('abort', onAbort);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        queue.add(share, waiter);
        goOn();
      });
    },
    change(wanted) {
      limits = wanted;
      if (wanted === undefined) rates = undefined;
      loading = wanted === undefined ? Promise.resolve() : load(wanted);
      loading.then(goOn, () => {});
    },
  };
}
