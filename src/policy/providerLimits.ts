/** What a provider is sent at most: `providers.NAME.limits`. undefined: as much as there is. */
export interface ProviderLimits {
  readonly maxConcurrent: number | undefined;
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  /** Requests that wait for their turn before the next is refused. */
  readonly maxWaiting: number;
  /** Milliseconds that one waits before it is refused. */
  readonly maxWaitMs: number;
}
