import type { Usage } from '../../protocol/index.ts';
import type { Model, Price } from '../catalogue/model.ts';
import { isOfRow } from './listedName.ts';
import { costOf, highestCost, parseUsdPerMillion, type TokenBound } from './price.ts';
import { flatTariff, highestPriceOf, priceOf, tariffAt, type Rate, type Tariff } from './tariff.ts';

/** Integer nanocents, and the row they were computed from. */
export interface Priced {
  readonly nanocents: bigint;
  readonly priceId: string;
}

/** Prices may change with the date or the time of day while a call runs. */
const foreseenHalfHours = 4;
const halfHour = 1_800_000;

/**
 * What models cost: by the configuration, else by the price list, else unknown. `price` is that of a short prompt and
 * may be half an hour old; `cost` is exact for its moment; `bound` is the most that a call within those tokens costs
 * which begins at that moment and takes no longer than two hours.
 */
export function createPrices(loadList: () => Promise<FindTariff> = loadPrices) {
  const load = once(loadList);
  const find = rememberHalfHour(load);
  return {
    async price(model: Model): Promise<Price | undefined> {
      const tariff = await findTariff(model, new Date(), find);
      return tariff ? priceOf(tariff, 0) : undefined;
    },
    cost: (model: Model, usage: Usage, at: Date) => computeCost(model, usage, at, load),
    async bound(model: Model, tokens: TokenBound, at: Date): Promise<Priced | null> {
      let highest: Priced | null = null;
      const isFixed = model.tariffs === undefined && model.price !== undefined;
      for (let ahead = 0; ahead <= (isFixed ? 0 : foreseenHalfHours); ahead++) {
        const tariff = await findTariff(model, new Date(at.getTime() + ahead * halfHour), find);
        if (!tariff && ahead === 0) return null;
        if (!tariff) continue;
        const nanocents = highestCost(tokens, highestPriceOf(tariff, tokens.inputTokens));
        if (highest === null || nanocents > highest.nanocents) highest = { nanocents, priceId: tariff.id };
      }
      return highest;
    },
  };
}

/** null: the price or the number of tokens is unknown. Never throws on what a provider reports. */
export async function computeCost(
  model: Model,
  usage: Usage,
  at: Date,
  load: () => Promise<FindTariff> = loadPrices,
): Promise<Priced | null> {
  const tariff = await findTariff(model, at, load);
  if (!tariff) return null;
  const nanocents = costOf(usage, priceOf(tariff, usage.inputTokens ?? 0));
  return nanocents === null ? null : { nanocents, priceId: tariff.id };
}

/** `prices:` from the date of a row on, else `price` of a provider's model, else the price list. */
async function findTariff(model: Model, at: Date, load: () => Promise<FindTariff>): Promise<Tariff | null> {
  const own = model.tariffs && tariffAt(model.tariffs, at);
  if (own) return own;
  if (model.price) return flatTariff(model.price);
  const list = model.priceList ?? model.providerType ?? model.provider;
  return (await load())(list, model.upstreamId, at, model.features.embed);
}

/** An `import` of what is loaded already costs more than all that a call does with a price. */
function once(load: () => Promise<FindTariff>): () => Promise<FindTariff> {
  let loading: Promise<FindTariff> | undefined;
  return async () => {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
}

/** What the list says changes on the half hour; it is looked through once. */
function rememberHalfHour(load: () => Promise<FindTariff>): () => Promise<FindTariff> {
  const looked = new Map<string, Tariff | null>();
  let now = -1;
  return async () => {
    const find = await load();
    return (list, upstreamId, at, embeds) => {
      const current = Math.floor(Date.now() / halfHour);
      if (current !== now) looked.clear();
      now = current;
      const place = `${Math.floor(at.getTime() / halfHour)} ${embeds === true} ${list}/${upstreamId}`;
      const known = looked.get(place);
      if (known !== undefined) return known;
      const tariff = find(list, upstreamId, at, embeds);
      looked.set(place, tariff);
      return tariff;
    };
  };
}

/**
 * What a provider of that type charges for a model, under the id it has on its wire; null: the list does not know. `embeds`: the
 * model makes vectors and no tokens, so that a price for input is a whole price.
 */
export type FindTariff = (list: string, upstreamId: string, at: Date, embeds?: boolean) => Tariff | null;

/**
 * The price list of https://github.com/pydantic/genai-prices, as of the installed version. Imported at the first call. Looking
 * through it costs more than the rest of a price, so what does not change with the time is remembered.
 */
export async function loadPrices(): Promise<FindTariff> {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices');
  const fixed = new Map<string, Tariff | null>();
  return (list, upstreamId, at, embeds = false) => {
    const place = `${embeds} ${list}/${upstreamId}`;
    const known = fixed.get(place);
    if (known !== undefined) return known;
    const fix = (tariff: Tariff | null): Tariff | null => {
      fixed.set(place, tariff);
      return tariff;
    };
    const providerId = findProvider({ providerId: list })?.id;
    if (providerId === undefined || !sameName(providerId, list)) return fix(null);
    const id = withoutPrefix(upstreamId, list);
    const row = found(() => calcPrice({}, id, { providerId, timestamp: at }));
    if (!row) return null;
    if (!isOfRow(row.model.match, id)) return fix(null);
    const { output_mtok = embeds ? 0 : undefined, ...listed } = row.model_price;
    const tariff = readTariff(`genai-prices:${row.provider.id}/${row.model.id}`, { ...listed, output_mtok });
    return Array.isArray(row.model.prices) ? tariff : fix(tariff);
  };
}

/** The list finds providers by parts of names: `x-ai` is meant by `xai`, but `openai` not by `openai-compatible`. */
function sameName(listed: string, type: string): boolean {
  return listed.replaceAll('-', '') === type.replaceAll('-', '');
}

/** `openai/gpt-4o` of a gateway that has several providers, `models/gemini-2.5-pro` of Google's own list. */
function withoutPrefix(upstreamId: string, list: string): string {
  const [, prefix = '', rest = ''] = /^([^/]+)\/([^/]+)$/.exec(upstreamId) ?? [];
  return rest !== '' && (prefix === 'models' || sameName(prefix, list)) ? rest : upstreamId;
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
  const cacheWriteHour = readRate(listed.cache_write_1h_mtok);
  return {
    id,
    input,
    output,
    cacheRead: readRate(listed.cache_read_mtok),
    cacheWrite: readRate(listed.cache_write_mtok),
    ...(cacheWriteHour && { cacheWriteHour }),
  };
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
