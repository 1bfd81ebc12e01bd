import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import type { Collector } from '../aiSdk/collector.ts';
import { createEnding, type Ending } from '../aiSdk/readStream.ts';
import type { ExchangeBody } from '../http/exchange.ts';
import { readEvents } from './readEvents.ts';
import type { OpenReader } from './reader.ts';

interface Reading {
  readonly open: OpenReader;
  readonly collector: Collector;
  readonly namespace: string;
  /** What the package made of an answer without events: its warnings are in it. */
  readonly packageStream: ReadableStream<LanguageModelV4StreamPart>;
}

/** An answer by a reader of ours: of its body, which the transport kept from the package. */
export async function readBody(body: ExchangeBody, { open, collector, namespace, packageStream }: Reading): Promise<Ending> {
  await takeWarnings(packageStream, collector);
  const ending = createEnding();
  const reader = open({ collector, ending, namespace });
  await readEvents(body.stream, {
    onBytes: body.onBytes,
    onEvent(event) {
      body.onEvent(event);
      reader.take(event);
    },
    onEnd() {
      body.onEnd();
      reader.end();
    },
  });
  return ending;
}

/** The first part of every package's stream. */
async function takeWarnings(stream: ReadableStream<LanguageModelV4StreamPart>, collector: Collector): Promise<void> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  if (value?.type === 'stream-start') collector.warnings(value.warnings);
  await reader.cancel().catch(() => {});
}
