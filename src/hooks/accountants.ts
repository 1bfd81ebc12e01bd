import type { Accountant } from '../engine/moneyPorts.ts';
import { Failure } from '../lib/failure.ts';
import type { Accountant as PluginAccountant, Plugin } from '../plugin/plugin.ts';
import { matches, type Canonical } from './matches.ts';
import { toRefusal } from './pluginRefusal.ts';
import { withDeadline } from './withDeadline.ts';

/** The accountants of a plugin as the ledger asks them, with the plugin's `match`, `timeoutMs` and `onFailure`. Throws what is wrong. */
export function pluginAccountants(plugin: Plugin, accountants: readonly PluginAccountant[], canonical: Canonical): Accountant[] {
  if (!Array.isArray(accountants)) throw new TypeError('registerAccountants has to give a list of { name, reserve, settle, release }');
  const made = accountants.map((accountant) => pluginAccountant(plugin, accountant, canonical));
  const twice = made.find(({ id }, index) => made.findIndex((other) => other.id === id) < index);
  if (twice) throw new TypeError(`there are two accountants with the name ${twice.id.slice(plugin.name.length + 1)}`);
  return made;
}

function pluginAccountant(plugin: Plugin, accountant: PluginAccountant, canonical: Canonical): Accountant {
  const { name } = accountant;
  if (typeof name !== 'string' || name === '') throw new TypeError('an accountant needs a name');
  for (const member of ['reserve', 'settle', 'release'] as const)
    if (typeof accountant[member] !== 'function') throw new TypeError(`the accountant ${name} has no ${member} function`);
  const id = `${plugin.name}/${name}`;
  const deadline = { id, timeoutMs: plugin.timeoutMs };
  return {
    id,
    appliesTo: (about) => matches(plugin.match, about, canonical),
    async reserve(request, signal) {
      // One that agrees too late has agreed to something that does not happen.
      const onLate = (state: unknown): void => releaseLate(accountant, state);
      try {
        return { state: await withDeadline(deadline, signal, async (stop) => accountant.reserve(request, stop), onLate) };
      } catch (error) {
        signal?.throwIfAborted();
        const refusal = error instanceof Failure ? error : toFailure(plugin, id, error);
        if (plugin.onFailure !== 'skip' || refusal.kind === 'hookRejected' || refusal.kind === 'budgetExceeded') throw refusal;
        return { skipped: refusal.message };
      }
    },
    settle: async (state, end) => withDeadline(deadline, undefined, async () => accountant.settle(state, end)),
    release: async (state) => withDeadline(deadline, undefined, async () => accountant.release(state)),
  };
}

function releaseLate(accountant: PluginAccountant, state: unknown): void {
  const releasing = async (): Promise<void> => accountant.release(state);
  releasing().catch(() => {});
}

function toFailure(plugin: Plugin, id: string, error: unknown): Failure {
  // By its name: the plugin may have another copy of the class.
  if (error instanceof Error && error.name === 'BudgetExceeded') {
    const { data } = error as { data?: ErrorDataJson };
    return new Failure('budgetExceeded', error.message, { retryable: false, registrationId: id, ...(data === undefined ? {} : { data }) });
  }
  const refusal = toRefusal(plugin, error);
  if (refusal instanceof Failure) return new Failure(refusal.kind, refusal.message, { ...refusal.detail, registrationId: id });
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('hookFailed', `The accountant ${id} failed: ${message}`, { registrationId: id });
}

type ErrorDataJson = NonNullable<Failure['detail']['data']>;
