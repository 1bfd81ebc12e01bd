import type { Json, JsonObject } from '../../../protocol/index.ts';
import type { LineMender } from '../http/watchEvents.ts';

/**
 * Servers of open models (LM Studio, vLLM) tell the reasoning itself, as `reasoning_text`, where OpenAI tells a summary. The
 * package reads summaries only, so the one becomes the other.
 */
export const reasoningTextAsSummary: LineMender = {
  needle: 'response.reasoning_text.delta',
  mend: (line) =>
    line.replace('response.reasoning_text.delta', 'response.reasoning_summary_text.delta').replace('"content_index"', '"summary_index"'),
};

/** The same in an answer that came in one piece. */
export function withReasoningSummaries(body: JsonObject): JsonObject | undefined {
  const output = body['output'];
  if (!Array.isArray(output) || !output.some(hasUnsummarised)) return undefined;
  return { ...body, output: output.map((item) => (hasUnsummarised(item) ? { ...item, summary: textsOf(item) } : item)) };
}

function hasUnsummarised(item: Json): item is JsonObject {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false;
  return item['type'] === 'reasoning' && (!Array.isArray(item['summary']) || item['summary'].length === 0) && textsOf(item).length > 0;
}

function textsOf(item: JsonObject): JsonObject[] {
  const content = Array.isArray(item['content']) ? item['content'] : [];
  return content.flatMap((part) => {
    const text =
      typeof part === 'object' && part !== null && !Array.isArray(part) && part['type'] === 'reasoning_text' ? part['text'] : undefined;
    return typeof text === 'string' && text !== '' ? [{ type: 'summary_text', text }] : [];
  });
}
