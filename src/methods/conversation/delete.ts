import { deleteConversation as remove } from '../../engine/conversations.ts';
import type { Session } from '../../session/session.ts';
import type { Context, Params } from '../handlers.ts';

export async function deleteConversation({ engine }: Session, { id }: Params<'conversation/delete'>, { signal }: Context): Promise<null> {
  await remove(engine, id, signal);
  return null;
}
