import type { EnteredHooks, Hook, Hooks } from '../engine/ports.ts';
import type { Mutable } from '../lib/mutable.ts';
import { composeHooks } from './composeHooks.ts';
import type { Canonical } from './matches.ts';

/** The hooks that are registered now. A call takes `current()` once, when it starts. */
export interface HookRegistry {
  current(): Hooks;
  setPlugins(hooks: readonly Hook[]): void;
  setHost(hooks: readonly Hook[]): void;
  /** Resolves when no prompt is between its first hook and its last. */
  idle(): Promise<void>;
}

export function createHookRegistry(log: (line: string) => void, canonical: Canonical): HookRegistry {
  let plugins: readonly Hook[] = [];
  let host: readonly Hook[] = [];
  let inside = 0;
  let waiting: (() => void)[] = [];
  const left = (): void => {
    inside -= 1;
    if (inside > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const counted = (hooks: Hooks): Hooks => ({
    ...hooks,
    async enter(scope) {
      inside += 1;
      try {
        const entered: Mutable<EnteredHooks> = await hooks.enter(scope);
        const { leave } = entered;
        entered.leave = (end) => leave(end).finally(left);
        return entered;
      } catch (error) {
        left();
        throw error;
      }
    },
  });
  const compose = (): Hooks => counted(composeHooks([...plugins, ...host], log, canonical));
  let current = compose();
  return {
    current: () => current,
    setPlugins(hooks) {
      plugins = hooks;
      current = compose();
    },
    setHost(hooks) {
      host = hooks;
      current = compose();
    },
    idle: async () => (inside === 0 ? undefined : new Promise<void>((resolve) => waiting.push(resolve))),
  };
}
