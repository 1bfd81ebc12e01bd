import type { Diagnostic } from '../../protocol/index.ts';
import { openMoneyRules, type Budget, type BudgetDimension, type MoneyRules } from '../policy/moneyRules.ts';
import { createWindows } from '../policy/window.ts';
import { parseUsd } from '../pricing/price.ts';
import { createCanonicalNames, type ModelNames } from './canonicalNames.ts';
import type { Config } from './config.ts';
import { toDecimal } from './toDecimal.ts';
import { toTimeZone } from './toStorage.ts';

/** Budgets and reservations, every model name canonical. behaviour 9.5. */
export function toMoneyRules(config: Config, names: ModelNames): { money: MoneyRules; problems: Diagnostic[] } {
  const { values } = config;
  const canonical = createCanonicalNames(config, names);
  const purposes = Object.entries(values.purposes ?? {});
  const money: MoneyRules = {
    budgets: (values.budgets ?? []).map((budget, index): Budget => {
      const { match = {}, each = [], per } = budget;
      const timeZone = budget.time_zone ?? toTimeZone(config);
      const path = ['budgets', index, 'match', 'model'];
      return {
        name: budget.name,
        match: {
          purpose: match.purpose === undefined ? undefined : listOf(match.purpose),
          actor: match.actor === undefined ? undefined : listOf(match.actor),
          model: match.model === undefined ? undefined : listOf(match.model).map((model) => canonical.one(model, path)),
        },
        each: listOf<BudgetDimension>(each),
        limitNanocents: toNanocents(budget.limit_usd),
        per,
        timeZone,
        windowAt: createWindows(per, timeZone),
      };
    }),
    unpriced: values.unpriced ?? openMoneyRules.unpriced,
    reservations: {
      purposes: new Map(
        purposes.flatMap(([name, { reservation_usd: amount }]) => (amount === undefined ? [] : [[name, toNanocents(amount)] as const])),
      ),
      models: canonical.keysOf('reservations', values.reservations, toNanocents),
      single: values.auto_reservation_usd === undefined ? undefined : toNanocents(values.auto_reservation_usd),
      group: values.default_reservation_usd === undefined ? openMoneyRules.reservations.group : toNanocents(values.default_reservation_usd),
    },
    unpricedNanocents:
      values.auto_reservation_usd === undefined ? openMoneyRules.unpricedNanocents : toNanocents(values.auto_reservation_usd),
  };
  return { money, problems: canonical.problems };
}

function listOf<Item extends string>(value: Item | readonly Item[]): readonly Item[] {
  return typeof value === 'string' ? [value] : value;
}

/** A number of the file is what its shortest decimal says: 0.29 is 29 cents. behaviour 9.6. */
function toNanocents(usd: number | string): bigint {
  return parseUsd(toDecimal(usd));
}
