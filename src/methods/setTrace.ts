import type { Session } from '../session/session.ts';

export function setTrace(session: Session, { value }: { value: Session['trace'] }): void {
  session.trace = value;
}
