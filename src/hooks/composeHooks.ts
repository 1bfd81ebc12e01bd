import type { EnteredHooks, Hook, HookError, HookPoint, Hooks, PromptEnd, PromptHook, PromptScope, StepStart } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import { withDeadline } from './withDeadline.ts';

/**
 * All hooks as one, sorted by `order`, then plugins before the host, then as registered. `log` takes a line about a hook
 * whose failure was skipped. behaviour 7.
 */
export function composeHooks(registered: readonly Hook[], log: (line: string) => void): Hooks {
  const hooks = [...registered].sort((a, b) => (a.order ?? 0) - (b.order ?? 0) || Number(a.registeredBy === 'host') - Number(b.registeredBy === 'host'));
  const list = (point: HookPoint, { purpose, model }: { purpose: string | undefined; model?: string | undefined }): Hook[] =>
    hooks.filter((hook) => hook[point] !== undefined && matches(hook, purpose, model));
  const skipped = (hook: Hook, what: string, error: unknown): HookError => {
    const message = messageOf(error);
    log(`hook ${hook.id} (${hook.registeredBy}) failed ${what}: ${message}`);
    return { registrationId: hook.id, message };
  };

  /** Asks one hook before a response: its failure is the caller's, unless it says that it may be skipped. */
  const ask = async <T>(hook: Hook, { signal, what }: { signal: AbortSignal; what: string }, run: (signal: AbortSignal) => Promise<T>): Promise<Asked<T>> => {
    try {
      return { answer: await withDeadline(hook, signal, run) };
    } catch (error) {
      signal.throwIfAborted();
      const refusal = error instanceof Failure && error.kind === 'hookRejected';
      if (!refusal && hook.onFailure === 'skip') {
        skipped(hook, what, error);
        return 'skipped';
      }
      throw toHookFailure(hook, error);
    }
  };

  return {
    list,

    async filterModels(models, scope) {
      let left = models;
      for (const hook of list('filterModels', scope)) {
        const shown = left;
        const asked = await ask(hook, { signal: scope.signal, what: 'to filter models' }, async (signal) => hook.filterModels?.(shown, { ...scope, signal }));
        const kept = asked === 'skipped' ? null : asked.answer;
        if (kept) left = left.filter((model) => kept.includes(model.id));
      }
      return left;
    },

    async defaultModel(models, scope) {
      for (const hook of list('defaultModel', scope)) {
        const asked = await ask(hook, { signal: scope.signal, what: 'to name a default model' }, async (signal) => hook.defaultModel?.(models, { ...scope, signal }));
        if (asked !== 'skipped' && asked.answer) return asked.answer;
      }
      return null;
    },

    enter: async (scope) => enterHooks(list('prompt', scope), scope, { ask, skipped }),

    async groupExit(exit) {
      const failed: HookError[] = [];
      const asked = list('groupExit', exit);
      for (const hook of asked) {
        try {
          await withDeadline(hook, undefined, async (signal) => hook.groupExit?.(exit, signal));
        } catch (error) {
          failed.push(skipped(hook, `when the group ${exit.groupId} ended`, error));
        }
      }
      return { ran: asked.length, failed };
    },
  };
}

/** `skipped`: it failed, and its failure does not matter. */
type Asked<T> = { readonly answer: T } | 'skipped';

interface Asking {
  ask<T>(hook: Hook, about: { signal: AbortSignal; what: string }, run: (signal: AbortSignal) => Promise<T>): Promise<Asked<T>>;
  skipped(hook: Hook, what: string, error: unknown): HookError;
}

async function enterHooks(hooks: readonly Hook[], scope: PromptScope, { ask, skipped }: Asking): Promise<EnteredHooks> {
  const entered: { hook: Hook; own: PromptHook }[] = [];
  const errors: HookError[] = [];
  const about = { signal: scope.signal, what: `before the prompt ${scope.promptId}` };
  /** In reverse order; not cut short by a cancel, since what has begun has to end. */
  const leaveEach = async (begun: readonly { hook: Hook; own: PromptHook }[], run: (own: PromptHook) => Promise<void> | undefined): Promise<void> => {
    for (const { hook, own } of begun.toReversed()) {
      try {
        await withDeadline(hook, undefined, async () => run(own));
      } catch (error) {
        errors.push(skipped(hook, `after the prompt ${scope.promptId}`, error));
      }
    }
  };
  let started: { hook: Hook; own: PromptHook }[] = [];
  try {
    for (const hook of hooks) {
      const asked = await ask(hook, about, async (signal) => hook.prompt?.({ ...scope, signal }));
      if (asked !== 'skipped' && asked.answer) entered.push({ hook, own: asked.answer });
    }
  } catch (error) {
    await leaveEach(entered, (own) => own.leave?.(refused(error)));
    throw error;
  }
  return {
    errors,
    async stepStart(start) {
      started = [];
      let changed: StepStart = start;
      try {
        for (const each of entered) {
          const given = changed;
          const asked = await ask(each.hook, about, async () => each.own.stepStart?.(given));
          if (asked === 'skipped') continue;
          started.push(each);
          const patch = asked.answer;
          if (patch) changed = { ...changed, system: patch.system ?? changed.system, options: { ...changed.options, ...patch.options } };
        }
      } catch (error) {
        await leaveEach(started, (own) => own.stepEnd?.(start.step, refused(error)));
        throw error;
      }
      return changed;
    },
    stepEnd: async (step, end) => leaveEach(started, (own) => own.stepEnd?.(step, end)),
    leave: async (end) => leaveEach(entered, (own) => own.leave?.(end)),
  };
}

function refused(error: unknown): PromptEnd {
  return { outcome: 'error', error, usage: { inputTokens: 0, outputTokens: 0 }, cost: { usd: '0', source: 'computed' }, content: [], durationMs: 0 };
}

function toHookFailure(hook: Hook, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('hookFailed', `The hook ${hook.id} (${hook.registeredBy}) failed: ${messageOf(error)}`, { registrationId: hook.id });
}

function matches(hook: Hook, purpose: string | undefined, model: string | undefined): boolean {
  const { purposes, models } = hook.match ?? {};
  if (purposes && (purpose === undefined || !purposes.includes(purpose))) return false;
  return !models || model === undefined || models.includes(model);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
