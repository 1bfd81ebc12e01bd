import type { TokenBucket } from 'limiter';
import type { ProviderLimits } from '../policy/providerLimits.ts';

/** Requests and tokens a minute: what a minute allows may go at once, and then comes back evenly. */
export interface MinuteRates {
  /** Milliseconds until there is room for one request with so many tokens; 0: now. */
  waitMs(tokens: number): number;
  take(tokens: number): void;
  /** So many tokens were used more (or, below zero, less) than were taken. */
  correct(tokens: number): void;
  /** Of what a minute allows. */
  used(): { readonly requests: number; readonly tokens: number };
  /** Which of the two has no room. */
  full(tokens: number): 'requests_per_minute' | 'tokens_per_minute';
}

type Perhaps = MinuteRates | undefined;

/** undefined: there is no limit. `before`: the limits that these replace; what was used of them counts. */
export async function loadRates(
  { requestsPerMinute, tokensPerMinute }: Pick<ProviderLimits, 'requestsPerMinute' | 'tokensPerMinute'>,
  before: Perhaps,
): Promise<Perhaps> {
  if (requestsPerMinute === undefined && tokensPerMinute === undefined) return undefined;
  const { TokenBucket: Bucket } = await import('limiter');
  const create = (perMinute: number | undefined, used: number): TokenBucket | undefined => {
    if (perMinute === undefined) return undefined;
    const bucket = new Bucket({ bucketSize: perMinute, tokensPerInterval: perMinute, interval: 'minute' });
    bucket.content = perMinute - used;
    return bucket;
  };
  const used = before?.used() ?? { requests: 0, tokens: 0 };
  return createRates(create(requestsPerMinute, used.requests), create(tokensPerMinute, used.tokens));
}

function createRates(requests: TokenBucket | undefined, tokens: TokenBucket | undefined): MinuteRates {
  // One that is larger than a minute's worth goes out when a whole minute's worth is there.
  const within = (count: number): number => Math.min(count, tokens?.bucketSize ?? count);
  const waits = (count: number) => ({ requests: requests?.getWaitTime(1) ?? 0, tokens: tokens?.getWaitTime(within(count)) ?? 0 });
  return {
    waitMs(count) {
      const wait = waits(count);
      return Math.max(wait.requests, wait.tokens);
    },
    take(count) {
      requests?.tryRemoveTokens(1);
      if (tokens === undefined) return;
      tokens.tryRemoveTokens(within(count));
      tokens.content -= count - within(count);
    },
    correct(count) {
      if (tokens !== undefined) tokens.content = Math.min(tokens.bucketSize, tokens.content - count);
    },
    used() {
      const of = (bucket: TokenBucket | undefined): number => {
        bucket?.drip();
        return bucket === undefined ? 0 : bucket.bucketSize - bucket.content;
      };
      return { requests: of(requests), tokens: of(tokens) };
    },
    full(count) {
      const wait = waits(count);
      return wait.requests >= wait.tokens && requests !== undefined ? 'requests_per_minute' : 'tokens_per_minute';
    },
  };
}
