import type { JsonObject, ParsedParamsOf, serverRequests } from '../protocol/index.ts';
import { reportFailure } from './callbacks.ts';
import { LLMError, messageOf } from './errors.ts';
import type { RegisteredHook } from './hookRegistry.ts';
import { createResponses, type Responses } from './hookResponses.ts';
import type { PromptContext, PromptPatch } from './hooks.ts';
import { endedPrompt, endedResponse, type PromptEnded } from './promptResponse.ts';
import { openSpan, type PromptSpan } from './promptSpan.ts';
import { settlesWithin } from './timing.ts';

export type PromptStartParams = ParsedParamsOf<(typeof serverRequests)['hook/promptStart']>;
export type PromptEndParams = ParsedParamsOf<(typeof serverRequests)['hook/promptEnd']>;
type ContextHook = Extract<RegisteredHook, { point: 'promptContext' }>;

/** A hook whose failure did not matter, as the sidecar has it in `_meta.hookErrors`. */
export interface HookError {
  readonly registrationId: string;
  readonly message: string;
}

/** The contexts around the prompts that run. */
export interface PromptHooks {
  /** Before a response. Rejects with what the hook threw to refuse it. */
  start(hook: ContextHook, params: PromptStartParams, signal: AbortSignal): Promise<PromptPatch>;
  /** After a response: runs the callbacks. `last`: the prompt has no answer that this client sees, so it ends here. */
  end(hook: ContextHook, params: PromptEndParams, last: boolean): Promise<void>;
  /** After the prompt: leaves its contexts, the last one that was entered first. Never rejects. */
  leave(promptId: string, ended: PromptEnded): Promise<HookError[]>;
}

interface Entry {
  readonly hook: ContextHook;
  readonly responses: Responses;
  readonly started: PromptStartParams;
  readonly span: PromptSpan;
  /** What the hook changes, in every response. */
  readonly patch: { system?: string | undefined; options?: JsonObject | undefined };
  /** Whether the hook has let the prompt go on. */
  readonly state: { isEntered: boolean };
}

export function createPromptHooks(): PromptHooks {
  const running = new Map<string, Entry[]>();

  const find = (hook: ContextHook, promptId: string) => running.get(promptId)?.find((entry) => entry.hook.id === hook.id);
  const add = (entry: Entry) => running.set(entry.started.promptId, [...(running.get(entry.started.promptId) ?? []), entry]);
  const take = (taken: Entry) => {
    const { promptId } = taken.started;
    const left = (running.get(promptId) ?? []).filter((other) => other !== taken);
    if (left.length === 0) running.delete(promptId);
    else running.set(promptId, left);
  };

  return {
    start: async (hook, params, signal) => {
      const known = find(hook, params.promptId);
      if (known !== undefined) return known.patch;
      const entry = enter(hook, params, signal);
      add(entry);
      try {
        await entry.span.entered;
        entry.state.isEntered = true;
        return entry.patch;
      } catch (error) {
        take(entry);
        throw error;
      }
    },

    end: async (hook, params, last) => {
      const entry = find(hook, params.promptId);
      if (entry === undefined) return;
      const response = endedResponse(params);
      const called = entry.responses.add(response);
      if (!last) return called;
      take(entry);
      const left = entry.span.leave(endedPrompt({ response }, entry));
      const failed = (await Promise.allSettled([called, left])).find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },

    leave: async (promptId, ended) => {
      const entries = running.get(promptId) ?? [];
      running.delete(promptId);
      const errors: HookError[] = [];
      for (const entry of entries.toReversed()) {
        const { hook, span } = entry;
        const leaving = span.leave(endedPrompt(ended, entry));
        const failed = (error: unknown) => {
          errors.push({ registrationId: hook.id, message: messageOf(error) });
          reportFailure(error);
        };
        // One that is still before the prompt is not waited for: the sidecar has given it up too.
        if (!entry.state.isEntered) leaving.catch(() => {});
        else if (await settlesWithin(leaving, hook.timeoutMs)) await leaving.catch(failed);
        else failed(new LLMError('hookTimeout', `The hook ${hook.id} was not done ${hook.timeoutMs} ms after the prompt.`));
      }
      return errors;
    },
  };
}

function enter(hook: ContextHook, started: PromptStartParams, signal: AbortSignal): Entry {
  const responses = createResponses();
  const patch: Entry['patch'] = {};
  const state = { isEntered: false };
  const { promptId, groupId: group, model: modelId, purpose, actor, metadata, depth, prompt, messages, system, options } = started;
  const scope = { group, purpose, actor, metadata, depth, signal };
  const context: PromptContext = {
    ...scope,
    promptId,
    modelId,
    prompt,
    messages,
    system,
    options,
    onResponseDone: responses.onResponseDone,
    patch: (change) => {
      if (state.isEntered) throw new TypeError('patch() comes before the response.');
      if (change.system !== undefined) patch.system = change.system;
      if (change.options !== undefined) patch.options = { ...patch.options, ...change.options };
    },
  };
  return { hook, responses, started, patch, state, span: openSpan(hook.run, context) };
}
