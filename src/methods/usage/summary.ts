import { summarizeUsage } from '../../engine/history.ts';
import type { Session } from '../../session/session.ts';
import type { Params, Result } from '../handlers.ts';

export async function summary({ engine }: Session, { from, to, by, filter }: Params<'usage/summary'>): Promise<Result<'usage/summary'>> {
  return { rows: await summarizeUsage(engine, { from, to, by, filter }) };
}
