import type { Session } from '../session/session.ts';

export function exit(session: Session): void {
  session.exit();
}
