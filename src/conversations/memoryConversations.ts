import type { ConversationStore, StoredConversation } from '../engine/conversationStore.ts';
import { measured } from './measured.ts';

export interface MemoryLimits {
  readonly conversations: number;
  /** Of all their messages, as UTF-8 JSON. */
  readonly bytes: number;
}

type Kept = Omit<StoredConversation, 'messages'> & { readonly json: string; readonly bytes: number; readonly turns: number };

/** As long as the process lives. What was used least recently is forgotten first, when there is no more room. */
export function createMemoryConversations(limits: MemoryLimits = { conversations: 1000, bytes: 64 * 1024 * 1024 }): ConversationStore {
  // In the order of their last use.
  const kept = new Map<string, Kept>();
  let bytes = 0;
  const remove = (id: string): boolean => {
    bytes -= kept.get(id)?.bytes ?? 0;
    return kept.delete(id);
  };
  return {
    async read(id) {
      const found = kept.get(id);
      if (found === undefined) return null;
      kept.delete(id);
      kept.set(id, found);
      const { name, model, updatedAt, json } = found;
      return { id, name, model, updatedAt, messages: JSON.parse(json) as StoredConversation['messages'] };
    },

    async write(conversation) {
      const { json, bytes: size, turns } = measured(conversation, limits.bytes);
      const { id: written, name, model, updatedAt } = conversation;
      remove(written);
      kept.set(written, { id: written, name, model, updatedAt, json, bytes: size, turns });
      bytes += size;
      for (const id of kept.keys()) {
        if (kept.size <= limits.conversations && bytes <= limits.bytes) break;
        remove(id);
      }
    },

    delete: async (id) => remove(id),

    async list({ limit, before }) {
      const all = [...kept.values()].filter(({ updatedAt }) => before === undefined || updatedAt < before);
      const latest = all.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1)).slice(0, limit);
      return latest.map(({ id, name, model, updatedAt, turns }) => ({ id, name, model, updatedAt, turns }));
    },
  };
}
