import type { Usage } from '../../protocol/index.ts';
import type { Model, Price } from '../catalogue/model.ts';
import { loadPrices, type FindTariff } from './genaiPrices.ts';
import { costOf } from './price.ts';
import { priceOf } from './tariff.ts';

/**
 * What models cost: by the configuration, else by the price list, else unknown. `price` is that of a short prompt and
 * may be an hour old; `cost` is exact for its moment.
 */
export function createPrices(load: () => Promise<FindTariff> = loadPrices) {
  let hour = -1;
  const looked = new Map<string, Price | undefined>();
  return {
    async price(model: Model): Promise<Price | undefined> {
      if (model.price) return model.price;
      const now = new Date();
      const find = await load();
      const thisHour = Math.floor(now.getTime() / 3_600_000);
      if (thisHour !== hour) looked.clear();
      hour = thisHour;
      const place = `${priceList(model)}/${model.upstreamId}`;
      if (!looked.has(place)) looked.set(place, listPrice(find, model, 0, now) ?? undefined);
      return looked.get(place);
    },
    cost: (model: Model, usage: Usage, at: Date) => computeCost(model, usage, at, load),
  };
}

/** null: the price or the number of tokens is unknown. Never throws on what a provider reports. */
export async function computeCost(
  model: Model,
  usage: Usage,
  at: Date,
  load: () => Promise<FindTariff> = loadPrices,
): Promise<{ readonly nanocents: bigint; readonly priceId: string } | null> {
  const price = model.price ?? listPrice(await load(), model, usage.inputTokens ?? 0, at);
  if (!price) return null;
  const nanocents = costOf(usage, price);
  return nanocents === null ? null : { nanocents, priceId: price.id };
}

function listPrice(find: FindTariff, model: Model, inputTokens: number, at: Date): Price | null {
  const tariff = find(priceList(model), model.upstreamId, at);
  return tariff && priceOf(tariff, inputTokens);
}

function priceList(model: Model): string {
  return model.providerType ?? model.provider;
}
