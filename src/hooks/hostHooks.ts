import type { HookRegistration, HookRegistrationResult } from '../../protocol/shapes/hook.ts';
import { hookPoints, type HookPoint } from '../../protocol/shapes/hookPoints.ts';
import type { Hook } from '../engine/ports.ts';
import type { HostCaller } from './askHost.ts';
import { hostHook } from './hostHook.ts';

/** What the host has registered. */
export interface HostHooks {
  /** One result for each, in their order; those that are registered take part in calls that start from now on. */
  register(registrations: readonly HookRegistration[], peer: HostCaller['peer']): HookRegistrationResult[];
  /** Takes all registrations of these ids back; gives the ids there were. */
  unregister(ids: readonly string[]): string[];
}

/** `onChange` gets all hooks of the host, whenever they have changed. */
export function createHostHooks(made: Omit<HostCaller, 'peer'> & { readonly onChange: (hooks: readonly Hook[]) => void }): HostHooks {
  let registered: readonly HookRegistration[] = [];
  let caller: HostCaller | undefined;
  const publish = (): void => made.onChange(caller === undefined ? [] : toHooks(registered, caller));
  return {
    register(registrations, peer) {
      caller = { ...made, peer };
      const results = registrations.map((registration): HookRegistrationResult => {
        const reason = refusal(registration, registered);
        if (reason !== null) return { id: registration.id, status: 'rejected', reason };
        registered = [...registered, registration];
        return { id: registration.id, status: 'registered' };
      });
      publish();
      return results;
    },
    unregister(ids) {
      const known = ids.filter((id, index) => ids.indexOf(id) === index && registered.some((registration) => registration.id === id));
      registered = registered.filter(({ id }) => !known.includes(id));
      publish();
      return known;
    },
  };
}

function refusal({ id, point, onFailure }: HookRegistration, registered: readonly HookRegistration[]): string | null {
  if (!(hookPoints as readonly string[]).includes(point)) return `There is no point "${point}"; there are ${hookPoints.join(', ')}.`;
  if (registered.some((other) => other.id === id && other.point === point)) return `The id "${id}" is registered for ${point} already.`;
  if (point === 'groupExit' && onFailure === 'fail') return 'A failure at groupExit is told in the report of the group; it cannot fail it.';
  return null;
}

/**
 * `promptStart` and `promptEnd` of one id are one hook, which carries `state` from one to the other. A `promptEnd` with an
 * id of its own carries that of the n-th `promptStart` that is left over so, in the order of registration.
 */
function toHooks(registered: readonly HookRegistration[], caller: HostCaller): Hook[] {
  const at = (point: HookPoint): HookRegistration[] => registered.filter((registration) => registration.point === point);
  const starts = at('promptStart');
  const ends = at('promptEnd');
  const alone = (registration: HookRegistration, others: readonly HookRegistration[]): boolean =>
    !others.some(({ id }) => id === registration.id);
  const looseStarts = starts.filter((start) => alone(start, ends));
  const looseEnds = ends.filter((end) => alone(end, starts));
  const endOf = (start: HookRegistration): HookRegistration | undefined =>
    ends.find(({ id }) => id === start.id) ?? looseEnds[looseStarts.indexOf(start)];
  const taken = new Set(starts.map(endOf));
  return registered.flatMap((registration): Hook[] => {
    if (registration.point === 'promptStart') return [hostHook({ start: registration, end: endOf(registration) }, caller)];
    if (registration.point !== 'promptEnd') return [hostHook({ ask: registration }, caller)];
    return taken.has(registration) ? [] : [hostHook({ end: registration }, caller)];
  });
}
