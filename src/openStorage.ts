import type { StorageSettings } from './config/toStorage.ts';
import { createSqlConversations } from './conversations/sqlConversations.ts';
import type { ConversationStore } from './engine/conversationStore.ts';
import type { History } from './engine/history.ts';
import type { Ledger } from './engine/moneyPorts.ts';
import { createHistory } from './history/history.ts';
import { createSqlLedger } from './ledger/sqlLedger.ts';
import type { StorageSurroundings } from './liveStorage.ts';
import { migrations } from './store/migrations.ts';
import { createStore } from './store/store.ts';

export interface Rooms {
  readonly ledger: Ledger;
  readonly conversations: ConversationStore;
  readonly history: History;
  warm(): Promise<void>;
  /** When nothing is reserved any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** A sidecar that is killed loses as much of what no budget counts. */
const gatherMs = 100;

/** Everything that works on one database, which is opened by whatever needs it first. */
export function openRooms(
  { location, spillPath, content, retentionDays }: StorageSettings,
  { instanceId, timeZone, redact, log }: StorageSurroundings,
): Rooms {
  const store = createStore(location, migrations);
  const ledger = createSqlLedger({ store, instanceId, redact, spillPath, log, gatherMs });
  const history = createHistory({ store, timeZone, keepsContent: content, retentionDays, log });
  /** After what this sidecar has yet to write. */
  const written = async <T>(read: () => Promise<T>): Promise<T> => {
    await ledger.flush();
    return read();
  };
  const conversations = createSqlConversations({ store });
  return {
    ledger,
    conversations: {
      ...conversations,
      // No key comes to a disk, also none that somebody wrote into a prompt.
      write: async ({ name, messages, ...rest }, continues) =>
        conversations.write({ ...rest, name: redact(name), messages: redact(messages) }, continues),
    },
    history: {
      summary: async (request) => written(() => history.summary(request)),
      list: async (request) => written(() => history.list(request)),
      read: async (id) => written(() => history.read(id)),
    },
    warm: async () => void (await ledger.standings([])),
    idle: async () => ledger.idle(),
    async close() {
      await ledger.close();
      await history.close();
      await store.close();
    },
  };
}
