import { openGroup } from '../../engine/openGroup.ts';
import { depthOf } from '../../session/depth.ts';
import type { Session } from '../../session/session.ts';
import type { Context, Params, Result } from '../handlers.ts';

export async function groupOpen(
  { engine }: Session,
  params: Params<'llm/groupOpen'>,
  { signal }: Context,
): Promise<Result<'llm/groupOpen'>> {
  const { groupId, model, purpose, actor = null, reserveUsd, metadata } = params;
  const group = await openGroup(engine, { id: groupId, model, purpose, actor, reserveUsd, metadata, depth: depthOf(params) }, signal);
  return { groupId: group.id, model: group.model };
}
