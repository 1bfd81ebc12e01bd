import type { StopReason } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';

/** How a response or a prompt ended, in a word, and what kind of error it was. */
export function outcomeOf({ stopReason, failure }: { readonly stopReason: StopReason | undefined; readonly failure: unknown }): {
  readonly outcome: 'ok' | 'error' | 'cancelled';
  readonly errorKind: string | undefined;
} {
  if (stopReason === 'cancelled') return { outcome: 'cancelled', errorKind: undefined };
  if (failure !== undefined) return { outcome: 'error', errorKind: failure instanceof Failure ? failure.kind : 'internalError' };
  return stopReason === 'interrupted' ? { outcome: 'error', errorKind: 'providerError' } : { outcome: 'ok', errorKind: undefined };
}
