import type { BudgetCharge } from '../../../src/policy/budgetCharges.ts';
import { chargesFor } from '../../../src/policy/budgetCharges.ts';
import type { FailedAttempt, GroupIntent, ResponseEnd, ResponseIntent } from '../../../src/engine/moneyPorts.ts';
import { createSqlLedger, type SqlLedger, type SqlLedgerOptions } from '../../../src/ledger/sqlLedger.ts';
import type { Budget } from '../../../src/policy/moneyRules.ts';
import { createWindows } from '../../../src/policy/window.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { createStore } from '../../../src/store/store.ts';

/** A cent. */
export const cent = 1_000_000_000n;
export const noon = new Date('2026-03-10T12:00:00.000Z');

export function budget(name: string, limitNanocents: bigint, rest: Partial<Budget> = {}): Budget {
  const { per = 'total', timeZone = 'UTC' } = rest;
  return { name, match: {}, each: [], per, timeZone, limitNanocents, windowAt: createWindows(per, timeZone), ...rest };
}

export interface TestLedger extends SqlLedger, AsyncDisposable {
  readonly lines: string[];
}

/** On its own connection, as another process has it. Patient: what was settled is in the database then, however slow the machine. */
export function openLedger(location: string, options: Partial<SqlLedgerOptions> = {}): TestLedger {
  const store = createStore(location, migrations);
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const ledger = createSqlLedger({ store, instanceId: 'one', log, now: () => noon, patienceMs: 60_000, ...options });
  return {
    ...ledger,
    lines,
    async [Symbol.asyncDispose]() {
      await ledger.close();
      await store.close();
    },
  };
}

/** When its first look at leases is over, which it has in the background and which moves what has ended. */
export async function lookedAround(ledger: SqlLedger): Promise<void> {
  await ledger.standings([]);
  await ledger.tick();
}

/** Of `echo`, by nobody, at noon. */
export function intent(id: string, rest: Partial<ResponseIntent> & { readonly budgets?: readonly Budget[] } = {}): ResponseIntent {
  const { budgets = [], ...given } = rest;
  const { purpose, actor = null, model = 'echo', startedAt = noon } = given;
  const charges: readonly BudgetCharge[] = chargesFor(budgets, { purpose, actor: actor?.id, model }, startedAt);
  return {
    id,
    kind: 'prompt',
    promptId: `prompt of ${id}`,
    step: 0,
    groupId: undefined,
    group: undefined,
    conversationId: undefined,
    model,
    provider: 'echo',
    purpose,
    actor,
    keySource: undefined,
    startedAt,
    charges,
    nanocents: charges.length > 0 ? 3n * cent : 0n,
    atLeastNanocents: charges.length > 0 ? cent : 0n,
    ...given,
  };
}

export function groupIntent(id: string, nanocents: bigint, budgets: readonly Budget[], openedAt: Date = noon): GroupIntent {
  return {
    id,
    groupId: `host's ${id}`,
    openedAt,
    nanocents,
    charges: chargesFor(budgets, { purpose: undefined, actor: undefined, model: 'echo' }, openedAt),
  };
}

/** One that was refused, unless it cost something. */
export function attempt(errorKind: string, rest: Partial<FailedAttempt> = {}): FailedAttempt {
  const used = { usage: { inputTokens: null, outputTokens: null }, cost: { usd: '0', source: 'computed' } } as const;
  return { startedAt: noon, durationMs: 5, errorKind, ...used, ...rest };
}

/** Ended well. */
export function end(charged: bigint, rest: Partial<ResponseEnd> = {}): ResponseEnd {
  return {
    outcome: 'ok',
    stopReason: 'end',
    errorKind: undefined,
    usage: { inputTokens: 3, outputTokens: 5 },
    cost: { usd: usdOf(charged), source: 'computed', priceId: 'list' },
    charged,
    firstDeltaMs: 12.5,
    durationMs: 40,
    attempts: [],
    content: undefined,
    ...rest,
  };
}

export function usdOf(nanocents: bigint): string {
  return `${nanocents / 100_000_000_000n}.${String(nanocents % 100_000_000_000n).padStart(11, '0')}`;
}
