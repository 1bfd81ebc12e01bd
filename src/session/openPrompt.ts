import type { PromptParams } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { createDeltaPump, type DeltaPump } from '../pump/deltaPump.ts';
import { includeDeltas } from '../pump/includeDeltas.ts';
import type { Session } from './session.ts';

interface Connection {
  readonly promptId: string;
  readonly signal: AbortSignal;
  readonly peer: { notify(method: string, params: object): Promise<void>; readonly backlogBytes: number };
}

/** Answers that the host has not read yet; above this no more work is taken on. Bytes. */
const maxBacklogBytes = 64 * 1024 * 1024;
const retryAfterMs = 1000;

/** Gives a prompt its place among the running ones and its pump, for as long as `run` takes. */
export async function openPrompt<T>(session: Session, { stream, groupId }: PromptParams, connection: Connection, run: (pump: DeltaPump | undefined) => Promise<T>): Promise<T> {
  const { promptId, peer } = connection;
  if (session.prompts.has(promptId)) throw new Failure('duplicateId', `A prompt with the promptId "${promptId}" is running: choose another.`);
  if (peer.backlogBytes > maxBacklogBytes) throw overloaded('the host has not read the answers it has');
  const maxBytes = session.host?.limits?.maxNotificationBytes ?? 32 * 1024;
  const send = async (seq: number, deltas: object[]): Promise<void> => peer.notify('llm/delta', { promptId, seq, deltas });
  const pump = stream && includeDeltas(createDeltaPump(send, { maxBytes, window: stream.window, intervalMs: stream.intervalMs ?? 0 }), stream.include);
  const done = Promise.withResolvers<void>();
  session.prompts.set(promptId, { pump, groupId, done: done.promise });
  let release: (() => void) | null = null;
  try {
    release = await session.slots.take(connection.signal);
    if (release === null) throw overloaded('as many prompts run as limits.max_concurrent_prompts allows, and more are waiting');
    return await run(pump);
  } finally {
    release?.();
    session.prompts.delete(promptId);
    // The answer leaves in this turn, before that of a shutdown or a close that waits for it.
    setImmediate(done.resolve);
  }
}

function overloaded(why: string): Failure {
  return new Failure('overloaded', `The sidecar is overloaded: ${why}.`, { retryable: true, retryAfterMs });
}
