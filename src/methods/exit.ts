import type { Session } from '../session/session.ts';

export function exit(session: Session): void {
  session.exit(session.state === 'shutDown' || session.state === 'shuttingDown' ? 0 : 1);
}
