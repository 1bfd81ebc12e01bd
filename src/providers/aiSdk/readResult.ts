import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { Collector } from './collector.ts';
import { createEnding, type Ending } from './readStream.ts';

/** An answer that came in one piece, as the same events. */
export function readResult(result: LanguageModelV4GenerateResult, collector: Collector): Ending {
  collector.warnings(result.warnings);
  result.content.forEach((part, index) => {
    const id = `part-${index}`;
    switch (part.type) {
      case 'text':
      case 'reasoning':
        collector.begin(part.type, id, { metadata: part.providerMetadata });
        collector.append(id, part.text);
        collector.end(id, undefined);
        return;
      case 'tool-call':
        collector.toolCall(part);
        return;
      case 'file':
        collector.file(part);
        return;
      default:
    }
  });
  return {
    ...createEnding(),
    finishReason: isUnderWay(result.response?.body) ? undefined : result.finishReason,
    responseId: result.response?.id,
    metadata: result.providerMetadata,
    rawUsage: result.usage.raw,
  };
}

/** The package takes a response that says it is still `in_progress`, `queued` or was `cancelled` for one that is whole. */
function isUnderWay(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('object' in body) || body.object !== 'response' || !('status' in body)) return false;
  return typeof body.status === 'string' && !['completed', 'incomplete', 'failed'].includes(body.status);
}
