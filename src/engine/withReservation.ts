import type { Actor } from '../../protocol/index.ts';
import type { Ledger } from './moneyPorts.ts';

export interface Spending {
  readonly id: string;
  readonly model: string;
  readonly purpose: string | undefined;
  readonly actor: Actor;
  readonly groupId: string | undefined;
}

/** Nanocents; null: tokens were used but their price is unknown; undefined: nothing was spent. */
export type Spent = bigint | null | undefined;

/** The only caller of reserve, settle and release. What was used is settled, however the run ended. */
export async function withReservation<T extends { readonly spent: Spent }>(
  ledger: Ledger,
  spending: Spending,
  run: () => Promise<T>,
): Promise<T> {
  const reservation = await ledger.reserve({ ...spending, nanocents: null });
  let spent: Spent;
  try {
    const result = await run();
    spent = result.spent;
    return result;
  } finally {
    if (spent === undefined) await reservation.release();
    else await reservation.settle(spent);
  }
}
