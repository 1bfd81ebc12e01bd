import type { Json, Usage, Usd } from '../../protocol/index.ts';
import type { Price } from '../catalogue/model.ts';

const decimals = 11;
const nanocentsPerUsd = 10n ** BigInt(decimals);
const tokensPerPrice = 1_000_000n;

/** Exact decimal dollars to integer nanocents (1 USD = 100 000 000 000). Throws a RangeError for what is not or has a finer part. */
export function parseUsd(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) throw new RangeError(`${JSON.stringify(text)} is not an amount of dollars: write it as a decimal, such as "0.25"`);
  const [, sign, whole = '', fraction = ''] = match;
  const kept = fraction.replace(/0+$/, '');
  if (kept.length > decimals) throw new RangeError(`${text} is finer than ${decimals} decimals of a dollar`);
  const amount = BigInt(whole) * nanocentsPerUsd + BigInt(kept.padEnd(decimals, '0'));
  return sign === '-' ? -amount : amount;
}

/** The dollars that a million tokens cost, as nanocents for a million tokens. */
export function parseUsdPerMillion(text: string): bigint {
  const amount = parseUsd(text);
  if (amount < 0n) throw new RangeError(`${text} is less than nothing: a price is zero or more`);
  return amount;
}

/** Exact, without trailing zeros: `0.00012345`. */
export function formatUsd(nanocents: bigint): Usd {
  const sign = nanocents < 0n ? '-' : '';
  const digits = (nanocents < 0n ? -nanocents : nanocents).toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -decimals)}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * Nanocents that the usage costs, rounded once, half up; null when the provider did not say how many tokens.
 * Tokens read from or written to a cache are part of the input tokens and have the input's price where they have no own.
 */
export function costOf(usage: Usage, price: Price): bigint | null {
  const tokens = billedTokens(usage);
  if (!tokens) return null;
  const { input, output, cacheRead = input, cacheWrite = input, cacheWriteHour = cacheWrite } = price;
  const cached = tokens.cacheRead * cacheRead + tokens.cacheWrite * cacheWrite + tokens.cacheWriteHour * cacheWriteHour;
  const total = tokens.plain * input + cached + tokens.output * output;
  return (total + tokensPerPrice / 2n) / tokensPerPrice;
}

/** Tokens of a call, at the most. */
export interface TokenBound {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Nanocents that no usage within these tokens passes, rounded up: every token of the prompt has the highest price of them. */
export function highestCost(tokens: TokenBound, price: Price): bigint {
  const { input, output, cacheRead = input, cacheWrite = input, cacheWriteHour = cacheWrite } = price;
  const highest = [cacheRead, cacheWrite, cacheWriteHour].reduce((most, rate) => (rate > most ? rate : most), input);
  const total = whole(tokens.inputTokens) * highest + whole(tokens.outputTokens) * output;
  return (total + tokensPerPrice - 1n) / tokensPerPrice;
}

interface BilledTokens {
  readonly plain: bigint;
  readonly cacheRead: bigint;
  readonly cacheWrite: bigint;
  readonly cacheWriteHour: bigint;
  readonly output: bigint;
}

/** Tokens by price; null when input or output is unknown. More cached tokens than input tokens count as that many. */
export function billedTokens(usage: Usage): BilledTokens | null {
  if (!isCount(usage.inputTokens) || !isCount(usage.outputTokens)) return null;
  const input = whole(usage.inputTokens);
  const cacheRead = smaller(whole(usage.cacheReadTokens ?? 0), input);
  const written = smaller(whole(usage.cacheWriteTokens ?? 0), input - cacheRead);
  const cacheWriteHour = smaller(hourWrites(usage.raw), written);
  return {
    plain: input - cacheRead - written,
    cacheRead,
    cacheWrite: written - cacheWriteHour,
    cacheWriteHour,
    output: whole(usage.outputTokens),
  };
}

/** Of the tokens written to a cache, those kept for an hour, where the provider's own usage object tells them apart. */
function hourWrites(raw: Json | undefined): bigint {
  const tokens = member(member(raw, 'cache_creation'), 'ephemeral_1h_input_tokens');
  return typeof tokens === 'number' ? whole(tokens) : 0n;
}

function member(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

function isCount(tokens: number | null | undefined): tokens is number {
  return typeof tokens === 'number' && Number.isFinite(tokens);
}

function whole(tokens: number): bigint {
  return Number.isFinite(tokens) ? BigInt(Math.max(0, Math.round(tokens))) : 0n;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
