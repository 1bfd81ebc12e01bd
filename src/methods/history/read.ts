import { readHistory } from '../../engine/history.ts';
import type { Session } from '../../session/session.ts';
import type { Params, Result } from '../handlers.ts';

export async function read({ engine }: Session, { responseId }: Params<'history/read'>): Promise<Result<'history/read'>> {
  return readHistory(engine, responseId);
}
