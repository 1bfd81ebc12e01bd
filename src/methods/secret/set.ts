import { setSecret } from '../../engine/secrets.ts';
import { depthOf } from '../../session/depth.ts';
import type { Session } from '../../session/session.ts';
import type { Context, Params, Result } from '../handlers.ts';

export async function set({ secrets }: Session, params: Params<'secret/set'>, { signal }: Context): Promise<Result<'secret/set'>> {
  const { name, value, note, actor = null } = params;
  const { version } = await setSecret(secrets, { name, value, note, actor }, { signal, depth: depthOf(params) });
  return { version };
}
