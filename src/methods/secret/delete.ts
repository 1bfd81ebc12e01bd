import { deleteSecret as remove } from '../../engine/secrets.ts';
import type { Session } from '../../session/session.ts';
import type { Params } from '../handlers.ts';

export async function deleteSecret({ secrets }: Session, { name, actor = null }: Params<'secret/delete'>): Promise<null> {
  await remove(secrets, name, actor);
  return null;
}
