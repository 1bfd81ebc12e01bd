import { outcomeOf } from './outcomeOf.ts';
import type { RunChain } from './runChain.ts';

/** What hooks are told of an end. */
export function endOf({ stopReason, failure, usage, cost }: Pick<RunChain, 'stopReason' | 'failure' | 'usage' | 'cost'>) {
  return { outcome: outcomeOf({ stopReason, failure }).outcome, error: failure, usage, cost };
}
