import type { Actor, JsonObject } from '../../protocol/index.ts';
import type { Hook, HookScope, PromptHook, PromptScope, StepPatch, StepStart } from '../engine/ports.ts';
import { Failure } from '../lib/failure.ts';
import type { AskContext, Plugin, PluginLlm, PromptContext } from '../plugin/plugin.ts';
import { createContextRun, type ContextRun } from './contextRun.ts';
import { lastUserText } from './lastUserText.ts';
import { ownFailure, toRefusal } from './pluginRefusal.ts';
import { createResponseLog, describeEnd } from './responseLog.ts';

/** Makes the `llm` of one call of a plugin. */
export type CreateLlm = (call: { readonly depth: number; readonly actor: Actor; readonly signal: AbortSignal }) => PluginLlm;

/** A plugin as the hooks of a call see it. */
export function pluginHook(plugin: Plugin, createLlm: CreateLlm): Hook {
  const { name, order, timeoutMs, onFailure, match } = plugin;
  const context = ({ purpose, actor, metadata, depth, signal }: HookScope): AskContext => ({
    purpose,
    actor,
    metadata,
    depth,
    signal,
    llm: createLlm({ depth, actor, signal }),
  });
  return {
    id: name,
    registeredBy: name,
    order,
    timeoutMs,
    onFailure,
    match,
    ...(plugin.filterModels && {
      filterModels: async (models, scope) => own(plugin, async () => readKept(name, await plugin.filterModels?.(models, context(scope)))),
    }),
    ...(plugin.defaultModel && {
      defaultModel: async (models, scope) =>
        own(plugin, async () => readDefault(name, await plugin.defaultModel?.(scope.purpose, scope.actor, models, context(scope)))),
    }),
    ...(plugin.promptContext && { prompt: async (scope) => around(plugin, scope, context) }),
    ...(plugin.groupExit && {
      groupExit: async ({ groupId: group, reason, prompts, usage, cost, ...scope }, signal) =>
        plugin.groupExit?.({ group, reason, prompts, usage, cost, ...context({ ...scope, signal }) }),
    }),
  };
}

/** The code before runs with the first response: only then is known what is sent, as the hooks before have left it. */
function around(plugin: Plugin, scope: PromptScope, toContext: (scope: HookScope) => AskContext): PromptHook {
  const log = createResponseLog({ purpose: scope.purpose, group: scope.groupId });
  let run: ContextRun | undefined;
  let patch: StepPatch = {};
  let told = 0;
  const begin = async (start: StepStart, signal: AbortSignal): Promise<void> => {
    let open = true;
    const change = (more: { readonly system?: string; readonly options?: JsonObject }): void => {
      if (!open) throw new TypeError('patch() comes before the response');
      patch = { system: more.system ?? patch.system, options: { ...patch.options, ...more.options } };
    };
    const context: PromptContext = {
      ...toContext({ ...scope, signal }),
      promptId: scope.promptId,
      modelId: scope.model,
      group: scope.groupId,
      prompt: lastUserText(start.messages),
      messages: start.messages,
      system: start.system,
      options: start.options,
      patch: change,
      onResponseDone: log.onResponseDone,
    };
    run = createContextRun(plugin, context);
    try {
      await run.before();
    } catch (error) {
      throw toRefusal(plugin, error);
    } finally {
      open = false;
    }
  };
  /** A callback that failed is told like a hook that failed. */
  const tell = (): void => {
    const fresh = log.failures.slice(told);
    told = log.failures.length;
    if (fresh.length > 0)
      throw new Error(`onResponseDone: ${fresh.map((error) => (error instanceof Error ? error.message : String(error))).join('; ')}`);
  };
  return {
    async stepStart(start, signal) {
      if (!run) await begin(start, signal);
      return patch;
    },
    async stepEnd(step, end) {
      await log.done({ step, model: scope.model, ...describeEnd(end) });
      tell();
    },
    async leave(end) {
      await run?.after(log.response(end));
      await log.settled();
      tell();
    },
  };
}

async function own<T>(plugin: Plugin, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw ownFailure(plugin, error);
  }
}

function readKept(plugin: string, answer: unknown): readonly string[] | null {
  if (answer === null || answer === undefined) return null;
  const names = Array.isArray(answer)
    ? answer.map((one: unknown) => (typeof one === 'object' && one !== null && 'id' in one ? one.id : one))
    : [undefined];
  if (!names.every((name) => typeof name === 'string')) throw wrongAnswer(plugin, 'filterModels', 'a list of models or null');
  return names;
}

function readDefault(plugin: string, answer: unknown): string | null {
  if (answer === null || answer === undefined) return null;
  if (typeof answer !== 'string') throw wrongAnswer(plugin, 'defaultModel', 'the name of a model or null');
  return answer;
}

function wrongAnswer(plugin: string, point: string, expected: string): Failure {
  return new Failure('hookFailed', `${point} of the plugin ${plugin} has to give ${expected}.`, { registrationId: plugin });
}
