import type { LanguageModelV4FinishReason, LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider';
import type { Collector } from './collector.ts';

/** How an answer ended, in the package's words. */
export interface Ending {
  finishReason: LanguageModelV4FinishReason | undefined;
  responseId: string | undefined;
  metadata: SharedV4ProviderMetadata | undefined;
  /** The first error part. The parts after it are not read: an answer with an error in it is not one. */
  error: { readonly value: unknown } | undefined;
  /** The package's own count of tokens, its raw object above all. */
  rawUsage: unknown;
}

/** Reads a package's stream to its end, or to its first error, and cancels what is left. */
export async function readStream(stream: ReadableStream<LanguageModelV4StreamPart>, collector: Collector): Promise<Ending> {
  const ending = createEnding();
  const reader = stream.getReader();
  try {
    while (ending.error === undefined) {
      const { done, value } = await reader.read();
      if (done) break;
      takePart(value, collector, ending);
    }
  } finally {
    // Of a stream that broke, this rejects with the error that is already on its way.
    await reader.cancel().catch(() => {});
  }
  return ending;
}

export function createEnding(): Ending {
  return { finishReason: undefined, responseId: undefined, metadata: undefined, error: undefined, rawUsage: undefined };
}

/** One part of a package's stream. */
export function takePart(part: LanguageModelV4StreamPart, collector: Collector, ending: Ending): void {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-input-delta':
      collector.append(part.id, part.delta, part.providerMetadata);
      return;
    case 'text-start':
      collector.begin('text', part.id, { metadata: part.providerMetadata });
      return;
    case 'reasoning-start':
      collector.begin('reasoning', part.id, { metadata: part.providerMetadata });
      return;
    case 'text-end':
    case 'reasoning-end':
      collector.end(part.id, part.providerMetadata);
      return;
    case 'tool-input-start':
      if (part.providerExecuted !== true) collector.begin('toolCall', part.id, { name: part.toolName, metadata: part.providerMetadata });
      return;
    case 'tool-call':
      collector.toolCall(part);
      return;
    case 'file':
      collector.file(part);
      return;
    case 'stream-start':
      collector.warnings(part.warnings);
      return;
    case 'response-metadata':
      ending.responseId ??= part.id;
      return;
    case 'error':
      ending.error = { value: part.error };
      return;
    case 'finish':
      ending.finishReason = part.finishReason;
      ending.metadata = part.providerMetadata;
      ending.rawUsage = part.usage.raw;
      return;
    default:
  }
}
