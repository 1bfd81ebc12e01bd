import { expect } from 'vitest';
import type { RecordedCase } from './recordings.ts';
import type { Outcome } from './runCase.ts';

/** An outcome against what the index says a correct client reads, in the words of the protocol. */
export function expectRecorded(outcome: Outcome, { id, expected, accept }: RecordedCase): void {
  if (expected.text === undefined) {
    expect({ id, ...outcome.error }).toMatchObject(errors[id] ?? { id: 'has no row in the table' });
    expect(outcome.error?.retryAfterMs ?? null).toBe(expected.error?.retryAfterMs ?? null);
    return;
  }
  const failed = expected.finishReason === 'error';
  const reasons = accept?.finishReason ?? [expected.finishReason ?? null];
  if (failed) expect(outcome.error, id).toMatchObject(errors[id] ?? { kind: 'has no row in the table' });
  else {
    expect(outcome.error).toBeNull();
    expect(reasons.map((reason) => stopReasons[String(reason)])).toContain(outcome.stopReason);
    expect(outcome.responseId).toBe(expected.responseId);
  }
  expect(accept?.text ?? [expected.text]).toContain(outcome.text);
  expect(outcome.reasoning).toBe(expected.reasoning);
  expect(outcome.toolCalls).toEqual(
    (expected.toolCalls ?? []).map(({ id: callId, name, input }) => ({ id: callId ?? (expect.any(String) as unknown), name, args: input })),
  );
  expect({
    input: outcome.usage.inputTokens,
    output: outcome.usage.outputTokens,
    cachedInput: outcome.usage.cacheReadTokens ?? null,
    cacheWrite: outcome.usage.cacheWriteTokens ?? null,
    reasoning: outcome.usage.reasoningTokens ?? null,
  }).toEqual(expected.usage);
}

const stopReasons: Record<string, string> = {
  stop: 'end',
  length: 'length',
  'tool-calls': 'toolCalls',
  'content-filter': 'contentFilter',
  null: 'interrupted',
  interrupted: 'interrupted',
};

/** What each recorded error is to a caller. */
const errors: Record<string, { kind: string; retryable: boolean }> = {
  'openai-responses-quota-error-stream': { kind: 'providerQuota', retryable: false },
  'openai-responses-error-401': { kind: 'providerAuth', retryable: false },
  'openai-responses-error-400-context': { kind: 'contextLength', retryable: false },
  'openai-chat-error-404-model': { kind: 'modelNotFound', retryable: false },
  'openai-chat-error-429-azure': { kind: 'rateLimited', retryable: true },
  'openai-chat-error-429-quota': { kind: 'providerQuota', retryable: false },
  'anthropic-error-401': { kind: 'providerAuth', retryable: false },
  'anthropic-error-400-context': { kind: 'contextLength', retryable: false },
  'anthropic-error-429': { kind: 'rateLimited', retryable: true },
  'anthropic-error-529': { kind: 'providerError', retryable: true },
  'anthropic-midstream-overloaded': { kind: 'providerError', retryable: true },
  'google-error-400-key': { kind: 'providerAuth', retryable: false },
  'google-error-429-retryinfo': { kind: 'rateLimited', retryable: true },
  'groq-midstream-error': { kind: 'providerError', retryable: false },
  'deepseek-error-400-context': { kind: 'contextLength', retryable: false },
  'xai-error-400-key': { kind: 'providerAuth', retryable: false },
  'openrouter-midstream-error': { kind: 'providerError', retryable: false },
};
