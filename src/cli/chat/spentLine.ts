import { addCosts, addUsage } from '../../pricing/add.ts';
import { usageLine } from '../summaries.ts';
import type { Spent } from './answerTurn.ts';

/** What a chat has used and cost so far. */
export function spentLine(spent: readonly Spent[]): string {
  if (spent.length === 0) return 'Nothing was used yet.';
  const count = `${spent.length} ${spent.length === 1 ? 'answer' : 'answers'}`;
  return usageLine({ model: count, usage: addUsage(spent.map(({ usage }) => usage)), cost: addCosts(spent.map(({ cost }) => cost)) });
}
