import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRecordings, promptCases, startReplay, type RecordedCase, type Replay } from './support/recordings.ts';
import { canaryKey, question, runOnPort, settingsOf, toolsOf, type Outcome } from './support/runCase.ts';

const cases = promptCases();

describe.skipIf(!hasRecordings)(`every recorded response, ${cases.length} of them`, () => {
  let replay: Replay;
  beforeAll(async () => {
    replay = await startReplay();
  });
  afterAll(() => replay.close());

  const run = async (recorded: RecordedCase, changed: { type?: string; stream?: boolean } = {}): Promise<void> => {
    const settings = settingsOf(recorded, `${replay.url}/case/${recorded.id}`);
    const outcome = await runOnPort({
      settings: { ...settings, type: changed.type ?? settings.type, api: changed.type === undefined ? settings.api : undefined },
      messages: question,
      tools: toolsOf(recorded),
      stream: changed.stream ?? recorded.stream,
    });
    expectRecorded(outcome, recorded);
    expect(JSON.stringify(outcome)).not.toContain(canaryKey);
  };

  it.each(named(cases))('%s', (_id, recorded) => run(recorded));
  // A server that answers in one piece, or in a stream, whatever is asked for.
  it.each(named(cases))('%s, asked for the other way', (_id, recorded) => run(recorded, { stream: !recorded.stream }));

  const chat = cases.filter(({ api }) => api === 'openai-chat');
  it.each(named(chat))('%s, through openai-compatible', (_id, recorded) => run(recorded, { type: 'openai-compatible' }));
  it.each(named(chat.filter(({ id }) => id.startsWith('openrouter-'))))('%s, through openrouter', (_id, recorded) =>
    run(recorded, { type: 'openrouter' }),
  );
});

function named(some: readonly RecordedCase[]): (readonly [string, RecordedCase])[] {
  return some.map((one) => [one.id, one] as const);
}

function expectRecorded(outcome: Outcome, { id, expected, accept }: RecordedCase): void {
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
