import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { Collector } from '../aiSdk/collector.ts';
import { createEnding, type Ending } from '../aiSdk/readStream.ts';
import type { Exchange } from '../http/exchange.ts';
import { objectOf, readEvents } from './readEvents.ts';
import type { OpenReader } from './reader.ts';

export interface Asked {
  readonly model: LanguageModelV4;
  readonly options: LanguageModelV4CallOptions;
  readonly exchange: Exchange;
  readonly collector: Collector;
}

/**
 * Whether a reader of ours can read what is asked for. Of a call that may have warnings the package has to be given something to read,
 * and of an answer in one piece that would be all of it.
 */
export function canRead({ options, exchange }: Pick<Asked, 'options' | 'exchange'>): boolean {
  return exchange.stream || isPlain(options);
}

/** The package writes the request and reads refusals; a good answer is read by a reader of ours. */
export async function readAnswer(
  open: OpenReader,
  { model, options, exchange, collector, namespace }: Asked & { readonly namespace: string },
): Promise<Ending> {
  exchange.kept = isPlain(options) ? 'all' : 'events';
  try {
    if (!exchange.stream) await model.doGenerate(options);
    else await takeWarnings((await model.doStream(options)).stream, collector);
  } catch (error) {
    if (exchange.answer === undefined) throw error;
  }
  const ending = createEnding();
  const { answer } = exchange;
  if (answer === undefined) throw new Error('a provider package made no request');
  const reader = open({ collector, ending, namespace });
  if ('text' in answer) {
    const whole = objectOf(answer.text);
    answer.onEvent(whole);
    reader.takeWhole(whole);
    reader.end();
    return ending;
  }
  await readEvents(answer.stream, {
    onBytes: answer.onBytes,
    onEvent(event) {
      answer.onEvent(event);
      reader.take(event);
    },
    onEnd() {
      answer.onEnd();
      reader.end();
    },
  });
  return ending;
}

/** A prompt of text without a setting: there is nothing that a package could warn of. */
function isPlain({ prompt, ...settings }: LanguageModelV4CallOptions): boolean {
  return (
    Object.keys(settings).every((name) => name === 'abortSignal') &&
    prompt.every(
      ({ content }) => typeof content === 'string' || content.every((part) => part.type === 'text' && part.providerOptions === undefined),
    )
  );
}

/** The first part of every package's stream. */
async function takeWarnings(stream: ReadableStream<LanguageModelV4StreamPart>, collector: Collector): Promise<void> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  if (value?.type === 'stream-start') collector.warnings(value.warnings);
  await reader.cancel().catch(() => {});
}
