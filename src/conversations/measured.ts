import type { StoredConversation } from '../engine/conversationStore.ts';
import { Failure } from '../lib/failure.ts';

export interface Measured {
  /** The messages. */
  readonly json: string;
  /** Of that, as UTF-8. */
  readonly bytes: number;
  /** Messages of the user. */
  readonly turns: number;
}

/** Throws storageUnavailable when its messages are more than `limit` bytes. */
export function measured({ id, messages }: StoredConversation, limit: number): Measured {
  const json = JSON.stringify(messages);
  const bytes = Buffer.byteLength(json);
  if (bytes <= limit) return { json, bytes, turns: messages.filter(({ role }) => role === 'user').length };
  throw new Failure(
    'storageUnavailable',
    `The conversation "${id}" has grown to ${bytes} bytes and only ${limit} are kept: this turn is not remembered. Begin another one.`,
    { limit },
  );
}
