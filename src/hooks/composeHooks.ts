import type { EnteredHooks, Hook, HookError, HookPoint, Hooks, PromptHook, PromptScope, StepPatch, StepStart } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import type { Mutable } from '../lib/mutable.ts';
import { matches, type Canonical } from './matches.ts';
import { refusedEnd } from './refusedEnd.ts';
import { withDeadline } from './withDeadline.ts';

/**
 * All hooks as one, sorted by `order`, then plugins before the host, then as registered. `log` takes a line about a hook
 * whose failure was skipped. behaviour 7.
 */
export function composeHooks(registered: readonly Hook[], log: (line: string) => void, canonical: Canonical = (name) => name): Hooks {
  const hooks = registered.toSorted(
    (a, b) => (a.order ?? 0) - (b.order ?? 0) || Number(a.registeredBy === 'host') - Number(b.registeredBy === 'host'),
  );
  const list = (point: HookPoint, about: { purpose: string | undefined; model?: string | undefined }): Hook[] =>
    hooks.filter((hook) => hook[point] !== undefined && matches(hook.match, about, canonical));
  const skipped = (hook: Hook, what: string, error: unknown): HookError => {
    const message = messageOf(error);
    const registrationId = error instanceof Failure ? (error.detail.registrationId ?? hook.id) : hook.id;
    log(`hook ${registrationId} (${hook.registeredBy}) failed ${what}: ${message}`);
    return { registrationId, message };
  };

  /** Asks one hook before a response: its failure is the caller's, unless it says that it may be skipped. */
  const ask: Ask = async (hook, { signal, what, errors }, run) => {
    try {
      return { answer: await withDeadline(hook, signal, run) };
    } catch (error) {
      signal.throwIfAborted();
      const refusal = error instanceof Failure && error.kind === 'hookRejected';
      if (refusal || hook.onFailure !== 'skip') throw toHookFailure(hook, error);
      const told = skipped(hook, what, error);
      errors?.push(told);
      return 'skipped';
    }
  };

  return {
    list,

    async filterModels(models, scope, heard) {
      let left = models;
      for (const hook of list('filterModels', scope)) {
        const shown = [...left];
        const asked = await ask(hook, { signal: scope.signal, what: 'to filter models' }, async (signal) =>
          hook.filterModels?.(shown, { ...scope, signal }),
        );
        const kept = asked === 'skipped' ? null : asked.answer;
        if (kept) {
          const ids = new Set(kept.flatMap((name) => [name, canonical(name)]));
          left = left.filter((model) => ids.has(model.id));
        }
        heard?.(hook, left);
      }
      return left;
    },

    async defaultModel(models, scope) {
      for (const hook of list('defaultModel', scope)) {
        const asked = await ask(hook, { signal: scope.signal, what: 'to name a default model' }, async (signal) =>
          hook.defaultModel?.(models, { ...scope, signal }),
        );
        if (asked !== 'skipped' && asked.answer) return asked.answer;
      }
      return null;
    },

    enter: (scope) => enterHooks(list('prompt', scope), scope, { ask, skipped }),

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
type Ask = <T>(
  hook: Hook,
  about: { signal: AbortSignal; what: string; errors?: HookError[] },
  run: (signal: AbortSignal) => Promise<T>,
) => Promise<Asked<T>>;

interface Asking {
  readonly ask: Ask;
  skipped(hook: Hook, what: string, error: unknown): HookError;
}

interface Entered {
  readonly hook: Hook;
  readonly own: PromptHook;
}

async function enterHooks(hooks: readonly Hook[], scope: PromptScope, { ask, skipped }: Asking): Promise<EnteredHooks> {
  if (hooks.length === 0) return { ...noHooks };
  const entered: Entered[] = [];
  const errors: HookError[] = [];
  let started: Entered[] = [];
  const about = { signal: scope.signal, what: `before the prompt ${scope.promptId}`, errors };
  /** In reverse order; not cut short by a cancel, since what has begun has to end. */
  const leaveEach = async (
    begun: readonly Entered[],
    run: (own: PromptHook, signal: AbortSignal) => Promise<void> | undefined,
  ): Promise<void> => {
    for (const { hook, own } of begun.toReversed()) {
      try {
        await withDeadline(hook, undefined, async (signal) => run(own, signal));
      } catch (error) {
        if ((hook.onEndFailure ?? hook.onFailure) === 'fail') all.failure ??= toHookFailure(hook, error);
        errors.push(skipped(hook, `after the prompt ${scope.promptId}`, error));
      }
    }
  };
  const all: Mutable<EnteredHooks> = {
    errors,
    failure: undefined,
    async stepStart(start) {
      started = [];
      let changed: StepStart = start;
      try {
        for (const each of entered) {
          const given = changed;
          const asked = await ask(each.hook, about, async (signal) => each.own.stepStart?.(given, signal));
          if (asked === 'skipped') continue;
          started.push(each);
          if (asked.answer) changed = patched(given, asked.answer);
        }
      } catch (error) {
        await leaveEach(started, (own, signal) => own.stepEnd?.(start.step, refusedEnd(error), signal));
        throw error;
      }
      return changed;
    },
    stepEnd: (step, end) => leaveEach(started, (own, signal) => own.stepEnd?.(step, end, signal)),
    leave: (end) => leaveEach(entered, (own, signal) => own.leave?.(end, signal)),
  };
  try {
    for (const hook of hooks) {
      const asked = await ask(hook, about, async (signal) => hook.prompt?.({ ...scope, signal }));
      if (asked !== 'skipped' && asked.answer) entered.push({ hook, own: asked.answer });
    }
  } catch (error) {
    await leaveEach(entered, (own, signal) => own.leave?.(refusedEnd(error), signal));
    throw error;
  }
  return all;
}

const noHooks: EnteredHooks = {
  errors: [],
  failure: undefined,
  stepStart: (start) => Promise.resolve(start),
  stepEnd: () => Promise.resolve(),
  leave: () => Promise.resolve(),
};

function patched(start: StepStart, { system, options }: StepPatch): StepStart {
  return { ...start, system: system ?? start.system, options: { ...start.options, ...options } };
}

function toHookFailure(hook: Hook, error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('hookFailed', `The hook ${hook.id} (${hook.registeredBy}) failed: ${messageOf(error)}`, { registrationId: hook.id });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
