import type { Cost, Message, PromptStep, StopReason, Usage } from '../../protocol/index.ts';
import { addCosts, addUsage } from '../pricing/add.ts';
import { callTools, canAnswer, type CalledTools } from './callTools.ts';
import { checkPatched } from './checkPatched.ts';
import type { Engine } from './engine.ts';
import type { EnteredHooks, PromptScope } from './ports.ts';
import { promptTools, type PromptTools } from './promptTools.ts';
import { schemaFailure } from './schemaFailure.ts';
import { sendStep, type Running, type SentStep } from './sendStep.ts';
import { toolContent } from './toolContent.ts';
import { joinToolMessages, toolCallsOf, unansweredCalls, type ToolCallPart } from './toolMessages.ts';
import { withReservation } from './withReservation.ts';

/** How a chain ended; `failure` set: not well. What every step used is known in every case. */
export interface RunChain {
  readonly steps: PromptStep[];
  /** What the chain adds to the messages that were sent. */
  readonly added: readonly Message[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly failure: unknown;
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
  const end = (stopReason: StopReason, failure?: unknown): RunChain => ({
    steps,
    added,
    stopReason,
    usage: addUsage(steps.map((step) => step.usage)),
    cost: addCosts(steps.map((step) => step.cost)),
    failure,
  });
  const answerCalls = async (calls: readonly ToolCallPart[], step: number): Promise<CalledTools> => {
    const { promptId, groupId, actor, depth } = scope;
    const called = await callTools(calls, tools.answers, {
      scope: { promptId, groupId, actor, depth, step },
      signal: stop.signal,
      timeoutMs: running.limits.toolTimeoutMs,
      read: async (content) => toolContent(content, { model: prepared.model, load: engine.loadAttachments, signal: stop.signal }),
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
      const sent = await runStep(engine, running, { hooks, scope, tools, step, added });
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
  at: { hooks: EnteredHooks; scope: PromptScope; tools: PromptTools; step: number; added: readonly Message[] },
): Promise<SentStep> {
  const { prepared, request, answer } = running;
  const { hooks, scope, step } = at;
  const started = performance.now();
  const messages = joinToolMessages([...prepared.loaded, ...at.added]);
  const start = await hooks.stepStart({ step, system: prepared.system, options: prepared.options, messages });
  const { promptId, groupId, purpose, actor } = scope;
  const end = async (sent: Pick<SentStep, 'stopReason' | 'failure' | 'usage' | 'cost'>): Promise<void> =>
    hooks.stepEnd(step, { ...endOf(sent), content: answer.content(step), durationMs: performance.now() - started });
  let sent: SentStep;
  try {
    checkPatched(prepared.model, prepared.options, start);
    // What the caller demands of the first response would make the chain go round for ever.
    const toolChoice = step === 0 || request.toolChoice === 'none' ? request.toolChoice : undefined;
    sent = await withReservation(
      engine.ledger,
      { id: step === 0 ? promptId : `${promptId}#${step}`, model: prepared.model.id, purpose, actor, groupId },
      async () => sendStep(engine, running, { start, messages, tools: at.tools.specs, toolChoice }),
    );
    sent = { ...sent, failure: sent.failure ?? schemaFailure(request.schema, sent.stopReason, answer.content(step)) };
  } catch (error) {
    await end({
      stopReason: 'interrupted',
      failure: error,
      usage: { inputTokens: 0, outputTokens: 0 },
      cost: { usd: '0', source: 'computed' },
    });
    throw error;
  }
  await end(sent);
  return sent;
}

/** What hooks are told of an end. */
export function endOf(ended: Pick<RunChain, 'stopReason' | 'failure' | 'usage' | 'cost'>): {
  outcome: 'ok' | 'error' | 'cancelled';
  error: unknown;
  usage: Usage;
  cost: Cost;
} {
  const { stopReason, failure, usage, cost } = ended;
  const outcome = stopReason === 'cancelled' ? 'cancelled' : failure === undefined && stopReason !== 'interrupted' ? 'ok' : 'error';
  return { outcome, error: failure, usage, cost };
}
