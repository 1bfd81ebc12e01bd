import type { Price } from '../catalogue/model.ts';

/** A price that may change with the length of the prompt. Integer nanocents for one million tokens. */
export interface Tariff {
  readonly id: string;
  readonly input: Rate;
  readonly output: Rate;
  readonly cacheRead?: Rate | undefined;
  readonly cacheWrite?: Rate | undefined;
}

export interface Rate {
  readonly base: bigint;
  /** Of the tiers whose `above` the prompt's tokens exceed, the last one's price is that of all tokens. */
  readonly tiers: readonly { readonly above: number; readonly price: bigint }[];
}

/** The price of every token of a call with that many prompt tokens, cached ones included. */
export function priceOf(tariff: Tariff, inputTokens: number): Price {
  const at = (rate: Rate): bigint => rate.tiers.reduce((price, tier) => (inputTokens > tier.above ? tier.price : price), rate.base);
  return {
    id: tariff.id,
    input: at(tariff.input),
    output: at(tariff.output),
    cacheRead: tariff.cacheRead && at(tariff.cacheRead),
    cacheWrite: tariff.cacheWrite && at(tariff.cacheWrite),
  };
}
