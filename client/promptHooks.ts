import type { Cost, ParsedParamsOf, PromptResult, serverRequests, Usage } from '../protocol/index.ts';
import { reportFailure } from './callbacks.ts';
import { LLMError, messageOf } from './errors.ts';
import type { RegisteredHook } from './hookRegistry.ts';
import type { Ended, HookedPrompt, HookedResponse, PromptContext, PromptPatch } from './hooks.ts';
import { openSpan, type PromptSpan } from './promptSpan.ts';
import { createResponses, type Responses } from './hookResponses.ts';
import { settlesWithin } from './timing.ts';

export type PromptStartParams = ParsedParamsOf<(typeof serverRequests)['hook/promptStart']>;
export type PromptEndParams = ParsedParamsOf<(typeof serverRequests)['hook/promptEnd']>;
type ContextHook = Extract<RegisteredHook, { point: 'promptContext' }>;

/** How a prompt ended for the caller. */
export type PromptEnded = { readonly result: PromptResult } | { readonly error: LLMError };

/** A hook whose failure did not matter, as the sidecar has it in `_meta.hookErrors`. */
export interface HookError {
  readonly registrationId: string;
  readonly message: string;
}

/** The contexts around the prompts that run. */
export interface PromptHooks {
  /** Before a response. Rejects with what the hook threw to refuse it. */
  start(hook: ContextHook, params: PromptStartParams, signal: AbortSignal): Promise<PromptPatch | undefined>;
  /** After a response: runs the callbacks. `last`: the prompt has no answer that this client sees, so it ends here. */
  end(hook: ContextHook, params: PromptEndParams, last: boolean): Promise<void>;
  /** After the prompt: leaves its contexts, the last one that was entered first. Never rejects. */
  leave(promptId: string, ended: PromptEnded): Promise<HookError[]>;
}

interface Entry {
  readonly hook: ContextHook;
  readonly span: PromptSpan;
  readonly responses: Responses;
  /** Whether the hook has let the prompt go on. */
  isEntered: boolean;
}

export function createPromptHooks(): PromptHooks {
  const running = new Map<string, Entry[]>();

  const find = (hook: ContextHook, promptId: string) => running.get(promptId)?.find((entry) => entry.hook.id === hook.id);
  const take = (promptId: string, entry: Entry) => {
    const left = (running.get(promptId) ?? []).filter((other) => other !== entry);
    if (left.length === 0) running.delete(promptId);
    else running.set(promptId, left);
  };

  return {
    start: async (hook, params, signal) => {
      const { promptId } = params;
      const known = find(hook, promptId);
      if (known !== undefined) return known.span.entered;
      const responses = createResponses();
      const entry: Entry = { hook, responses, span: openSpan(hook.run, contextOf(params, responses, signal)), isEntered: false };
      running.set(promptId, [...(running.get(promptId) ?? []), entry]);
      try {
        const patch = await entry.span.entered;
        entry.isEntered = true;
        return patch;
      } catch (error) {
        take(promptId, entry);
        throw error;
      }
    },

    end: async (hook, params, last) => {
      const entry = find(hook, params.promptId);
      if (entry === undefined) return;
      const response = toResponse(params);
      const called = entry.responses.add(response);
      if (!last) return called;
      take(params.promptId, entry);
      const results = await Promise.allSettled([called, entry.span.leave({ ...response, ...entry.responses.shown })]);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },

    leave: async (promptId, ended) => {
      const entries = running.get(promptId) ?? [];
      running.delete(promptId);
      const errors: HookError[] = [];
      for (const { hook, span, responses, isEntered } of entries.toReversed()) {
        const leaving = span.leave(toPrompt(ended, responses));
        const failed = (error: unknown) => {
          errors.push({ registrationId: hook.id, message: messageOf(error) });
          reportFailure(error);
        };
        // One that is still before the prompt is not waited for: the sidecar has given it up too.
        if (!isEntered) leaving.catch(() => {});
        else if (await settlesWithin(leaving, hook.timeoutMs)) await leaving.catch(failed);
        else failed(new LLMError('hookTimeout', `The hook ${hook.id} was not done ${hook.timeoutMs} ms after the prompt.`));
      }
      return errors;
    },
  };
}

function contextOf(params: PromptStartParams, responses: Responses, signal: AbortSignal): PromptContext {
  const { registrationId: _, depth: __, _meta: ___, step: ____, ...shown } = params;
  return { ...shown, ...responses.shown, signal };
}

function toResponse({ step, model, durationMs, outcome, usage, cost, content = [], error }: PromptEndParams): HookedResponse {
  const text = content.map((part) => (part.type === 'text' ? (part as { text: string }).text : '')).join('');
  const status = (['ok', 'cancelled'] as const).find((known) => known === outcome) ?? 'error';
  const failure = error === undefined ? undefined : new LLMError(error.data?.kind ?? 'internalError', error.message, error);
  return { step, model, durationMs, text, usage, cost, status, error: failure };
}

function toPrompt(ended: PromptEnded, responses: Responses): HookedPrompt {
  const { shown } = responses;
  if ('error' in ended) return { ...spentOf(ended.error, shown.responses), ...textOf(shown.responses), ...failed(ended.error), ...shown };
  const { result } = ended;
  const { usage, cost, stopReason, parsed } = result;
  const status = stopReason === 'cancelled' ? 'cancelled' : stopReason === 'interrupted' ? 'error' : 'ok';
  return { usage, cost, status, parsed, ...textOf(shown.responses), error: shown.responses.at(-1)?.error, ...shown };
}

function textOf(responses: readonly HookedResponse[]): Pick<Ended, 'text'> {
  return { text: responses.map(({ text }) => text).join('') };
}

function failed(error: LLMError): Pick<Ended, 'status' | 'error'> {
  return { status: error.kind === 'cancelled' ? 'cancelled' : 'error', error };
}

/** The sidecar says what a failed prompt has cost; when it is gone, nobody knows. */
function spentOf({ data }: LLMError, responses: readonly HookedResponse[]): { usage: Usage; cost: Cost } {
  if (data?.partial !== undefined) return { usage: data.partial.usage, cost: data.partial.cost };
  const [only, ...more] = responses;
  if (only === undefined && data !== undefined)
    return { usage: { inputTokens: 0, outputTokens: 0 }, cost: { usd: '0', source: 'computed' } };
  if (only !== undefined && more.length === 0) return { usage: only.usage, cost: only.cost };
  return { usage: { inputTokens: null, outputTokens: null }, cost: { usd: null, source: 'unknown' } };
}
