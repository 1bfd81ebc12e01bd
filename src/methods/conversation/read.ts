import { readConversation } from '../../engine/conversations.ts';
import type { Session } from '../../session/session.ts';
import type { Params, Result } from '../handlers.ts';

export async function read({ engine }: Session, params: Params<'conversation/read'>): Promise<Result<'conversation/read'>> {
  const { id, model, messages } = await readConversation(engine, params.id);
  return { id, model, messages: [...messages] };
}
