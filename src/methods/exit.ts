import type { Session } from '../session/session.ts';

export function exit(session: Session): void {
  session.exit(session.state === 'shutDown' ? 0 : 1);
}
