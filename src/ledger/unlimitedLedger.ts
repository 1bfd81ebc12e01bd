import type { Ledger } from '../engine/moneyPorts.ts';

/** No budget is configured: everything may be spent and nothing is kept. */
export function createUnlimitedLedger(): Ledger {
  return {
    reserve: async () => ({ warning: undefined, seen() {}, settle: async () => {} }),
    openGroup: async ({ id }) => ({ id, close: async () => {} }),
    standings: async (charges) => charges.map((charge) => ({ charge, spent: 0n, reserved: 0n })),
  };
}
