import type { Plugin, PromptContext, PromptResponse } from '../plugin/plugin.ts';

/** One run of a plugin's `promptContext`, from its first line to its last. */
export interface ContextRun {
  /** Runs the code before. Resolves when it wants the response, or has ended without; throws what it throws. */
  before(): Promise<void>;
  /** Runs the code after, if it waits for that. One that comes to it too late runs it then, and nobody waits. */
  after(response: PromptResponse): Promise<void>;
}

/** `plugin.promptContext` in either form, an async generator or `(context, next) => …`. */
export function createContextRun(plugin: Plugin, context: PromptContext): ContextRun {
  const reached = Promise.withResolvers<void>();
  const response = Promise.withResolvers<PromptResponse>();
  let state: 'new' | 'before' | 'waiting' | 'ended' = 'new';
  const next = async (): Promise<PromptResponse> => {
    if (state === 'before') state = 'waiting';
    reached.resolve();
    return response.promise;
  };
  const run = async (): Promise<void> => {
    try {
      const made = plugin.promptContext?.(context, next);
      if (isGenerator(made)) return await drive(made, next);
      await made;
      if (state === 'before') throw new TypeError('promptContext returned without next(): call it to go on, throw to refuse');
    } finally {
      state = 'ended';
    }
  };
  let running: Promise<void> = Promise.resolve();
  return {
    async before() {
      state = 'before';
      running = run();
      // Whoever waits hears of it; one that comes too late has nobody who does.
      running.catch(() => {});
      await Promise.race([reached.promise, running]);
    },
    async after(ended) {
      const waits = state === 'waiting';
      response.resolve(ended);
      if (waits) await running;
    },
  };
}

async function drive(generator: AsyncGenerator<void, void, PromptResponse>, next: () => Promise<PromptResponse>): Promise<void> {
  const before = await generator.next();
  if (before.done === true) return;
  const after = await generator.next(await next());
  if (after.done === true) return;
  await generator.return();
  throw new TypeError('promptContext yields more than once: there is one response to wait for');
}

function isGenerator(made: unknown): made is AsyncGenerator<void, void, PromptResponse> {
  return typeof made === 'object' && made !== null && Symbol.asyncIterator in made;
}
