import type { Price } from '../catalogue/model.ts';
import type { ConfiguredPrice } from '../catalogue/providerSettings.ts';
import { parseUsdPerMillion } from './price.ts';

/** A price of the configuration; undefined, so unknown, when an amount of it is none (the configuration has said so). */
export function configuredPrice(modelId: string, price: ConfiguredPrice): Price | undefined {
  try {
    return {
      id: `config:${modelId}`,
      input: parseUsdPerMillion(price.input),
      output: parseUsdPerMillion(price.output),
      cacheRead: price.cacheRead === undefined ? undefined : parseUsdPerMillion(price.cacheRead),
      cacheWrite: price.cacheWrite === undefined ? undefined : parseUsdPerMillion(price.cacheWrite),
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
