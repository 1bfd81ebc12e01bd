import type { HookRegistration } from '../../protocol/shapes/hook.ts';
import type { Hook } from '../engine/ports.ts';
import { askHost, contextOf, type HostCaller, type HostRegistrations } from './askHost.ts';
import { hostPrompt } from './hostPrompt.ts';

/** A hook that is asked over the wire. Each registration keeps its own deadline. */
export function hostHook({ ask, start, end }: HostRegistrations, caller: HostCaller): Hook {
  const first = (ask ?? start ?? end) as HookRegistration;
  const hook: Hook = {
    id: first.id,
    registeredBy: 'host',
    order: first.order,
    match: start && end && JSON.stringify(start.match) !== JSON.stringify(end.match) ? undefined : first.match,
    timeoutMs: Infinity,
    onFailure: (ask ?? start)?.onFailure,
    onEndFailure: end?.onFailure ?? 'skip',
  };
  if (ask === undefined) return { ...hook, prompt: async (scope) => hostPrompt({ start, end }, caller, scope) };
  switch (ask.point) {
    case 'filterModels':
      return {
        ...hook,
        filterModels: async (models, { signal, ...scope }) =>
          (await askHost(caller, ask, { method: 'hook/filterModels', params: { ...contextOf(ask, scope), models: [...models] } }, signal))
            .models,
      };
    case 'defaultModel':
      return {
        ...hook,
        defaultModel: async (models, { signal, ...scope }) =>
          (await askHost(caller, ask, { method: 'hook/defaultModel', params: { ...contextOf(ask, scope), models: [...models] } }, signal))
            .model,
      };
    default:
      return {
        ...hook,
        async groupExit({ groupId, reason, prompts, usage, cost, ...scope }, signal) {
          await askHost(
            caller,
            ask,
            { method: 'hook/groupExit', params: { ...contextOf(ask, scope), groupId, reason, prompts, usage, cost } },
            signal,
          );
        },
      };
  }
}
