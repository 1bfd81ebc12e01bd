import type { Json, JsonObject } from '../../../protocol/index.ts';

/**
 * Where the wires put the usage: beside the answer (chat completions, Gemini), in `message` and then again beside it
 * (Anthropic), in `response` (OpenAI Responses), in `delta` (Cohere), in `x_groq`.
 */
export function usageOf(event: JsonObject): JsonObject | undefined {
  for (const holder of [event, event['message'], event['response'], event['delta'], event['x_groq']]) {
    if (!isObject(holder)) continue;
    const usage = holder['usage'] ?? holder['usageMetadata'];
    if (isObject(usage)) return usage;
  }
  return undefined;
}

/** The provider's error, if this event is one: an object, or a string. */
export function problemOf(event: JsonObject): Json | undefined {
  const response = event['response'];
  const choices = event['choices'];
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  for (const holder of [event, response, choice, event['x_groq']]) {
    if (!isObject(holder)) continue;
    const error = holder['error'];
    if ((isObject(error) && Object.keys(error).length > 0) || (typeof error === 'string' && error !== ''))
      return typeof error === 'string' ? { ...holder } : error;
  }
  return event['type'] === 'error' || event['object'] === 'error' ? event : undefined;
}

/** A provider may tell its usage in several events, each with some of the members. */
export function mergeUsage(before: JsonObject | undefined, next: JsonObject): JsonObject {
  if (before === undefined) return next;
  const merged = { ...before };
  for (const name in next) if (next[name] !== null && next[name] !== undefined) merged[name] = next[name];
  return merged;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
