import { ResponseError } from 'vscode-jsonrpc/node';
import type { Json, ParsedParamsOf, serverRequests, ServerRequest } from '../protocol/index.ts';
import { messageOf } from './errors.ts';
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
        return { action: 'continue', ...(patch !== undefined && { patch }) };
      } catch (error) {
        if (signal.aborted || error instanceof HookMistake) throw error;
        return { action: 'reject', reason: messageOf(error), ...dataOf(error) };
      }
    },
    'hook/promptEnd': async (params) => {
      await prompts.end(find(params.registrationId, 'promptContext'), params, !isOwn(params.promptId));
      return null;
    },
    'hook/groupExit': async ({ registrationId, groupId, reason, prompts: count, usage, cost, ...about }, signal) => {
      await find(registrationId, 'groupExit').run({ ...scopeOf(about, signal), groupId, reason, prompts: count, usage, cost });
      return null;
    },
  };
}

function scopeOf(about: Omit<Params<'hook/defaultModel'>, 'registrationId' | 'models'>, signal: AbortSignal): HookScope {
  const { depth: _, step: __, _meta: ___, ...scope } = about;
  return { ...scope, signal };
}

function idOf(named: string | { readonly id: string }): string {
  return typeof named === 'string' ? named : named.id;
}

/** What a hook says of its refusal, for the caller's `error.data.data`; only JSON can travel. */
function dataOf(error: unknown): { data?: Json } {
  try {
    const { data } = Object(error) as { data?: unknown };
    return data === undefined ? {} : { data: JSON.parse(JSON.stringify(data)) as Json };
  } catch {
    return {};
  }
}
