import type { HookRegistration, HookRegistrationResult } from '../protocol/index.ts';
import type { Duties } from './duties.ts';
import { LLMError } from './errors.ts';
import type { HookRegistry } from './hookRegistry.ts';
import type { Hooks } from './hooks.ts';
import type { Link } from './link.ts';

/** Hooks that were registered after the start, until they are taken back. */
export interface RegisteredHooks extends AsyncDisposable {
  readonly ids: readonly string[];
  /** Takes them back. Calls in flight keep the hooks they started with. */
  unregister(): Promise<void>;
}

export async function registerHooks(
  { request, duties }: Pick<Link, 'request'> & { duties: Duties },
  registry: HookRegistry,
  hooks: Hooks | readonly Hooks[],
): Promise<RegisteredHooks> {
  const registrations = registry.add(hooks);
  const ids = [...new Set(registrations.map(({ id }) => id))];
  const unregister = async () => {
    registry.withdraw(ids);
    await request('hook/unregister', { ids });
    // Not waited for: what runs may be waiting for whoever calls this.
    duties.settled().then(
      () => registry.forget(ids),
      () => {},
    );
  };
  try {
    checkRegistered(registrations, (await request('hook/register', { hooks: registrations })).hooks);
  } catch (error) {
    await unregister().catch(() => {});
    throw error;
  }
  return { ids, unregister, [Symbol.asyncDispose]: unregister };
}

/** A hook that is not in force might have refused something: that is a failure. */
export function checkRegistered(registrations: readonly HookRegistration[], results: readonly HookRegistrationResult[]): void {
  const rejected = results.find(({ status }) => status === 'rejected');
  if (rejected !== undefined)
    throw new LLMError('invalidParams', `The sidecar refused the hook "${rejected.id}": ${rejected.reason ?? 'it does not say why'}.`);
  const missing = registrations.find(({ id }) => !results.some((result) => result.id === id));
  if (missing !== undefined)
    throw new LLMError('capabilityRequired', `The sidecar did not register the hook "${missing.id}". Install matching versions.`);
}
