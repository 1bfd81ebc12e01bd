import type { Accountant, Ledger, ResponseEnd, ResponseIntent } from '../engine/moneyPorts.ts';
import type { HookError } from '../engine/ports.ts';
import { addAttempts } from '../pricing/add.ts';
import { formatUsd } from '../pricing/price.ts';

/**
 * The ledger and the accountants of plugins as one: all agree, or nothing is held. The accountants are asked first, in order, so
 * that what one of them refuses leaves no row; whatever fails after the response is told and fails nothing. behaviour 9.5, 9.6.
 */
export function composeLedgers(ledger: Ledger, accountants: () => readonly Accountant[], log: (line: string) => void): Ledger {
  return {
    openGroup: async (intent) => ledger.openGroup(intent),
    standings: async (charges) => ledger.standings(charges),
    wantsAmounts: (about) => ledger.wantsAmounts?.(about) === true || accountants().some((one) => one.appliesTo(about)),
    async reserve(intent) {
      const asked = accountants().filter((one) => one.appliesTo(intent));
      if (asked.length === 0) return ledger.reserve(intent);
      const failed: HookError[] = [];
      const agreed: { readonly accountant: Accountant; readonly state: unknown }[] = [];
      const tell = (id: string, message: string): void => {
        failed.push({ registrationId: id, message });
        log(`accountant ${id} failed: ${message}`);
      };
      /** In reverse, all of them, also when one fails. */
      const endEach = async (end: (accountant: Accountant, state: unknown) => Promise<void>): Promise<void> => {
        for (const { accountant, state } of agreed.toReversed()) {
          try {
            await end(accountant, state);
          } catch (error) {
            tell(accountant.id, error instanceof Error ? error.message : String(error));
          }
        }
      };
      const releaseEach = async (): Promise<void> => endEach(async (accountant, state) => accountant.release(state));
      try {
        for (const accountant of asked) {
          const answer = await accountant.reserve(requestOf(intent), intent.signal);
          if ('skipped' in answer) tell(accountant.id, answer.skipped);
          else agreed.push({ accountant, state: answer.state });
        }
        const reservation = await ledger.reserve(intent);
        return {
          warning: reservation.warning,
          seen: (nanocents) => reservation.seen(nanocents),
          more: async (nanocents) => reservation.more?.(nanocents),
          failed,
          async settle(end) {
            try {
              await reservation.settle(end);
            } finally {
              const { usage, outcome, cost } = addAttempts(end);
              if (spentNothing(end)) await releaseEach();
              else await endEach(async (accountant, state) => accountant.settle(state, { costUsd: cost.usd, usage, outcome }));
            }
          },
        };
      } catch (error) {
        await releaseEach();
        throw error;
      }
    },
  };
}

function requestOf({ id, promptId, step, model, purpose, actor, groupId, nanocents, unpriced }: ResponseIntent) {
  return { id, promptId, step, model, purpose, actor, groupId, reserveUsd: unpriced === true ? null : formatUsd(nanocents) };
}

function spentNothing({ charged, cost, usage }: ResponseEnd): boolean {
  return charged === 0n && cost.usd === '0' && usage.inputTokens === 0 && usage.outputTokens === 0;
}
