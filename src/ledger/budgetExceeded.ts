import type { BudgetLimit } from '../engine/moneyPorts.ts';
import { Failure } from '../lib/failure.ts';
import type { BudgetCharge } from '../policy/budgetCharges.ts';
import { formatUsd } from '../pricing/price.ts';

/** There is no room for `required` nanocents in a budget. */
export function budgetExceeded(charge: BudgetCharge, counted: { spent: bigint; reserved: bigint }, required: bigint): Failure {
  const { name, per, limitNanocents, windowEnd } = charge;
  const { spent, reserved } = counted;
  const left = limitNanocents - spent - reserved;
  const limit: BudgetLimit = {
    budget: name,
    limitUsd: formatUsd(limitNanocents),
    spentUsd: formatUsd(spent),
    reservedUsd: formatUsd(reserved),
    requiredUsd: formatUsd(required),
    windowEnd,
  };
  const held = reserved > 0n ? ` and $${limit.reservedUsd} is held by what is running` : '';
  const message =
    `The budget "${name}" has $${formatUsd(left > 0n ? left : 0n)} left of $${limit.limitUsd}${spans[per]}, and this may cost $${limit.requiredUsd}: ` +
    `$${limit.spentUsd} is spent${held}. ${whatToDo(windowEnd, reserved)}`;
  // What is running may cost less than it holds, and a window ends.
  return new Failure('budgetExceeded', message, { retryable: reserved > 0n || windowEnd !== null, limit });
}

const spans: Readonly<Record<BudgetCharge['per'], string>> = { hour: ' an hour', day: ' a day', month: ' a month', total: '' };

function whatToDo(windowEnd: string | null, reserved: bigint): string {
  const wait = reserved > 0n ? 'Wait until what is running has ended, ask' : 'Ask';
  const again = windowEnd === null ? '' : ` It begins anew at ${windowEnd}.`;
  return `${wait} for less (a cheaper model, a lower limit of tokens), or raise limit_usd of the budget in the configuration.${again}`;
}
