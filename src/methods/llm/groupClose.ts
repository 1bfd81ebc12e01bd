import { closeGroup } from '../../engine/closeGroup.ts';
import { toWireError } from '../../rpc/errors.ts';
import type { Session } from '../../session/session.ts';
import type { Params, Result } from '../handlers.ts';

export async function groupClose({ engine, prompts }: Session, params: Params<'llm/groupClose'>): Promise<Result<'llm/groupClose'>> {
  const mode = params.mode === 'cancel' ? 'cancel' : 'wait';
  const running = [...prompts.values()].filter(({ groupId }) => groupId === params.groupId);
  const report = await closeGroup(engine, params.groupId, { mode, timeoutMs: params.timeoutMs, reason: 'closed' });
  await Promise.all(running.map(({ done }) => done));
  const responses = report.responses.map(({ error, ...response }) =>
    error === undefined ? response : { ...response, error: toWireError(error) },
  );
  return { ...report, responses };
}
