import { listConversations } from '../../engine/conversations.ts';
import type { Session } from '../../session/session.ts';
import type { Params, Result } from '../handlers.ts';

export async function list({ engine }: Session, { limit, before }: Params<'conversation/list'>): Promise<Result<'conversation/list'>> {
  return { conversations: [...(await listConversations(engine, { limit, before }))] };
}
