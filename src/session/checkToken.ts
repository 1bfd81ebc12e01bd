import { hash, timingSafeEqual } from 'node:crypto';
import { Failure } from '../lib/failure.ts';
import type { Session } from './session.ts';

/** Throws, and ends the session, where a token is demanded and another or none was given. */
export function checkToken(session: Pick<Session, 'token' | 'exit'>, given: string | undefined): void {
  const { token } = session;
  if (token === undefined || (given !== undefined && timingSafeEqual(digest(given), digest(token)))) return;
  // The answer goes first.
  setImmediate(() => session.exit());
  const message =
    'Over --socket initialize needs `token`: the value that LLM_SIDECAR_SOCKET_TOKEN had when the sidecar was started. The connection ends.';
  throw new Failure('invalidParams', message, { issues: [{ path: 'token', message: given === undefined ? 'is missing' : 'is wrong' }] });
}

/** Of one length, whatever the length of the text. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
