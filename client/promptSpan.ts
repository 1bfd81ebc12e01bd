import type { AroundPrompt, HookedPrompt, PromptContext, PromptPatch } from './hooks.ts';

/** A context that has been entered, or is about to be. */
export interface PromptSpan {
  /** Resolves when the hook lets the prompt go on; rejects with what it threw before. */
  readonly entered: Promise<PromptPatch | undefined>;
  /** Runs what comes after the prompt. Rejects with what that throws. */
  leave(prompt: HookedPrompt): Promise<void>;
}

/** What a hook did wrong, as opposed to what it refused. */
export class HookMistake extends Error {
  override readonly name = 'HookMistake';
}

/** Runs a hook up to its `yield` or `next()`, and on from there when it is left. */
export function openSpan(run: AroundPrompt, context: PromptContext): PromptSpan {
  const entered = Promise.withResolvers<PromptPatch | undefined>();
  const ended = Promise.withResolvers<HookedPrompt>();
  const next = async (patch?: PromptPatch | void): Promise<HookedPrompt> => {
    entered.resolve(patch ?? undefined);
    return ended.promise;
  };
  const running = (async () => {
    const made = run(context, next);
    await (isGenerator(made) ? drive(made, next) : made);
  })();
  running.then(() => entered.reject(new HookMistake(letNothingThrough)), entered.reject);
  entered.promise.catch(() => {});
  return {
    entered: entered.promise,
    leave: async (prompt) => {
      ended.resolve(prompt);
      await running;
    },
  };
}

const letNothingThrough = 'It ended before the prompt. Let the prompt go on by `yield` or `await next()`, or refuse it by throwing.';

type Steps = Exclude<ReturnType<AroundPrompt>, Promise<void>>;

/** What the first `next` of a generator is given reaches nobody. */
const nothingYet = undefined as unknown as HookedPrompt;

async function drive(generator: Steps, next: (patch?: PromptPatch | void) => Promise<HookedPrompt>): Promise<void> {
  const first = await generator.next(nothingYet);
  if (first.done === true) return;
  const last = await generator.next(await next(first.value));
  if (last.done === true) return;
  await generator.return();
  throw new HookMistake('It yielded a second time: a context around a prompt yields once.');
}

function isGenerator(made: ReturnType<AroundPrompt>): made is Steps {
  return typeof (made as Partial<Steps> | undefined)?.next === 'function';
}
