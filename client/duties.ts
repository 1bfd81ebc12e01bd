import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { ResponseError } from 'vscode-jsonrpc/node';
import type { ClientRequest, Json, PromptResult } from '../protocol/index.ts';
import type { LLMError } from './errors.ts';
import { createHookAnswers } from './hookAnswers.ts';
import type { HookRegistry } from './hookRegistry.ts';
import type { RequestParams, RequestResult } from './link.ts';
import { createPromptHooks, type HookError } from './promptHooks.ts';
import { answerSecret, type ResolveSecret } from './secrets.ts';
import { paused, type ToolCallParams, type ToolSet } from './tools.ts';

/** What a host owes its sidecar: answers to hooks and tools, and to tell how deep in them its own calls are. */
export interface Duties {
  /** Answers a request of the sidecar. Rejects with a `ResponseError`, or with what the host's code threw. */
  answer(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
  /** Sends a request of the host's. A prompt ends for the host when all its hooks around it have ended. */
  around<Method extends ClientRequest>(method: Method, params: RequestParams<Method>, send: Send<Method>): Promise<RequestResult<Method>>;
  /** Has the tools of a prompt called until the returned function is. The calls of other prompts come back in the answer. */
  serveTools(promptId: string, tools: ToolSet): () => void;
  /** Resolves when everything that is asked of the sidecar now has been answered. */
  settled(): Promise<void>;
}

type Send<Method extends ClientRequest> = (params: RequestParams<Method>) => Promise<RequestResult<Method>>;

export function createDuties(registry: HookRegistry, resolveSecret?: ResolveSecret): Duties {
  const depths = new AsyncLocalStorage<number>();
  const hooks = createPromptHooks();
  const toolSets = new Map<string, ToolSet>();
  const asked = new Set<Promise<unknown>>();
  /** The prompts of this client that have no answer yet. */
  const prompts = new Map<string, { handsBack: boolean }>();

  const answers: Record<string, (params: never, signal: AbortSignal) => Promise<unknown>> = {
    ...createHookAnswers(registry, hooks, (promptId) => prompts.has(promptId)),
    ping: async () => ({}),
    'secret/resolve': async (params: { name: string }, signal) => answerSecret(resolveSecret, params, signal),
    'tool/call': async (params: ToolCallParams, signal) => {
      const tools = toolSets.get(params.promptId);
      if (tools !== undefined) return tools.call(params, signal);
      const prompt = prompts.get(params.promptId);
      if (prompt !== undefined) prompt.handsBack = true;
      return paused;
    },
  };

  const sendPrompt = async (params: RequestParams<'llm/prompt'>, send: Send<'llm/prompt'>): Promise<PromptResult> => {
    const promptId = params.promptId ?? randomUUID();
    const prompt = { handsBack: false };
    prompts.set(promptId, prompt);
    let result: PromptResult;
    try {
      result = await send({ ...params, promptId });
    } catch (error) {
      prompts.delete(promptId);
      await hooks.leave(promptId, { error: error as LLMError });
      throw error;
    }
    prompts.delete(promptId);
    // The caller answers these calls, as it does those of a sidecar that calls no tools.
    if (prompt.handsBack && result.stopReason === 'paused') result = { ...result, stopReason: 'toolCalls' };
    return withHookErrors(result, await hooks.leave(promptId, { result }));
  };

  const around = async (method: ClientRequest, params: object, send: (params: never) => Promise<unknown>): Promise<unknown> => {
    const depth = depths.getStore();
    const sent = depth === undefined || !method.startsWith('llm/') ? params : withDepth(params, depth);
    const answer = method === 'llm/prompt' ? sendPrompt(sent, send as Send<'llm/prompt'>) : send(sent as never);
    asked.add(answer);
    try {
      return await answer;
    } finally {
      asked.delete(answer);
    }
  };

  return {
    around: around as Duties['around'],
    answer: async (method, params, signal) => {
      const answer = Object.hasOwn(answers, method) ? answers[method] : undefined;
      if (answer === undefined) throw new ResponseError(-32_601, `This host does not know ${method}.`);
      const given = params ?? {};
      return depths.run(depthOf(given), async () => answer(given as never, signal));
    },
    serveTools: (promptId, tools) => {
      toolSets.set(promptId, tools);
      return () => toolSets.delete(promptId);
    },
    settled: async () => void (await Promise.allSettled(asked)),
  };
}

function depthOf(params: { depth?: unknown; _meta?: { depth?: unknown } | null }): number {
  const depth = params.depth ?? params._meta?.depth;
  return typeof depth === 'number' ? depth : 0;
}

function withDepth(params: { _meta?: object }, depth: number): object {
  return { ...params, _meta: { ...params._meta, depth } };
}

function withHookErrors(result: PromptResult, errors: readonly HookError[]): PromptResult {
  if (errors.length === 0) return result;
  const before = (result._meta?.['hookErrors'] ?? []) as Json[];
  return { ...result, _meta: { ...result._meta, hookErrors: [...before, ...errors.map((error) => ({ ...error }))] } };
}
