import type { Diagnostic } from '../../protocol/index.ts';
import { parseUsdPerMillion } from '../pricing/price.ts';
import type { DatedTariff, Rate, Tariff } from '../pricing/tariff.ts';
import type { Config } from './config.ts';
import { didYouMean, warningAt } from './finding.ts';
import type { ConfigValues } from './schema.ts';
import { toDecimal } from './toDecimal.ts';
import type { ModelNames } from './toSnapshot.ts';

/**
 * `prices:`, by canonical model. A name that is unknown is a warning `unknownModel`; of two names of one model the last one's
 * prices are taken, with a warning `sameModel`. behaviour 1.8.
 */
export function toPrices(
  config: Config,
  names: ModelNames,
): { tariffs: ReadonlyMap<string, readonly DatedTariff[]>; problems: Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const tariffs = new Map<string, readonly DatedTariff[]>();
  for (const [name, value] of Object.entries(config.values.prices ?? {})) {
    const path = ['prices', name];
    const id = names.resolve(name);
    if (id === null) {
      const message = `There is no model "${name}".${didYouMean(names.suggest(name)) || ' The models are listed by llm/models.'}`;
      problems.push(config.diagnose(warningAt('unknownModel', path, message, 'key')));
      continue;
    }
    if (tariffs.has(id)) {
      problems.push(config.diagnose(warningAt('sameModel', path, `"${id}" has a price above already; this one is taken.`, 'key')));
    }
    tariffs.set(id, toTariffs(id, Array.isArray(value) ? value : [value]));
  }
  return { tariffs, problems };
}

type PriceValue = NonNullable<ConfigValues['prices']>[string];
type Row = Exclude<PriceValue, readonly unknown[]>;
type Rates = Pick<Row, 'input' | 'output' | 'cache_read' | 'cache_write'>;

function toTariffs(id: string, rows: readonly Row[]): DatedTariff[] {
  return rows
    .toSorted((a, b) => (a.from ?? '').localeCompare(b.from ?? ''))
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
