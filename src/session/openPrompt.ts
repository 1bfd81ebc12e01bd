import type { PromptParams } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import { createDeltaPump, type DeltaPump } from '../pump/deltaPump.ts';
import { includeDeltas } from '../pump/includeDeltas.ts';
import { depthOf } from './depth.ts';
import type { Session } from './session.ts';

interface Connection {
  readonly promptId: string;
  readonly signal: AbortSignal;
  readonly peer: { notify(method: string, params: object): Promise<void>; readonly backlogBytes: number };
}

/** Answers that the host has not read yet; above this no more work is taken on. Bytes. */
const maxBacklogBytes = 64 * 1024 * 1024;
/** Above this, what is sent waits for a while. Bytes. */
const crowdedBytes = 64 * 1024;
const retryAfterMs = 1000;

/** Resolves when there is a place among the running prompts, which is kept until the answer is written; throws overloaded. */
export type TakePlace = (signal: AbortSignal) => Promise<void> | undefined;

/** Makes a prompt one of the session's and gives it its pump, for as long as `run` takes. */
export async function openPrompt<T>(
  session: Session,
  params: PromptParams,
  connection: Connection,
  run: (pump: DeltaPump | undefined, takePlace: TakePlace) => Promise<T>,
): Promise<T> {
  const { promptId, peer } = connection;
  const { stream, groupId } = params;
  if (session.prompts.has(promptId))
    throw new Failure('duplicateId', `A prompt with the promptId "${promptId}" is running: choose another.`);
  if (peer.backlogBytes > maxBacklogBytes) throw overloaded('the host has not read the answers it has');
  const maxBytes = session.host?.limits?.maxNotificationBytes ?? 32 * 1024;
  const send = (seq: number, deltas: object[]): Promise<void> => peer.notify('llm/delta', { promptId, seq, deltas });
  const isCrowded = (): boolean => peer.backlogBytes > crowdedBytes;
  const pump =
    stream &&
    includeDeltas(
      createDeltaPump(send, { maxBytes, window: stream.window, intervalMs: stream.intervalMs ?? 0, isCrowded }),
      stream.include,
    );
  const done = Promise.withResolvers<void>();
  session.prompts.set(promptId, { pump, groupId, done: done.promise });
  const place: { giveBack?: () => void } = {};
  const takePlace: TakePlace = (signal) => {
    // The prompt whose hook or tool asks for this one has a place and waits for it.
    if (depthOf(params) > 0) return undefined;
    const taken = session.slots.take(signal);
    if (taken === null) throw overloaded('as many prompts run as limits.max_concurrent_prompts allows, and more are waiting');
    if (taken instanceof Promise) return taken.then((giveBack) => void (place.giveBack = giveBack));
    place.giveBack = taken;
    return undefined;
  };
  try {
    return await run(pump, takePlace);
  } finally {
    place.giveBack?.();
    session.prompts.delete(promptId);
    // The answer leaves in this turn, before that of a shutdown or a close that waits for it.
    setImmediate(done.resolve);
  }
}

function overloaded(why: string): Failure {
  return new Failure('overloaded', `The sidecar is overloaded: ${why}.`, { retryable: true, retryAfterMs });
}
