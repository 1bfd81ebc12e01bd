import type { Diagnostic } from '../../protocol/index.ts';
import { parseUsdPerMillion } from '../pricing/price.ts';
import type { DatedTariff, Rate, Tariff } from '../pricing/tariff.ts';
import { createCanonicalNames, type ModelNames } from './canonicalNames.ts';
import type { Config } from './config.ts';
import type { ConfigValues } from './schema.ts';
import { toDecimal } from './toDecimal.ts';

/** `prices:`, by canonical model. */
export function toPrices(
  config: Config,
  names: ModelNames,
): { tariffs: ReadonlyMap<string, readonly DatedTariff[]>; problems: Diagnostic[] } {
  const canonical = createCanonicalNames(config, names);
  const tariffs = canonical.keysOf('prices', config.values.prices, (value, { id }) =>
    toTariffs(id, Array.isArray(value) ? value : [value]),
  );
  return { tariffs, problems: canonical.problems };
}

type PriceValue = NonNullable<ConfigValues['prices']>[string];
type Row = Exclude<PriceValue, readonly unknown[]>;
type Rates = Pick<Row, 'input' | 'output' | 'cache_read' | 'cache_write'>;

function toTariffs(id: string, rows: readonly Row[]): DatedTariff[] {
  return rows
    .toSorted(({ from: a = '' }, { from: b = '' }) => Number(a > b) - Number(a < b))
    .map((row) => ({
      from: row.from === undefined ? null : new Date(`${row.from}T00:00:00Z`),
      tariff: toTariff(row.from === undefined ? `config:${id}` : `config:${id}@${row.from}`, row),
    }));
}

function toTariff(id: string, row: Row): Tariff {
  const { long_context: tiers = [] } = row;
  const sorted = tiers.toSorted((a, b) => a.above - b.above);
  const rate = (name: keyof Rates): Rate => ({
    base: toNanocents(row[name] ?? row.input),
    tiers: sorted.map((tier) => ({ above: tier.above, price: toNanocents(tier[name] ?? tier.input) })),
  });
  const isGiven = (name: keyof Rates): boolean => [row, ...tiers].some((rates) => rates[name] !== undefined);
  return {
    id,
    input: rate('input'),
    output: rate('output'),
    cacheRead: isGiven('cache_read') ? rate('cache_read') : undefined,
    cacheWrite: isGiven('cache_write') ? rate('cache_write') : undefined,
  };
}

/** A number of the file is what its shortest decimal says. behaviour 9.6. */
function toNanocents(usdPerMillion: number | string): bigint {
  return parseUsdPerMillion(toDecimal(usdPerMillion));
}
