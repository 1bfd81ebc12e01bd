const firstMs = 500;
const longestMs = 8_000;

/**
 * How long to wait before attempt `retry` + 2. What the provider asks for is never cut short, only spread a little; else a
 * random time below a bound that doubles: "full jitter", so that prompts that failed together do not come back together.
 */
export function retryWaitMs(retry: number, retryAfterMs: number | undefined, random: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs + random * Math.min(1000, retryAfterMs / 10);
  return random * Math.min(longestMs, firstMs * 2 ** retry);
}
