import { endSession } from '../session/endSession.ts';
import type { Session } from '../session/session.ts';

/** How long running prompts may take to finish by themselves. protocol 7. */
const patienceMs = 10_000;

export async function shutdown(session: Session): Promise<null> {
  session.state = 'shuttingDown';
  await endSession(session, 'shutdown', patienceMs);
  session.state = 'shutDown';
  return null;
}
