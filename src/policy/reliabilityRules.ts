import { noFallbacks, type FallbackRules } from './fallbackModels.ts';
import type { ProviderLimits } from './providerLimits.ts';
import { noTimeouts, type TimeoutRules } from './timeouts.ts';

export interface ReliabilityRules {
  readonly fallbacks: FallbackRules;
  readonly timeouts: TimeoutRules;
  /** Prompts to a model that fail one after the other before it is rested; 0: it never is. */
  readonly restAfterFailures: number;
  /** By provider; those that have none are not in it. */
  readonly limits: ReadonlyMap<string, ProviderLimits>;
}

export const usualReliability: ReliabilityRules = { fallbacks: noFallbacks, timeouts: noTimeouts, restAfterFailures: 5, limits: new Map() };
