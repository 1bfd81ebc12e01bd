import { Failure } from '../lib/failure.ts';
import type { Session } from './session.ts';

const beforeInitialize = new Set(['initialize', 'ping', 'rpc.discover']);
const whileShuttingDown = new Set(['shutdown', 'ping', 'rpc.discover', 'llm/groupClose']);

/** What a request is refused with because of when it comes; null: it may go on. protocol 1.5 and 7. */
export function admit(session: Session, method: string): Failure | null {
  if (session.state === 'new' && !beforeInitialize.has(method)) return new Failure('notInitialized', `Send initialize before ${method}.`);
  if (session.state !== 'new' && method === 'initialize')
    return new Failure('invalidRequest', 'initialize comes once, and it was answered already.');
  if ((session.state === 'shuttingDown' || session.state === 'shutDown') && !whileShuttingDown.has(method)) {
    return new Failure('shuttingDown', 'The sidecar is shutting down and takes no new work: start another one.');
  }
  return null;
}
