import { BudgetExceeded, defineAccountant, definePlugin } from 'llm-sidecar/plugin';

/** What is left to each actor, in nanocents: 100,000,000,000 are a dollar. */
const accounts = new Map([
  ['ann', nanocents('0.05')],
  ['bob', nanocents('0.01')],
]);

/** Prepaid accounts: a response needs room for the most that it can cost, and what it did cost is booked. */
export default definePlugin({
  name: 'prepaid',

  registerAccountants: () => [
    defineAccountant({
      name: 'accounts',
      reserve({ actor, reserveUsd }) {
        const id = actor?.id ?? 'nobody';
        const hold = reserveUsd === null ? nanocents('0.02') : nanocents(reserveUsd);
        if (!book(id, -hold)) throw new BudgetExceeded(`The account of ${id} has no room for this.`, { account: id });
        return { id, hold };
      },
      settle({ id, hold }, { costUsd }) {
        // An unknown cost is not nothing.
        book(id, costUsd === null ? 0n : hold - nanocents(costUsd));
      },
      release: ({ id, hold }) => void book(id, hold),
    }),
  ],
});

function book(id: string, amount: bigint): boolean {
  const left = (accounts.get(id) ?? 0n) + amount;
  if (amount < 0n && left < 0n) return false;
  accounts.set(id, left);
  console.log(`prepaid: ${left} left to ${id}`);
  return true;
}

/** Exact: `Number` is not. */
function nanocents(usd: string): bigint {
  const [whole = '0', part = ''] = usd.split('.');
  return BigInt(whole + part.padEnd(11, '0'));
}
