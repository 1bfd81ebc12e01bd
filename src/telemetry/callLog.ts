import { AsyncLocalStorage } from 'node:async_hooks';
import type { Telemetry } from '../engine/telemetryPort.ts';
import type { Log } from '../lib/log.ts';
import { errorType } from './semanticNames.ts';

/** A line of the level `debug` about every call and every attempt: names, numbers and kinds of errors, no content. */
export function createCallLog(log: Log): Telemetry {
  const calls = new AsyncLocalStorage<string>();
  async function timed<T>(what: string, run: () => Promise<T>, ended: (result: T) => string): Promise<T> {
    const promptId = calls.getStore();
    const began = performance.now();
    const say = (end: string): void => log(`${what}${end}, ${Math.round(performance.now() - began)} ms`, { level: 'debug', promptId });
    try {
      const result = await run();
      say(ended(result));
      return result;
    } catch (error) {
      say(`: failed with ${errorType(error)}`);
      throw error;
    }
  }
  return {
    prompt: async (request, run) =>
      calls.run(request.promptId, async () =>
        timed(
          `prompt ${request.promptId} ${request.model ?? ''}`.trimEnd(),
          run,
          ({ model, stopReason, usage }) =>
            `${request.model === undefined ? ` ${model}` : ''}: ${stopReason}, ${usage.inputTokens ?? '?'} + ${usage.outputTokens ?? '?'} tokens`,
        ),
      ),
    embed: async (request, run) =>
      calls.run(request.embedId, async () =>
        timed(`embed ${request.embedId} ${request.model ?? ''}`.trimEnd(), run, ({ usage }) => `: ${usage.inputTokens ?? '?'} tokens`),
      ),
    around: () => undefined,
    watch(provider) {
      const { embed } = provider;
      return {
        ...provider,
        prompt: async (call, emit) =>
          timed(
            `attempt ${call.model.id}`,
            async () => provider.prompt(call, emit),
            ({ stopReason }) => `: ${stopReason}`,
          ),
        ...(embed === undefined
          ? {}
          : {
              embed: async (call: Parameters<typeof embed>[0]) =>
                timed(
                  `attempt ${call.model.id}`,
                  async () => embed.call(provider, call),
                  () => ': end',
                ),
            }),
      };
    },
  };
}
