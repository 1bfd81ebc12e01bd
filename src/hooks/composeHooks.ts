import type { Hook, Hooks, PromptEnd } from '../engine/ports.ts';

/**
 * All hooks as one, sorted by `order`, then as registered. A prompt keeps the chain it started with. behaviour 7.
 * `log` takes a line about a hook whose failure must not fail what it watched.
 */
export function composeHooks(registered: readonly Hook[], log: (line: string) => void): Hooks {
  const hooks = [...registered].sort((a, b) => a.order - b.order);
  return {
    has: (point, purpose) => hooks.some((hook) => hook[point] !== undefined && matches(hook, purpose, undefined)),

    async filterModels(models, scope) {
      let left = models;
      for (const hook of hooks) {
        if (!hook.filterModels || !matches(hook, scope.purpose, undefined)) continue;
        scope.signal.throwIfAborted();
        const kept = await hook.filterModels(left, scope);
        if (kept !== null) left = left.filter((model) => kept.includes(model.id));
      }
      return left;
    },

    async defaultModel(models, scope) {
      for (const hook of hooks) {
        if (!hook.defaultModel || !matches(hook, scope.purpose, undefined)) continue;
        scope.signal.throwIfAborted();
        const model = await hook.defaultModel(models, scope);
        if (model !== null) return model;
      }
      return null;
    },

    async promptStart(start) {
      const ends: { id: string; end: (end: PromptEnd) => Promise<void> }[] = [];
      const leave = async (outcome: PromptEnd): Promise<void> => {
        for (const { id, end } of ends.toReversed()) {
          try {
            await end(outcome);
          } catch (error) {
            log(`hook ${id} failed after prompt ${start.promptId}: ${messageOf(error)}`);
          }
        }
      };
      try {
        for (const hook of hooks) {
          if (!hook.promptStart || !matches(hook, start.purpose, start.model)) continue;
          start.signal.throwIfAborted();
          const end = await hook.promptStart(start);
          if (end) ends.push({ id: hook.id, end });
        }
      } catch (error) {
        await leave({ outcome: 'error', error, usage: { inputTokens: null, outputTokens: null }, content: [], durationMs: 0 });
        throw error;
      }
      return leave;
    },

    async groupExit(exit) {
      const failed: { registrationId: string; message: string }[] = [];
      const asked = hooks.filter((hook) => hook.groupExit !== undefined);
      for (const hook of asked) {
        try {
          await hook.groupExit?.(exit);
        } catch (error) {
          failed.push({ registrationId: hook.id, message: messageOf(error) });
        }
      }
      return { ran: asked.length, failed };
    },
  };
}

function matches(hook: Hook, purpose: string | undefined, model: string | undefined): boolean {
  const { purposes, models } = hook.match ?? {};
  if (purposes && (purpose === undefined || !purposes.includes(purpose))) return false;
  return !models || model === undefined || models.includes(model);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
