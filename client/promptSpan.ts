import type { AroundPrompt, PromptContext, PromptResponse } from './hooks.ts';

/** A context that has been entered, or is about to be. */
export interface PromptSpan {
  /** Resolves when the hook lets the prompt go on; rejects with what it threw before. */
  readonly entered: Promise<void>;
  /** Runs what comes after the prompt. Rejects with what that throws. */
  leave(prompt: PromptResponse): Promise<void>;
}

/** What a hook did wrong, as opposed to what it refused. */
export class HookMistake extends Error {
  override readonly name = 'HookMistake';
}

/** Runs a hook up to its `yield` or `next()`, and on from there when it is left. A generator that ends before has no more to do. */
export function openSpan(run: AroundPrompt, context: PromptContext): PromptSpan {
  const entered = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<PromptResponse>();
  const next = async (): Promise<PromptResponse> => {
    entered.resolve();
    return ended.promise;
  };
  const running = (async () => {
    const made = run(context, next);
    if (isGenerator(made)) return drive(made, next);
    await made;
    entered.reject(new HookMistake('It returned without next(): call that to let the prompt go on, throw to refuse it.'));
  })();
  running.then(entered.resolve, entered.reject);
  entered.promise.catch(() => {});
  return {
    entered: entered.promise,
    leave: async (prompt) => {
      ended.resolve(prompt);
      await running;
    },
  };
}

type Steps = Exclude<ReturnType<AroundPrompt>, Promise<void>>;

/** What the first `next` of a generator is given reaches nobody. */
const nothingYet = undefined as unknown as PromptResponse;

async function drive(generator: Steps, next: () => Promise<PromptResponse>): Promise<void> {
  const first = await generator.next(nothingYet);
  if (first.done === true) return;
  const last = await generator.next(await next());
  if (last.done === true) return;
  await generator.return();
  throw new HookMistake('It yielded a second time: a context around a prompt yields once.');
}

function isGenerator(made: ReturnType<AroundPrompt>): made is Steps {
  return typeof (made as Partial<Steps> | undefined)?.next === 'function';
}
