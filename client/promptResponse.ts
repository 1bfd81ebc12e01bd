import type { ContentPart, Cost, ParsedParamsOf, PromptResult, serverRequests, Usage } from '../protocol/index.ts';
import { LLMError } from './errors.ts';
import type { Responses } from './hookResponses.ts';
import type { PromptResponse, ResponseDone } from './hooks.ts';

/** How a prompt ended for its caller; or its one response, where this client sees no answer. */
export type PromptEnded = { readonly result: PromptResult } | { readonly error: LLMError } | { readonly response: ResponseDone };

type PromptEndParams = ParsedParamsOf<(typeof serverRequests)['hook/promptEnd']>;

/** A response that has ended, as the sidecar tells it. */
export function endedResponse({ step, model, durationMs, outcome, usage, cost, content = [], error }: PromptEndParams): ResponseDone {
  const status = (['ok', 'cancelled'] as const).find((known) => known === outcome) ?? 'error';
  const failure = error === undefined ? undefined : new LLMError(error.data?.kind ?? 'internalError', error.message, error);
  return { step, model, durationMs, text: textOf(content), content, usage, cost, status, error: failure };
}

/** A prompt that has ended, as a hook sees it. */
export function endedPrompt(
  ended: PromptEnded,
  { responses, started }: { readonly responses: Responses; readonly started: { purpose?: string; groupId?: string } },
): PromptResponse {
  const { done, onResponseDone } = responses;
  const content = done.flatMap((response) => response.content);
  const about = { responses: done, response: done.at(-1), onResponseDone, purpose: started.purpose, group: started.groupId };
  const durationMs = done.reduce((sum, response) => sum + response.durationMs, 0);
  return { ...about, content, text: textOf(content), durationMs, ...outcomeOf(ended, done) };
}

type Outcome = Pick<PromptResponse, 'status' | 'error' | 'usage' | 'cost'> & { durationMs?: number };

function outcomeOf(ended: PromptEnded, done: readonly ResponseDone[]): Outcome {
  if ('response' in ended) return ended.response;
  if ('error' in ended) return { ...spentOf(ended.error, done), status: statusOf(ended.error), error: ended.error };
  const { usage, cost, stopReason, timing } = ended.result;
  const { durationMs } = timing;
  if (stopReason === 'cancelled') return { usage, cost, durationMs, status: 'cancelled' };
  return { usage, cost, durationMs, status: stopReason === 'interrupted' ? 'error' : 'ok', error: done.at(-1)?.error };
}

function statusOf({ kind }: LLMError): 'cancelled' | 'error' {
  return kind === 'cancelled' ? 'cancelled' : 'error';
}

/** The sidecar says what a failed prompt has cost; when it is gone, nobody knows. */
function spentOf({ data }: LLMError, [only, ...more]: readonly ResponseDone[]): { usage: Usage; cost: Cost } {
  if (data?.partial !== undefined) return { usage: data.partial.usage, cost: data.partial.cost };
  if (only === undefined && data !== undefined) return nothing;
  if (only !== undefined && more.length === 0) return { usage: only.usage, cost: only.cost };
  return { usage: { inputTokens: null, outputTokens: null }, cost: { usd: null, source: 'unknown' } };
}

const nothing: { usage: Usage; cost: Cost } = { usage: { inputTokens: 0, outputTokens: 0 }, cost: { usd: '0', source: 'computed' } };

function textOf(content: readonly ContentPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
