import { listModels } from '../../engine/listModels.ts';
import { depthOf } from '../../session/depth.ts';
import type { Session } from '../../session/session.ts';
import type { Context, Params, Result } from '../handlers.ts';

export async function models({ engine }: Session, params: Params<'llm/models'>, { signal }: Context): Promise<Result<'llm/models'>> {
  const { purpose, actor = null, includeUnavailable = false } = params;
  return listModels(engine, { purpose, actor, includeUnavailable, depth: depthOf(params) }, signal);
}
