import type { ContentPart, Cost, Message, PromptStep, StopReason, Usage } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { addCosts, addUsage } from '../pricing/add.ts';
import type { Answering } from './answering.ts';
import { callTools, canAnswer, type CalledTools } from './callTools.ts';
import { endOf } from './endOf.ts';
import type { Engine } from './engine.ts';
import type { HookError, PromptEnd, PromptScope } from './ports.ts';
import type { PreparedPrompt } from './preparePrompt.ts';
import { promptTools, type PromptTools } from './promptTools.ts';
import { runResponse } from './runResponse.ts';
import type { Running, SentStep } from './sendStep.ts';
import { toolContent } from './toolContent.ts';
import { toolCallsOf, unansweredCalls, type ToolCallPart } from './toolMessages.ts';
import { warn } from './warn.ts';

/** How a chain ended; `failure` set: not well. What every step used is known in every case. */
export interface RunChain {
  readonly steps: PromptStep[];
  /** What the chain adds to the messages that were sent. */
  readonly added: readonly Message[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly failure: unknown;
  /** Of accountants that failed after a response. */
  readonly hookErrors: readonly HookError[];
}

const defaultMaxSteps = 10;

/**
 * Asks the model, answers its tool calls, asks again, until it needs nothing more. Never throws for what a provider or a
 * tool did. behaviour 5.5.
 */
export async function runChain(
  engine: Engine,
  running: Omit<Running, 'prepared'>,
  answering: Answering,
  scope: Omit<PromptScope, 'model'>,
): Promise<RunChain> {
  const { request, answer, stop } = running;
  const began = performance.now();
  const toolsNow = (): PromptTools => promptTools(request, answering.prepared.tools);
  const { loaded } = answering.prepared;
  const added: Message[] = [];
  const steps: PromptStep[] = [];
  const hookErrors: HookError[] = [];
  const end = (stopReason: StopReason, failure?: unknown): RunChain => ({
    steps,
    added,
    stopReason,
    usage: addUsage(steps.map((step) => step.usage)),
    cost: addCosts(steps.map((step) => step.cost)),
    failure,
    hookErrors,
  });
  const answerCalls = async (calls: readonly ToolCallPart[], step: number): Promise<CalledTools> => {
    const { promptId, groupId, actor, depth } = scope;
    const called = await callTools(calls, toolsNow().answers, {
      scope: { promptId, groupId, actor, depth, step },
      signal: stop.signal,
      timeoutMs: running.snapshot.limits.toolTimeoutMs,
      read: async (content) => {
        const { maxToolResultBytes: maxBytes } = running.snapshot.limits;
        return toolContent(content, { model: answering.prepared.model, load: engine.loadAttachments, maxBytes, signal: stop.signal });
      },
      done: (result) => answer.toolResult(result),
    });
    if (called.results.length > 0) added.push({ role: 'tool', content: [...called.results] });
    return called;
  };
  const takeOver = async (failure: unknown): Promise<boolean> => {
    const ofHooks = (): PromptEnd => ({ ...endOf(end('interrupted', failure)), content: [], durationMs: performance.now() - began });
    const warning = await answering.next(failure, ofHooks);
    if (warning === undefined) return false;
    answer.reset('fallback');
    for (const each of [warning, ...answering.prepared.warnings]) warn(answer, each);
    return true;
  };
  const answerable = (calls: readonly ToolCallPart[]): boolean => canAnswer(calls, toolsNow().answers, request.answerTool !== undefined);

  try {
    const open = unansweredCalls(loaded);
    if (open.length > 0 && answerable(open)) {
      const { paused } = await answerCalls(open, 0);
      stop.signal.throwIfAborted();
      if (paused) return end('paused');
    }
    let responses = 0;
    /** Of the model before this one. */
    let failure: unknown;
    for (let step = 0; ;) {
      const { prepared, hooks } = answering;
      const place = {
        hooks,
        scope: { ...scope, model: prepared.model.id },
        tools: toolsNow(),
        isFirst: responses === 0,
        step,
        added,
        hookErrors,
      };
      let sent: SentStep;
      try {
        sent = await runResponse(engine, { ...running, prepared }, place);
      } catch (error) {
        if (failure === undefined || !(error instanceof Failure) || stop.signal.aborted) throw error;
        answering.refused(error);
        if (await takeOver(failure)) continue;
        return end('interrupted', answering.toldOf(failure));
      }
      const content = answer.content(step);
      const done = stepOf(prepared, sent, content);
      const at = steps.push(done) - 1;
      failure = sent.failure ?? (sent.stopReason === 'interrupted' ? cutOff(prepared.model.provider) : undefined);
      if (failure !== undefined && !stop.signal.aborted && (await takeOver(failure))) {
        steps[at] = { ...done, content: [], failure: toldFailure(failure) };
        step++;
        continue;
      }
      const { stopReason, finish } = sent;
      responses++;
      if (content.length > 0)
        added.push({
          role: 'assistant',
          content,
          ...(finish?.providerMetadata === undefined ? {} : { providerMetadata: finish.providerMetadata }),
        });
      if (sent.failure !== undefined) return end('interrupted', answering.toldOf(sent.failure));
      failure = undefined;
      const calls = toolCallsOf(content);
      if (stopReason !== 'toolCalls' || calls.length === 0 || !answerable(calls)) return end(stopReason);
      if (responses >= (request.maxSteps ?? defaultMaxSteps)) return end('stepLimit');
      const { results, paused } = await answerCalls(calls, step);
      steps[at] = { ...done, toolResults: [...results] };
      stop.signal.throwIfAborted();
      if (paused) return end('paused');
      step++;
    }
  } catch (error) {
    if (stop.cause === 'cancelled') return end('cancelled');
    if (steps.length === 0) throw error;
    return end('interrupted', stop.cause === 'timeout' ? stop.timeoutFailure() : error);
  }
}

function stepOf({ model }: PreparedPrompt, { finish, stopReason, usage, cost }: SentStep, content: ContentPart[]): PromptStep {
  const id = finish?.responseId;
  return { model: model.id, ...(id === undefined ? {} : { responseId: id }), stopReason, usage, cost, content };
}

function cutOff(provider: string): Failure {
  return new Failure('providerError', `${provider} ended its answer without saying that it was complete.`, { retryable: true });
}

function toldFailure(failure: unknown): PromptStep['failure'] {
  return failure instanceof Failure ? { kind: failure.kind, message: failure.message } : { kind: 'internalError', message: '' };
}
