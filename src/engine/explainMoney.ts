import type { ExplainResult, JsonObject } from '../../protocol/index.ts';
import type { Model } from '../catalogue/model.ts';
import { Failure } from '../lib/failure.ts';
import { chargesFor, type BudgetCharge } from '../policy/budgetCharges.ts';
import type { MoneyRules } from '../policy/moneyRules.ts';
import type { Sent } from '../pricing/estimateUsage.ts';
import { formatUsd } from '../pricing/price.ts';
import type { Engine } from './engine.ts';
import type { Standing } from './moneyPorts.ts';
import type { HookScope } from './ports.ts';
import { reservationAmount } from './reservationAmount.ts';

export interface ExplainMoney {
  readonly money: MoneyRules;
  readonly model: Model;
  readonly scope: HookScope;
  readonly sent: Sent & { readonly options: JsonObject };
  /** It is of a group that holds something. */
  readonly draws: boolean;
}

/**
 * Adds to `told` what the first response would hold, and how its budgets stand. Nothing is held. Throws budgetExceeded as the
 * prompt itself would; a storage that is away leaves the budgets out, with a note.
 */
export async function explainMoney(
  { prices, ledger }: Pick<Engine, 'prices' | 'ledger'>,
  { money, model, scope, sent, draws }: ExplainMoney,
  told: Pick<ExplainResult, 'reservation' | 'budgets' | 'considered'>,
): Promise<void> {
  const { purpose, actor } = scope;
  const charges = chargesFor(money.budgets, { purpose, actor: actor?.id, model: model.id }, new Date());
  if (charges.length === 0) return;
  const amount = await reservationAmount(prices, money, { model, purpose, charges, sent });
  const isKnown = amount.source !== 'unpriced' || money.unpriced === 'estimate';
  told.reservation = { usd: isKnown ? formatUsd(amount.nanocents) : null, source: amount.source };
  const standings = await standingsOf(ledger, charges);
  if (standings instanceof Failure) {
    told.considered.push({ by: 'budgets', verdict: 'notAsked', detail: standings.message });
    return;
  }
  const left = ({ charge, spent, reserved }: Standing): bigint => charge.limitNanocents - spent - reserved;
  const hasRoom = (standing: Standing): boolean => left(standing) >= amount.nanocents;
  told.budgets = standings.map((standing) => {
    const { name, limitNanocents, per, windowStart, windowEnd } = standing.charge;
    return {
      name,
      limitUsd: formatUsd(limitNanocents),
      spentUsd: formatUsd(standing.spent),
      reservedUsd: formatUsd(standing.reserved),
      leftUsd: formatUsd(left(standing)),
      per,
      windowStart,
      windowEnd,
      hasRoom: hasRoom(standing),
    };
  });
  const full = standings.find((standing) => !hasRoom(standing));
  if (full === undefined) return;
  if (!draws) throw noRoom(full.charge, formatUsd(left(full)), formatUsd(amount.nanocents));
  told.considered.push({ by: full.charge.name, verdict: 'allowed', detail: 'as far as the reservation of the group goes' });
}

async function standingsOf(ledger: Engine['ledger'], charges: readonly BudgetCharge[]): Promise<readonly Standing[] | Failure> {
  try {
    return await ledger.standings(charges);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'storageUnavailable') return error;
    throw error;
  }
}

function noRoom({ name, windowEnd }: BudgetCharge, leftUsd: string, requiredUsd: string): Failure {
  const anew = windowEnd === null ? '' : `, until it begins anew at ${windowEnd}`;
  return new Failure('budgetExceeded', `The budget "${name}" has ${leftUsd} USD left and the prompt may cost ${requiredUsd} USD${anew}.`);
}
