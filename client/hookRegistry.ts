import type { HookRegistration } from '../protocol/index.ts';
import type { AroundPrompt, DefaultModel, FilterModels, GroupExit, Hook, Hooks, HookSettings } from './hooks.ts';

/** One function of the host's, with the id that the sidecar calls it by. */
export type RegisteredHook = { readonly id: string; readonly timeoutMs: number; readonly onFailure: HookSettings['onFailure'] } & (
  | { readonly point: 'filterModels'; readonly run: FilterModels }
  | { readonly point: 'defaultModel'; readonly run: DefaultModel }
  | { readonly point: 'promptContext'; readonly run: AroundPrompt }
  | { readonly point: 'groupExit'; readonly run: GroupExit }
);

/** The hooks of one `LLM`, as they were given and as the wire has them. */
export interface HookRegistry {
  add(hooks: Hooks | readonly Hooks[]): HookRegistration[];
  /** All, in the order in which they were added. */
  registrations(): HookRegistration[];
  find(id: string): RegisteredHook | undefined;
  /** No longer among the registrations; still found. */
  withdraw(ids: readonly string[]): void;
  /** Found no more. */
  forget(ids: readonly string[]): void;
}

/** The sidecar's own default. Milliseconds. */
const defaultTimeoutMs = 30_000;

export function createHookRegistry(): HookRegistry {
  const found = new Map<string, RegisteredHook>();
  const registered = new Map<string, HookRegistration[]>();
  const numbers = { last: 0 };

  const addOne = ([point, hook]: [keyof Hooks, Hook<unknown>]): HookRegistration[] => {
    const { id: chosen, run, ...settings } = typeof hook === 'function' ? { run: hook } : (hook as HookSettings & { run: unknown });
    numbers.last += 1;
    const id = chosen === undefined || found.has(chosen) ? `${chosen ?? point}-${numbers.last}` : chosen;
    const { timeoutMs = defaultTimeoutMs, onFailure } = settings;
    found.set(id, { id, point, run, timeoutMs, onFailure } as RegisteredHook);
    const registrations = toRegistrations(id, point, settings);
    registered.set(id, registrations);
    return registrations;
  };

  return {
    add: (hooks) => [hooks].flat().flatMap((each: Hooks) => entriesOf(each).flatMap(addOne)),
    registrations: () => [...registered.values()].flat(),
    find: (id) => found.get(id),
    withdraw: (ids) => ids.forEach((id) => registered.delete(id)),
    forget: (ids) => ids.forEach((id) => found.delete(id)),
  };
}

const points: readonly string[] = ['filterModels', 'defaultModel', 'promptContext', 'groupExit'] satisfies (keyof Hooks)[];

function entriesOf(hooks: Hooks): [keyof Hooks, Hook<unknown>][] {
  const entries = Object.entries(hooks).filter(([, hook]) => hook !== undefined) as [keyof Hooks, Hook<unknown>][];
  const unknown = entries.find(([point]) => !points.includes(point))?.[0];
  if (unknown !== undefined) throw new TypeError(`There is no hook "${unknown}". There are: ${points.join(', ')}.`);
  return entries;
}

/** A context around a prompt is two points on the wire, which belong together by their id. */
function toRegistrations(id: string, point: keyof Hooks, settings: HookSettings): HookRegistration[] {
  if (point !== 'promptContext') return [{ include: ['actor', 'metadata'], ...settings, id, point }];
  const registration = { include: ['content', 'actor', 'metadata'], ...settings, id };
  const { onFailure: _, ...end } = registration;
  return [
    { ...registration, point: 'promptStart' },
    { ...end, point: 'promptEnd' },
  ];
}
