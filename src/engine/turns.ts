import { Failure } from '../lib/failure.ts';
import { createSlots, type Slots } from '../lib/slots.ts';

/** One turn at a time in each conversation, in the order in which they were asked for. */
export interface Turns {
  /**
   * Resolves when the turn has come, with the function that ends it. Aborted while it waits, it leaves the queue and
   * throws the signal's reason. Throws overloaded when too many wait already.
   */
  take(conversationId: string, signal: AbortSignal): Promise<() => void>;
  /** Conversations with a turn that runs or waits. */
  readonly busy: number;
}

/** Turns of one conversation that may wait. */
const queueLength = 100;
const retryAfterMs = 1000;

export function createTurns(): Turns {
  const queues = new Map<string, { readonly slots: Slots; users: number }>();
  return {
    async take(id, signal) {
      const queue = queues.get(id) ?? { slots: createSlots(() => 1, queueLength), users: 0 };
      queues.set(id, queue);
      queue.users += 1;
      const leave = (): void => {
        queue.users -= 1;
        if (queue.users === 0) queues.delete(id);
      };
      const release = await queue.slots.take(signal);
      if (release !== null && !signal.aborted) {
        return () => {
          release();
          leave();
        };
      }
      release?.();
      leave();
      signal.throwIfAborted();
      throw new Failure('overloaded', `More than ${queueLength} turns of the conversation "${id}" are waiting.`, {
        retryable: true,
        retryAfterMs,
      });
    },
    get busy() {
      return queues.size;
    },
  };
}
