import { listHistory } from '../../engine/history.ts';
import type { Session } from '../../session/session.ts';
import type { Params, Result } from '../handlers.ts';

export async function list({ engine }: Session, { filter, query, limit, before }: Params<'history/list'>): Promise<Result<'history/list'>> {
  return { responses: await listHistory(engine, { filter, query, limit, before }) };
}
