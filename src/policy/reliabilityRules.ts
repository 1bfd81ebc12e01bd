import { noFallbacks, type FallbackRules } from './fallbackModels.ts';
import { noTimeouts, type TimeoutRules } from './timeouts.ts';

export interface ReliabilityRules {
  readonly fallbacks: FallbackRules;
  readonly timeouts: TimeoutRules;
  /** Prompts to a model that fail one after the other before it is rested; 0: it never is. */
  readonly restAfterFailures: number;
}

export const usualReliability: ReliabilityRules = { fallbacks: noFallbacks, timeouts: noTimeouts, restAfterFailures: 5 };
