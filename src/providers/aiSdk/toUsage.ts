import type { Json, JsonObject, Usage } from '../../../protocol/index.ts';

/**
 * A provider's own usage object as ours. Read from the raw object, not from the packages' numbers: those say 0 where the
 * provider said nothing. The wires are told apart by the names of their members:
 * chat completions (`prompt_tokens`), OpenAI Responses and Anthropic (`input_tokens`), Gemini (`promptTokenCount`),
 * Cohere (`tokens`, else `billed_units`).
 */
export function toUsage(raw: JsonObject | undefined): Usage {
  if (raw === undefined) return { inputTokens: null, outputTokens: null };
  const counts = 'promptTokenCount' in raw || 'candidatesTokenCount' in raw || 'trafficType' in raw ? gemini(raw) : others(raw);
  const usage: Usage = { inputTokens: counts.input ?? null, outputTokens: counts.output ?? null };
  if (counts.reasoning !== undefined) usage.reasoningTokens = counts.reasoning;
  if (counts.cacheRead !== undefined) usage.cacheReadTokens = counts.cacheRead;
  if (counts.cacheWrite !== undefined) usage.cacheWriteTokens = counts.cacheWrite;
  usage.raw = raw;
  return usage;
}

interface Counts {
  input: number | undefined;
  output: number | undefined;
  reasoning: number | undefined;
  cacheRead: number | undefined;
  cacheWrite: number | undefined;
}

function others(raw: JsonObject): Counts {
  if ('prompt_tokens' in raw || 'completion_tokens' in raw) return chat(raw);
  const tokens = raw['tokens'] ?? raw['billed_units'];
  return named(isObject(tokens) ? { ...tokens, cached_tokens: raw['cached_tokens'] ?? null } : raw);
}

function chat(raw: JsonObject): Counts {
  const input = count(raw['prompt_tokens']);
  const written = count(raw['completion_tokens']);
  const reasoning = count(member(raw, 'completion_tokens_details', 'reasoning_tokens'));
  return {
    input,
    output: withReasoning(written, reasoning, count(raw['total_tokens']) === sum(input, written, reasoning)),
    reasoning,
    cacheRead: count(member(raw, 'prompt_tokens_details', 'cached_tokens') ?? raw['prompt_cache_hit_tokens'] ?? raw['cached_tokens']),
    cacheWrite: count(member(raw, 'prompt_tokens_details', 'cache_write_tokens')),
  };
}

/** OpenAI Responses counts cached tokens in `input_tokens`; Anthropic counts them beside it. */
function named(raw: JsonObject): Counts {
  const cacheRead = count(raw['cache_read_input_tokens']);
  const cacheWrite = count(raw['cache_creation_input_tokens']);
  const input = sum(count(raw['input_tokens']), cacheRead, cacheWrite);
  const written = count(raw['output_tokens']);
  const reasoning = count(
    member(raw, 'output_tokens_details', 'reasoning_tokens') ?? member(raw, 'output_tokens_details', 'thinking_tokens'),
  );
  return {
    input,
    output: withReasoning(written, reasoning, count(raw['total_tokens']) === sum(input, written, reasoning)),
    reasoning,
    cacheRead: cacheRead ?? count(member(raw, 'input_tokens_details', 'cached_tokens') ?? raw['cached_tokens']),
    cacheWrite: cacheWrite ?? count(member(raw, 'input_tokens_details', 'cache_write_tokens')),
  };
}

/** xAI leaves reasoning out of the output; that its total is the sum of all three gives it away. */
function withReasoning(written: number | undefined, reasoning: number | undefined, apart: boolean): number | undefined {
  return apart ? sum(written, reasoning) : written;
}

/** Gemini counts thoughts beside the candidates, and the prompts of its own tools beside the prompt. */
function gemini(raw: JsonObject): Counts {
  const reasoning = count(raw['thoughtsTokenCount']);
  return {
    input: sum(count(raw['promptTokenCount']), count(raw['toolUsePromptTokenCount'])),
    output: sum(count(raw['candidatesTokenCount']), reasoning),
    reasoning,
    cacheRead: count(raw['cachedContentTokenCount']),
    cacheWrite: undefined,
  };
}

function count(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined;
}

/** Of those that are known; undefined when none is. */
function sum(...counts: (number | undefined)[]): number | undefined {
  const known = counts.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
}

function member(raw: JsonObject, holder: string, name: string): Json | undefined {
  const value = raw[holder];
  return isObject(value) ? (value[name] ?? undefined) : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
