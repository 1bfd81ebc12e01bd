import type { Message } from '../../protocol/index.ts';

export interface StoredConversation {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly messages: readonly Message[];
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Where conversations are kept. */
export interface ConversationStore {
  read(id: string): Promise<StoredConversation | null>;
  /**
   * `continues`: `updatedAt` of what was read before this turn; null: it begins. Throws storageUnavailable, also where
   * another process has written or deleted the conversation since: its turn stays.
   */
  write(conversation: StoredConversation, continues: string | null): Promise<void>;
  /** false: there was none. */
  delete(id: string): Promise<boolean>;
  /** Used last first. */
  list(page: {
    readonly limit: number;
    readonly before: string | undefined;
  }): Promise<readonly (Omit<StoredConversation, 'messages'> & { readonly turns: number })[]>;
}
