import type { Model } from '../../../src/catalogue/model.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { GroupIntent, Ledger, Prices, ResponseEnd, ResponseIntent } from '../../../src/engine/moneyPorts.ts';
import { Failure } from '../../../src/lib/failure.ts';
import { openMoneyRules, type Budget, type MoneyRules } from '../../../src/policy/moneyRules.ts';
import { createWindows } from '../../../src/policy/window.ts';

export interface RecordingLedger extends Ledger {
  readonly intents: ResponseIntent[];
  readonly ends: ResponseEnd[];
  readonly groups: GroupIntent[];
  /** The largest that was seen while it ran. */
  readonly seen: bigint[];
  /** `open g`, `reserve 0`, `settle 0`, `close g`, in order. */
  readonly events: string[];
}

export interface RecordingOptions {
  /** Refuses the response with this number, counted from 0. */
  readonly refuses?: (intent: ResponseIntent) => boolean;
  readonly refusesGroups?: boolean;
  readonly warning?: { readonly code: string; readonly message: string };
  readonly settles?: () => Promise<void>;
  /** Whether there is room for more. */
  readonly hasMore?: boolean;
}

/** Remembers what it is told; holds nothing. */
export function recordingLedger(options: RecordingOptions = {}): RecordingLedger {
  const made: RecordingLedger = {
    intents: [],
    ends: [],
    groups: [],
    seen: [],
    events: [],
    async reserve(intent) {
      if (options.refuses?.(intent) === true) throw new Failure('budgetExceeded', 'The budget is used up.');
      made.intents.push(intent);
      made.events.push(`reserve ${intent.step}`);
      return {
        warning: options.warning,
        seen: (nanocents) => void made.seen.push(nanocents),
        async more(nanocents) {
          made.events.push(`more ${nanocents}`);
          if (options.hasMore === false) throw new Failure('budgetExceeded', 'The budget is used up.');
        },
        async settle(end) {
          made.ends.push(end);
          made.events.push(`settle ${intent.step}`);
          await options.settles?.();
        },
      };
    },
    async openGroup(intent) {
      if (options.refusesGroups === true) throw new Failure('budgetExceeded', 'The budget is used up.');
      made.groups.push(intent);
      made.events.push(`open ${intent.groupId}`);
      return { id: intent.id, close: async () => void made.events.push(`close ${intent.groupId}`) };
    },
    standings: async (charges) => charges.map((charge) => ({ charge, spent: 40n, reserved: 2n })),
  };
  return made;
}

/** A token of input costs 10 nanocents, one of output 100. */
export const tenAndHundred: Prices = {
  price: async () => ({ id: 'p', input: 10_000_000n, output: 100_000_000n }),
  cost: async (_model, { inputTokens, outputTokens }) =>
    inputTokens === null || outputTokens === null ? null : { nanocents: amount(inputTokens, outputTokens), priceId: 'p' },
  bound: async (_model: Model, { inputTokens, outputTokens }) => ({ nanocents: amount(inputTokens, outputTokens), priceId: 'p' }),
};

function amount(inputTokens: number, outputTokens: number): bigint {
  return BigInt(inputTokens) * 10n + BigInt(outputTokens) * 100n;
}

export const unknownPrices: Prices = { price: async () => undefined, cost: async () => null, bound: async () => null };

export function budget(more: Partial<Budget> = {}): Budget {
  const { per = 'total', timeZone = 'UTC' } = more;
  return { name: 'all', match: {}, each: [], limitNanocents: 1_000n, per, timeZone, windowAt: createWindows(per, timeZone), ...more };
}

/** The engine with this ledger, these prices and these rules of money. */
export function withMoney(
  engine: Engine,
  { ledger, prices = tenAndHundred, keepContent = false }: { ledger: Ledger; prices?: Prices; keepContent?: boolean },
  money: Partial<MoneyRules> = { budgets: [budget()] },
): Engine {
  const snapshot = { ...engine.snapshot(), keepContent, money: { ...openMoneyRules, ...money } };
  return { ...engine, snapshot: () => snapshot, ledger, prices };
}
