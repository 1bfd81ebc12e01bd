import { ResponseError } from 'vscode-jsonrpc/node';
import type { Json, ParsedParamsOf, serverRequests, ServerRequest } from '../protocol/index.ts';
import { LLMError, messageOf } from './errors.ts';
import type { HookRegistry, RegisteredHook } from './hookRegistry.ts';
import type { HookScope } from './hooks.ts';
import type { PromptHooks } from './promptHooks.ts';
import { HookMistake } from './promptSpan.ts';

type Params<Method extends ServerRequest> = ParsedParamsOf<(typeof serverRequests)[Method]>;
type HookRequest = Extract<ServerRequest, `hook/${string}`>;

/** A request of the sidecar as the host's hooks answer it, ready for the wire. */
export type HookAnswers = { [Method in HookRequest]: (params: Params<Method>, signal: AbortSignal) => Promise<unknown> };

/** `isOwn`: whether this client has made the prompt, and so sees its answer. */
export function createHookAnswers(registry: HookRegistry, prompts: PromptHooks, isOwn: (promptId: string) => boolean): HookAnswers {
  const find = <Point extends RegisteredHook['point']>(id: string, point: Point) => {
    const hook = registry.find(id);
    if (hook?.point !== point) throw new ResponseError(-32_602, `This host has no hook "${id}" for ${point}.`);
    return hook as Extract<RegisteredHook, { point: Point }>;
  };

  return {
    'hook/filterModels': async ({ registrationId, models, ...about }, signal) => {
      const kept = await find(registrationId, 'filterModels').run(models, scopeOf(about, signal));
      return { models: kept?.map(idOf) ?? null };
    },
    'hook/defaultModel': async ({ registrationId, models, ...about }, signal) => {
      const named = await find(registrationId, 'defaultModel').run({ ...scopeOf(about, signal), models });
      return { model: named == null ? null : idOf(named) };
    },
    'hook/promptStart': async (params, signal) => {
      const hook = find(params.registrationId, 'promptContext');
      try {
        const patch = await prompts.start(hook, params, signal);
        return { action: 'continue', ...(Object.keys(patch).length > 0 && { patch }) };
      } catch (error) {
        if (signal.aborted) throw error;
        return refusalOf(error, hook.onFailure);
      }
    },
    'hook/promptEnd': async (params) => {
      await prompts.end(find(params.registrationId, 'promptContext'), params, !isOwn(params.promptId));
      return null;
    },
    'hook/groupExit': async ({ registrationId, groupId, reason, prompts: count, usage, cost, ...about }, signal) => {
      await find(registrationId, 'groupExit').run({ ...scopeOf(about, signal), group: groupId, reason, prompts: count, usage, cost });
      return null;
    },
  };
}

function scopeOf(about: Omit<Params<'hook/defaultModel'>, 'registrationId' | 'models'>, signal: AbortSignal): HookScope {
  const { purpose, actor, metadata, groupId: group, depth } = about;
  return { purpose, actor, metadata, group, depth, signal };
}

function idOf(named: string | { readonly id: string }): string {
  return typeof named === 'string' ? named : named.id;
}

/** Names of errors that nobody throws to refuse. */
const defects: readonly string[] = ['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'AbortError', 'TimeoutError'];

/**
 * What a hook threw before a response: a refusal, or its failure, which is thrown on. As it is for plugins: with `onFailure:
 * 'skip'` only a `Refusal` refuses; a prompt of the hook's own that failed is a failure of the hook.
 */
function refusalOf(error: unknown, onFailure: 'fail' | 'skip' | undefined): { action: 'reject'; reason: string; data?: Json } {
  const { name, kind, syscall } = Object(error) as { name?: string; kind?: string; syscall?: string };
  const refused = { action: 'reject' as const, reason: messageOf(error) };
  if (name === 'Refusal') return { ...refused, ...jsonOf(error) };
  if (error instanceof LLMError && kind === 'hookRejected') return { ...refused, ...jsonOf(error.data) };
  const isFailure = error instanceof LLMError || error instanceof HookMistake || syscall !== undefined || defects.includes(String(name));
  if (isFailure || onFailure === 'skip') throw error;
  return { ...refused, ...jsonOf(error) };
}

/** `data` for the caller's `error.data.data`, if it is JSON. */
function jsonOf(of: unknown): { data?: Json } {
  try {
    const { data } = Object(of) as { data?: unknown };
    return data === undefined ? {} : { data: JSON.parse(JSON.stringify(data)) as Json };
  } catch {
    return {};
  }
}
