import type { Price } from '../catalogue/model.ts';

/** A price that may change with the length of the prompt. Integer nanocents for one million tokens. */
export interface Tariff {
  readonly id: string;
  readonly input: Rate;
  readonly output: Rate;
  readonly cacheRead?: Rate | undefined;
  readonly cacheWrite?: Rate | undefined;
  /** Undefined: as `cacheWrite`. */
  readonly cacheWriteHour?: Rate | undefined;
}

export interface Rate {
  readonly base: bigint;
  /** Ascending. Of the tiers whose `above` the prompt's tokens exceed, the last one's price is that of all tokens. */
  readonly tiers: readonly { readonly above: number; readonly price: bigint }[];
}

/** A tariff and the moment it begins; null: it always was. */
export interface DatedTariff {
  readonly from: Date | null;
  readonly tariff: Tariff;
}

/** The price of every token of a call with that many prompt tokens, cached ones included. */
export function priceOf(tariff: Tariff, inputTokens: number): Price {
  const at = (rate: Rate): bigint => rate.tiers.reduce((price, tier) => (inputTokens > tier.above ? tier.price : price), rate.base);
  return withRates(tariff, at);
}

/** The highest price that a token can have in any call of at most that many prompt tokens. */
export function highestPriceOf(tariff: Tariff, inputTokens: number): Price {
  const highest = (rate: Rate): bigint =>
    rate.tiers.reduce((price, tier) => (inputTokens > tier.above && tier.price > price ? tier.price : price), rate.base);
  return withRates(tariff, highest);
}

/** A price that is the same for all prompts. */
export function flatTariff(price: Price): Tariff {
  const flat = (base: bigint): Rate => ({ base, tiers: [] });
  return {
    id: price.id,
    input: flat(price.input),
    output: flat(price.output),
    cacheRead: price.cacheRead === undefined ? undefined : flat(price.cacheRead),
    cacheWrite: price.cacheWrite === undefined ? undefined : flat(price.cacheWrite),
    cacheWriteHour: price.cacheWriteHour === undefined ? undefined : flat(price.cacheWriteHour),
  };
}

/** The tariff that had begun by then last; undefined: none had. */
export function tariffAt(tariffs: readonly DatedTariff[], at: Date): Tariff | undefined {
  return tariffs.findLast(({ from }) => from === null || from.getTime() <= at.getTime())?.tariff;
}

function withRates(tariff: Tariff, read: (rate: Rate) => bigint): Price {
  const { id, input, output, cacheRead, cacheWrite, cacheWriteHour } = tariff;
  return {
    id,
    input: read(input),
    output: read(output),
    cacheRead: cacheRead && read(cacheRead),
    cacheWrite: cacheWrite && read(cacheWrite),
    ...(cacheWriteHour && { cacheWriteHour: read(cacheWriteHour) }),
  };
}
