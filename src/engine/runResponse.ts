import type { ContentPart, Message } from '../../protocol/index.ts';
import { checkPatched } from './checkPatched.ts';
import { nothingSpent } from './costOf.ts';
import { endOf } from './endOf.ts';
import type { Engine } from './engine.ts';
import type { ResponseContent } from './moneyPorts.ts';
import type { EnteredHooks, HookError, PromptScope, StepStart } from './ports.ts';
import type { PreparedPrompt } from './preparePrompt.ts';
import type { PromptTools } from './promptTools.ts';
import { schemaFailure } from './schemaFailure.ts';
import { sendStep, sentIn, type Running, type SentStep, type StepCall } from './sendStep.ts';
import { shareOf } from './throughGate.ts';
import { joinToolMessages } from './toolMessages.ts';
import { warn } from './warn.ts';
import { withReservation, type Spending } from './withReservation.ts';

/** Where in its chain a response stands. */
export interface ResponsePlace {
  readonly hooks: EnteredHooks;
  readonly scope: PromptScope;
  readonly tools: PromptTools;
  readonly step: number;
  /** No model has answered yet. */
  readonly isFirst: boolean;
  /** What the chain has added to the messages so far. */
  readonly added: readonly Message[];
  readonly hookErrors: HookError[];
}

/** One response with its hooks and its money. Throws what refused it before it was sent. */
export async function runResponse(engine: Engine, running: Running, at: ResponsePlace): Promise<SentStep> {
  const { prepared, request, answer, snapshot } = running;
  const { hooks, scope, step } = at;
  const started = performance.now();
  const messages = joinToolMessages([...prepared.loaded, ...at.added]);
  const start = await hooks.stepStart({ step, system: prepared.system, options: prepared.options, messages });
  const end = (sent: Pick<SentStep, 'stopReason' | 'failure' | 'usage' | 'cost'>): Promise<void> =>
    hooks.stepEnd(step, { ...endOf(sent), content: answer.content(step), durationMs: performance.now() - started });
  let sent: SentStep;
  try {
    checkPatched(prepared.model, prepared.options, start);
    // What the caller demands of the first response would make the chain go round for ever.
    const toolChoice = at.isFirst || request.toolChoice === 'none' ? request.toolChoice : undefined;
    const call: StepCall = { start, messages, tools: at.tools.specs, toolChoice, share: shareOf(scope) };
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
