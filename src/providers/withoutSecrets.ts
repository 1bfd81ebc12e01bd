import type { Usage } from '../../protocol/index.ts';
import type { ModelEvent } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import { redactFailure, type Redact } from '../lib/redactFailure.ts';
import type { LoadableProvider } from './aiSdk/createAiSdkProvider.ts';

/**
 * The provider with secrets taken out of all that it says besides the answer: failures, usage, ids, warnings. The answer
 * itself, with its tool calls and what has to be sent back with it, is the model's and stays as it came.
 */
export function withoutSecrets(provider: LoadableProvider, redact: Redact): LoadableProvider {
  const cleanUsage = (usage: Usage): Usage => (usage.raw === undefined ? usage : { ...usage, raw: redact(usage.raw) });
  const cleanEvent = (event: ModelEvent): ModelEvent => {
    if (event.type === 'usage') return { ...event, usage: cleanUsage(event.usage) };
    return event.type === 'warning' ? redact(event) : event;
  };
  const { embed } = provider;
  return {
    ...provider,
    async prompt(call, emit) {
      try {
        const { responseId, ...finish } = await provider.prompt(call, (event) => emit(cleanEvent(event)));
        return { ...finish, usage: cleanUsage(finish.usage), ...(responseId === undefined ? {} : { responseId: redact(responseId) }) };
      } catch (error) {
        throw cleanError(error, redact);
      }
    },
    ...(embed === undefined
      ? {}
      : {
          async embed(call) {
            try {
              const finish = await embed(call);
              return { ...finish, usage: cleanUsage(finish.usage) };
            } catch (error) {
              throw cleanError(error, redact);
            }
          },
        }),
  };
}

function cleanError(error: unknown, redact: Redact): unknown {
  return error instanceof Failure ? redactFailure(error, redact) : error;
}
