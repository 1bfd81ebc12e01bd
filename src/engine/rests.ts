import { createHash } from 'node:crypto';
import { Failure } from '../lib/failure.ts';

/** What fails or works: one model with one key. */
export interface RestSubject {
  readonly model: string;
  readonly key: string | null;
}

/**
 * A circuit breaker. A model that failed several times in a row with one key is not asked for a while; then one call tries
 * it, and while that fails the rests become longer. In memory; of a key only a digest is kept.
 */
export interface Rests {
  /** Throws the last failure, with the time to wait, while it rests. `after`: failures in a row; 0: it never rests. */
  enter(subject: RestSubject, after: number): RestPass;
  /** After a change of the configuration everything is tried anew. */
  clear(): void;
}

export interface RestPass {
  /** Once. `failure`: what the provider did wrong; undefined: nothing. 'unknown': the call was stopped from our side. */
  ended(failure: unknown): void;
}

interface Entry {
  failures: number;
  rests: number;
  /** By `now`; 0: it does not rest. */
  until: number;
  isTried: boolean;
  last: Failure;
}

const firstRestMs = 10_000;
const longestRestMs = 600_000;
const maxEntries = 1000;

export function createRests(now: () => number = Date.now): Rests {
  const entries = new Map<string, Entry>();
  return {
    enter(subject, after) {
      const entry = entries.size === 0 ? undefined : entries.get(idOf(subject));
      const wasResting = entry !== undefined && entry.until > 0;
      if (wasResting) {
        if (entry.isTried || now() < entry.until) throw resting(subject, entry, now());
        entry.isTried = true;
      }
      return {
        ended(failure) {
          if (wasResting) entry.isTried = false;
          if (failure === 'unknown') return;
          if (failure === undefined || !isOfProvider(failure)) {
            if (failure === undefined || isAnswer(failure)) entries.delete(idOf(subject));
            return;
          }
          if (after === 0) return;
          const known = entryOf(entries, subject, failure);
          known.last = failure;
          known.failures += 1;
          // Calls that were under way when the rest began do not make it longer.
          if (now() < known.until || (known.until === 0 && known.failures < after) || (known.until > 0 && !wasResting)) return;
          const restMs = Math.min(longestRestMs, firstRestMs * 2 ** known.rests);
          known.rests += 1;
          known.until = now() + Math.max(restMs, failure.detail.retryAfterMs ?? 0);
        },
      };
    },
    clear: () => entries.clear(),
  };
}

function entryOf(entries: Map<string, Entry>, subject: RestSubject, last: Failure): Entry {
  const id = idOf(subject);
  let entry = entries.get(id);
  if (entry === undefined) {
    const [oldest] = entries.keys();
    if (entries.size >= maxEntries && oldest !== undefined) entries.delete(oldest);
    entries.set(id, (entry = { failures: 0, rests: 0, until: 0, isTried: false, last }));
  }
  return entry;
}

function idOf({ model, key }: RestSubject): string {
  return key === null ? model : `${model} ${createHash('sha256').update(key).digest('base64')}`;
}

/** Not the caller's mistake, and not one that passes by waiting as the provider says. */
function isOfProvider(failure: unknown): failure is Failure {
  if (!(failure instanceof Failure)) return false;
  const { kind, detail } = failure;
  if (kind === 'providerAuth' || kind === 'providerQuota' || kind === 'providerTimeout') return true;
  if (kind !== 'providerError' || detail.retryable !== true) return false;
  const status = detail.provider?.status ?? 0;
  return status < 400 || status >= 500 || status === 408;
}

/** It works: it refused this one call. */
function isAnswer(failure: unknown): boolean {
  return failure instanceof Failure && (failure.detail.provider?.status ?? 0) >= 400;
}

function resting({ model }: RestSubject, { failures, until, last }: Entry, now: number): Failure {
  const retryAfterMs = Math.max(1000, until - now);
  const when = new Date(now + retryAfterMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const message = `${model} is not asked until ${when}, since ${failures} calls in a row failed. The last: ${last.message}`;
  const { provider } = last.detail;
  return new Failure(last.kind, message, { retryable: true, retryAfterMs, ...(provider === undefined ? {} : { provider }) });
}
