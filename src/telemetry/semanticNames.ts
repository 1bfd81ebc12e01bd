import type { Usage } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';

/** https://opentelemetry.io/docs/specs/semconv/gen-ai/; what those do not have is under `llm_sidecar.`. */
export const names = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  outputType: 'gen_ai.output.type',
  conversation: 'gen_ai.conversation.id',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  tokenType: 'gen_ai.token.type',
  errorType: 'error.type',
  promptId: 'llm_sidecar.prompt.id',
  purpose: 'llm_sidecar.purpose',
  groupId: 'llm_sidecar.group.id',
  steps: 'llm_sidecar.steps',
  attempt: 'llm_sidecar.attempt',
  costUsd: 'llm_sidecar.cost.usd',
} as const;

/** The buckets are those that the conventions advise. */
export const metricNames = {
  duration: {
    name: 'gen_ai.client.operation.duration',
    description: 'GenAI operation duration.',
    unit: 's',
    buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
  tokens: {
    name: 'gen_ai.client.token.usage',
    description: 'Number of input and output tokens used.',
    unit: '{token}',
    buckets: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
  },
} as const;

/** Well-known values of `gen_ai.provider.name` that are not what we call it. */
const providers: Readonly<Record<string, string>> = { google: 'gcp.gemini', mistral: 'mistral_ai', xai: 'x_ai' };

export function providerName(name: string): string {
  return Object.hasOwn(providers, name) ? (providers[name] ?? name) : name;
}

export type Attributes = Record<string, string | number | boolean | string[]>;

export function usageAttributes(usage: Usage | undefined): Attributes {
  return known({
    [names.inputTokens]: usage?.inputTokens,
    [names.outputTokens]: usage?.outputTokens,
    [names.reasoningTokens]: usage?.reasoningTokens,
    [names.cacheReadTokens]: usage?.cacheReadTokens,
    [names.cacheWriteTokens]: usage?.cacheWriteTokens,
  });
}

/** A kind of failure as the protocol has it; `aborted`: stopped from outside, by a cancel or a deadline. */
export function errorType(error: unknown): string {
  if (error instanceof Failure) return error.kind;
  return error instanceof Error && error.name === 'AbortError' ? 'aborted' : 'internalError';
}

/** Without what is not known. */
export function known(values: Readonly<Record<string, Attributes[string] | null | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value == null ? [] : [[name, value]])));
}
