import type { Usage } from '../../protocol/index.ts';
import type { Model, Price } from '../catalogue/model.ts';
import { costOf, parseUsdPerMillion } from './price.ts';
import { priceOf, type Rate, type Tariff } from './tariff.ts';

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
  const tariff = find(priceList(model), model.upstreamId, at, model.features.embed);
  return tariff && priceOf(tariff, inputTokens);
}

function priceList(model: Model): string {
  return model.providerType ?? model.provider;
}

/**
 * What a provider of that type charges for a model, under the id it has on its wire; null: the list does not know. `embeds`: the
 * model makes vectors and no tokens, so that a price for input is a whole price.
 */
export type FindTariff = (providerType: string, upstreamId: string, at: Date, embeds?: boolean) => Tariff | null;

/** The price list of https://github.com/pydantic/genai-prices, as of the installed version. Imported at the first call. */
export async function loadPrices(): Promise<FindTariff> {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices');
  return (providerType, upstreamId, at, embeds = false) => {
    const providerId = findProvider({ providerId: providerType })?.id;
    if (providerId === undefined || !sameName(providerId, providerType)) return null;
    const row = found(() => calcPrice({}, upstreamId, { providerId, timestamp: at }));
    if (!row || isLaterVersion(row.model.id, upstreamId)) return null;
    const { output_mtok = embeds ? 0 : undefined, ...listed } = row.model_price;
    return readTariff(`genai-prices:${row.provider.id}/${row.model.id}`, { ...listed, output_mtok });
  };
}

/** The list finds providers by parts of names: `x-ai` is meant by `xai`, but `openai` not by `openai-compatible`. */
function sameName(listed: string, type: string): boolean {
  return listed.replaceAll('-', '') === type.replaceAll('-', '');
}

/** The list finds models by how their ids begin, so `claude-sonnet-5-5` looks like `claude-sonnet-5`. */
function isLaterVersion(listed: string, upstreamId: string): boolean {
  return upstreamId.startsWith(listed) && /^[-.]\d{1,2}(?!\d)/.test(upstreamId.slice(listed.length));
}

function found<Row>(look: () => Row): Row | null {
  try {
    return look();
  } catch {
    return null;
  }
}

type ListedRate =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] }
  | undefined;

/** A row without a price for input and output tokens (free ones among them) is unpriced. */
function readTariff(id: string, listed: Readonly<Record<string, ListedRate>>): Tariff | null {
  const input = readRate(listed.input_mtok);
  const output = readRate(listed.output_mtok);
  if (!input || !output) return null;
  return { id, input, output, cacheRead: readRate(listed.cache_read_mtok), cacheWrite: readRate(listed.cache_write_mtok) };
}

function readRate(listed: ListedRate): Rate | undefined {
  if (listed === undefined) return undefined;
  if (typeof listed === 'number') return { base: exact(listed), tiers: [] };
  const tiers = listed.tiers.map(({ start, price }) => ({ above: start, price: exact(price) }));
  return { base: exact(listed.base), tiers: tiers.toSorted((a, b) => a.above - b.above) };
}

/** The one place where a binary float becomes money: 0.29 dollars are 29 000 000 000 nanocents, not 28 999 999 999. */
function exact(usdPerMillion: number): bigint {
  return parseUsdPerMillion(usdPerMillion.toFixed(11));
}
