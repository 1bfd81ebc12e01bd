import type { ContentPart, Cost, Message, PromptStep, StopReason, Usage } from '../../protocol/index.ts';
import { addCosts, addUsage } from '../pricing/add.ts';
import type { Answer } from './answer.ts';
import { callTools, canAnswer, type CalledTools } from './callTools.ts';
import { checkPatched } from './checkPatched.ts';
import { nothingSpent } from './costOf.ts';
import type { Engine } from './engine.ts';
import type { ResponseContent } from './moneyPorts.ts';
import { outcomeOf } from './outcomeOf.ts';
import type { EnteredHooks, HookError, PromptScope, StepStart } from './ports.ts';
import type { PreparedPrompt } from './preparePrompt.ts';
import { promptTools, type PromptTools } from './promptTools.ts';
import { schemaFailure } from './schemaFailure.ts';
import { sendStep, sentIn, type Running, type SentStep, type StepCall } from './sendStep.ts';
import { toolContent } from './toolContent.ts';
import { joinToolMessages, toolCallsOf, unansweredCalls, type ToolCallPart } from './toolMessages.ts';
import { withReservation, type Spending } from './withReservation.ts';

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
export async function runChain(engine: Engine, running: Running, hooks: EnteredHooks, scope: PromptScope): Promise<RunChain> {
  const { prepared, request, answer, stop } = running;
  const tools = promptTools(request, prepared.tools);
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
    const called = await callTools(calls, tools.answers, {
      scope: { promptId, groupId, actor, depth, step },
      signal: stop.signal,
      timeoutMs: running.snapshot.limits.toolTimeoutMs,
      read: async (content) => {
        const { maxToolResultBytes: maxBytes } = running.snapshot.limits;
        return toolContent(content, { model: prepared.model, load: engine.loadAttachments, maxBytes, signal: stop.signal });
      },
      done: (result) => answer.toolResult(result),
    });
    if (called.results.length > 0) added.push({ role: 'tool', content: [...called.results] });
    return called;
  };
  const answerable = (calls: readonly ToolCallPart[]): boolean => canAnswer(calls, tools.answers, request.answerTool !== undefined);

  try {
    const open = unansweredCalls(prepared.loaded);
    if (open.length > 0 && answerable(open)) {
      const { paused } = await answerCalls(open, 0);
      stop.signal.throwIfAborted();
      if (paused) return end('paused');
    }
    for (let step = 0; ; step++) {
      const sent = await runStep(engine, running, { hooks, scope, tools, step, added, hookErrors });
      const content = answer.content(step);
      const { stopReason, usage, cost, finish } = sent;
      const done: PromptStep = {
        model: prepared.model.id,
        ...(finish?.responseId === undefined ? {} : { responseId: finish.responseId }),
        stopReason,
        usage,
        cost,
        content,
      };
      steps.push(done);
      if (content.length > 0)
        added.push({
          role: 'assistant',
          content,
          ...(finish?.providerMetadata === undefined ? {} : { providerMetadata: finish.providerMetadata }),
        });
      if (sent.failure !== undefined) return end('interrupted', sent.failure);
      const calls = toolCallsOf(content);
      if (stopReason !== 'toolCalls' || calls.length === 0 || !answerable(calls)) return end(stopReason);
      if (step + 1 >= (request.maxSteps ?? defaultMaxSteps)) return end('stepLimit');
      const { results, paused } = await answerCalls(calls, step);
      steps[step] = { ...done, toolResults: [...results] };
      stop.signal.throwIfAborted();
      if (paused) return end('paused');
    }
  } catch (error) {
    if (stop.cause === 'cancelled') return end('cancelled');
    if (steps.length === 0) throw error;
    return end('interrupted', stop.cause === 'timeout' ? stop.timeoutFailure() : error);
  }
}

async function runStep(
  engine: Engine,
  running: Running,
  at: { hooks: EnteredHooks; scope: PromptScope; tools: PromptTools; step: number; added: readonly Message[]; hookErrors: HookError[] },
): Promise<SentStep> {
  const { prepared, request, answer, snapshot } = running;
  const { hooks, scope, step } = at;
  const started = performance.now();
  const messages = joinToolMessages([...prepared.loaded, ...at.added]);
  const start = await hooks.stepStart({ step, system: prepared.system, options: prepared.options, messages });
  const end = async (sent: Pick<SentStep, 'stopReason' | 'failure' | 'usage' | 'cost'>): Promise<void> =>
    hooks.stepEnd(step, { ...endOf(sent), content: answer.content(step), durationMs: performance.now() - started });
  let sent: SentStep;
  try {
    checkPatched(prepared.model, prepared.options, start);
    // What the caller demands of the first response would make the chain go round for ever.
    const toolChoice = step === 0 || request.toolChoice === 'none' ? request.toolChoice : undefined;
    const call: StepCall = { start, messages, tools: at.tools.specs, toolChoice };
    const spent = await withReservation(engine, snapshot.money, spendingOf(running, scope, call), async (held) => {
      if (held.warning) warn(answer, held.warning);
      const sent = await sendStep(engine, running, call, held);
      const answered = answer.content(step);
      const failure = sent.failure ?? schemaFailure(request.schema, sent.stopReason, answered);
      return { ...sent, failure, content: snapshot.keepContent ? contentOf(prepared, start, at.added, answered) : undefined };
    });
    at.hookErrors.push(...spent.hookErrors);
    sent = spent.result;
  } catch (error) {
    await end({ stopReason: 'interrupted', failure: error, ...nothingSpent });
    throw error;
  }
  await end(sent);
  return sent;
}

function spendingOf({ prepared, request, stop, group }: Running, scope: PromptScope, call: StepCall): Spending {
  const { promptId, groupId, purpose, actor } = scope;
  return {
    kind: 'prompt',
    promptId,
    step: call.start.step,
    groupId,
    group,
    conversationId: request.conversationId,
    model: prepared.model,
    purpose,
    actor,
    keySource: prepared.key.source,
    sent: sentIn(request, call),
    signal: stop.signal,
  };
}

/** Said once, however many responses there are. */
function warn(answer: Answer, warning: { readonly code: string; readonly message: string }): void {
  const isSaid = answer.warnings.some(({ code, message }) => code === warning.code && message === warning.message);
  if (!isSaid) answer.take({ type: 'warning', ...warning });
}

/** Files as they were named; of a later response only what came after the answer before it. */
function contentOf(prepared: PreparedPrompt, start: StepStart, added: readonly Message[], answer: ContentPart[]): ResponseContent {
  const answered = added.findLastIndex(({ role }) => role === 'assistant');
  const isFirst = start.step === 0;
  return {
    system: isFirst ? start.system : undefined,
    messages: [...(isFirst ? prepared.asked : []), ...added.slice(answered + 1)],
    answer,
  };
}

/** What hooks are told of an end. */
export function endOf({ stopReason, failure, usage, cost }: Pick<RunChain, 'stopReason' | 'failure' | 'usage' | 'cost'>) {
  return { outcome: outcomeOf({ stopReason, failure }).outcome, error: failure, usage, cost };
}
