import { Failure } from '../lib/failure.ts';
import type { Engine } from './engine.ts';
import type { ConversationStore, StoredConversation } from './conversationStore.ts';

const pageLength = 100;

/** Used last first. */
export async function listConversations(
  { conversations }: Pick<Engine, 'conversations'>,
  page: { limit?: number | undefined; before?: string | undefined },
): ReturnType<ConversationStore['list']> {
  return conversations.store.list({ limit: page.limit ?? pageLength, before: page.before });
}

/** As the last turn that was kept left it; does not wait for one that runs. Throws conversationNotFound. */
export async function readConversation({ conversations }: Pick<Engine, 'conversations'>, id: string): Promise<StoredConversation> {
  const stored = await conversations.store.read(id);
  if (stored === null) throw notFound(id);
  return stored;
}

/** After the turns that were asked for before: none of them brings it back. Throws conversationNotFound. */
export async function deleteConversation({ conversations }: Pick<Engine, 'conversations'>, id: string, signal: AbortSignal): Promise<void> {
  const endTurn = await conversations.turns.take(id, signal);
  try {
    if (!(await conversations.store.delete(id))) throw notFound(id);
  } finally {
    endTurn();
  }
}

function notFound(id: string): Failure {
  return new Failure(
    'conversationNotFound',
    `There is no conversation "${id}": it was never begun, was deleted, or is no longer kept. conversation/list says which there are.`,
  );
}
