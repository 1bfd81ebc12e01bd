import { formatUsd, parseUsd } from './price.ts';

/** A price as a provider reports it, in whole nanocents, a finer part counted as one more; null where it is no price. */
export function exactUsd(reported: string): string | null {
  const match = /^(\d+(?:\.\d{1,11})?)(\d*)$/.exec(reported.trim());
  if (!match) return null;
  const [, kept = '', finer = ''] = match;
  return formatUsd(parseUsd(kept) + (/[1-9]/.test(finer) ? 1n : 0n));
}
