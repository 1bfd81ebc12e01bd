import type { Cost, Usage } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { addCosts, addUsage } from '../pricing/add.ts';
import type { Engine } from './engine.ts';
import type { Group, GroupEnd, GroupResponse } from './groups.ts';

export interface GroupReport {
  readonly groupId: string;
  readonly responses: readonly GroupResponse[];
  readonly usage: Usage;
  readonly cost: Cost;
  readonly exitHooks: { ran: number; failed: { registrationId: string; message: string }[] };
}

export interface CloseRequest {
  readonly mode: 'wait' | 'cancel';
  /** After this a wait becomes a cancel. */
  readonly timeoutMs: number | undefined;
  readonly reason: GroupEnd;
}

/**
 * Refuses new prompts at once, waits for the running ones in parallel (or cancels them), runs every exit hook, reports.
 * A second close gets the same report; it may turn a waiting one into a cancel. behaviour 6.2, 6.3.
 */
export async function closeGroup(engine: Engine, id: string, request: CloseRequest): Promise<GroupReport> {
  const group = engine.groups.find(id);
  if (request.mode === 'cancel') group.cancel();
  const timer = request.timeoutMs === undefined ? undefined : setTimeout(() => group.cancel(), request.timeoutMs);
  try {
    group.closing ??= end(engine, group, request.reason);
    return (await group.closing) as GroupReport;
  } finally {
    clearTimeout(timer);
  }
}

async function end(engine: Engine, group: Group, reason: GroupEnd): Promise<GroupReport> {
  await group.idle();
  const { responses, scope } = group;
  await scope.reservation?.close().catch((error: unknown) => {
    engine.log(
      `llm-sidecar: what the group ${scope.id} holds was not given back: ${error instanceof Failure ? error.message : String(error)}`,
    );
  });
  const usage = addUsage(responses.map((response) => response.usage));
  const cost = addCosts(responses.map((response) => response.cost));
  const ended = group.signal.aborted && reason === 'closed' ? 'cancelled' : reason;
  const exitHooks = await engine.hooks().groupExit({
    groupId: scope.id,
    reason: ended,
    prompts: responses.length,
    usage,
    cost,
    purpose: scope.purpose,
    actor: scope.actor,
    metadata: scope.metadata,
    depth: scope.depth,
  });
  return { groupId: scope.id, responses, usage, cost, exitHooks };
}
