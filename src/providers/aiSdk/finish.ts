import { InvalidResponseDataError } from '@ai-sdk/provider';
import type { JsonObject, StopReason } from '../../../protocol/index.ts';
import type { ModelFinish } from '../../engine/ports.ts';
import { Failure } from '../../lib/failure.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Collector } from './collector.ts';
import type { ProviderDefinition } from './definition.ts';
import type { Ending } from './readStream.ts';
import { toUsage } from './toUsage.ts';

/**
 * Decides what ended well. The packages do not: an error may be followed by a finish, and a stream that was cut off, a page
 * of HTML or nothing at all look like short answers. Throws what went wrong, for toFailure.
 */
export function toFinish(ending: Ending, exchange: Exchange, about: { collector: Collector; definition: ProviderDefinition }): ModelFinish {
  const { collector, definition } = about;
  const failed = exchange.problem !== undefined || (ending.error !== undefined && !saysOnlyUnfinished(ending.error.value, exchange));
  if (failed) throw new AnswerError(ending.error?.value);
  const stopReason = stopReasonOf(ending, definition.guessesFinish === true);
  collector.endAll();
  const raw = exchange.usage ?? (ending.rawUsage as JsonObject | undefined);
  if (stopReason === 'interrupted' && !collector.hasContent()) throw nothing(exchange);
  const usage = toUsage(raw);
  const costUsd = raw === undefined ? undefined : definition.costUsd?.(raw);
  return {
    stopReason,
    usage,
    ...(ending.responseId === undefined ? {} : { responseId: ending.responseId }),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...messageMetadata(ending, definition),
  };
}

function messageMetadata({ metadata = {} }: Ending, definition: ProviderDefinition): Pick<ModelFinish, 'providerMetadata'> {
  for (const [namespace, own] of Object.entries(metadata)) {
    const kept = Object.entries(own ?? {}).filter(
      ([name, value]) => definition.messageMetadata?.includes(name) === true && value !== undefined,
    );
    if (kept.length > 0) return { providerMetadata: { [namespace]: Object.fromEntries(kept) as JsonObject } };
  }
  return {};
}

/** An error that came within an answer. `cause` may be anything: a package's error, the provider's own object, a string. */
export class AnswerError extends Error {
  constructor(cause: unknown) {
    super('the answer holds an error', { cause });
  }
}

function stopReasonOf({ finishReason, error }: Ending, guesses: boolean): StopReason {
  if (finishReason === undefined || error !== undefined) return 'interrupted';
  const { unified, raw } = finishReason;
  // Without a word of the provider, the stream only stopped.
  if (raw === undefined && (unified === 'other' || guesses)) return 'interrupted';
  switch (unified) {
    case 'stop':
      return 'end';
    case 'length':
      return 'length';
    case 'tool-calls':
      return 'toolCalls';
    case 'content-filter':
      return 'contentFilter';
    case 'error':
      throw new Error(`the provider ended with ${raw ?? 'an error'}`);
    default:
      return unified;
  }
}

/** The stream came to its proper end, the provider only never said why it stopped. */
function saysOnlyUnfinished(error: unknown, exchange: Exchange): boolean {
  return exchange.ended && InvalidResponseDataError.isInstance(error) && error.data === undefined;
}

function nothing({ name, status }: Exchange): Failure {
  return new Failure('providerError', `${name} ended its answer before it began. Try again later, or use another model.`, {
    retryable: true,
    provider: { name, ...(status === undefined ? {} : { status }) },
  });
}
