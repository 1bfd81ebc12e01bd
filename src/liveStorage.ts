import type { StorageSettings } from './config/toStorage.ts';
import type { ConversationStore } from './engine/conversationStore.ts';
import type { History } from './engine/history.ts';
import type { Ledger } from './engine/moneyPorts.ts';
import { Failure } from './lib/failure.ts';
import type { Redact } from './lib/redactFailure.ts';
import { createUnlimitedLedger } from './ledger/unlimitedLedger.ts';
import { createMemoryConversations } from './conversations/memoryConversations.ts';
import type { Rooms } from './openStorage.ts';

/** What is kept, wherever the configuration says at the moment. Nothing is imported or opened before something is to be kept. */
export interface LiveStorage {
  readonly ledger: Ledger;
  readonly conversations: ConversationStore;
  readonly history: History;
  /** What is under way ends where it began. */
  update(settings: StorageSettings | null): void;
  /** Opens what the first prompt will need. What cannot be opened is said by whoever needs it. */
  warm(): Promise<void>;
  /** When everything is written that can be. */
  close(): Promise<void>;
}

export interface StorageSurroundings {
  readonly instanceId: string;
  /** An IANA name: the days of reports. */
  timeZone(): string;
  /** Takes secrets out of what is kept. */
  readonly redact: Redact;
  log(line: string): void;
}

export function openLiveStorage(surroundings: StorageSurroundings): LiveStorage {
  const unlimited = createUnlimitedLedger();
  const inMemory = createMemoryConversations();
  let settings: StorageSettings | null = null;
  let rooms: Promise<Rooms> | undefined;
  let retiring: Promise<void> = Promise.resolve();
  const ending = Promise.withResolvers<void>();

  const open = async (wanted: StorageSettings): Promise<Rooms> => {
    rooms ??= import('./openStorage.ts').then(({ openRooms }) => openRooms(wanted, surroundings));
    return rooms;
  };
  /** Closed when what it holds has ended, or when everything ends. */
  const retire = (): void => {
    const old = rooms;
    rooms = undefined;
    if (old) retiring = Promise.all([retiring, old.then(closeIdle)]).then(nothing, nothing);
  };
  const closeIdle = async ({ idle, close }: Rooms): Promise<void> => {
    await Promise.race([idle(), ending.promise]);
    await close();
  };
  const ledger = async (): Promise<Ledger> => (settings?.responses ? (await open(settings)).ledger : unlimited);
  const conversations = async (): Promise<ConversationStore> => (settings?.conversations ? (await open(settings)).conversations : inMemory);
  const history = async (): Promise<History> => {
    if (settings?.responses) return (await open(settings)).history;
    throw new Failure('storageUnavailable', 'No usage is kept: set `history: true` in the configuration, and it is from then on.', {
      retryable: false,
      required: { setting: 'history' },
    });
  };

  return {
    ledger: {
      reserve: async (intent) => (await ledger()).reserve(intent),
      openGroup: async (intent) => (await ledger()).openGroup(intent),
      standings: async (charges) => (await ledger()).standings(charges),
    },
    conversations: {
      read: async (id) => (await conversations()).read(id),
      write: async (conversation, continues) => (await conversations()).write(conversation, continues),
      delete: async (id) => (await conversations()).delete(id),
      list: async (page) => (await conversations()).list(page),
    },
    history: {
      summary: async (request) => (await history()).summary(request),
      list: async (request) => (await history()).list(request),
      read: async (id) => (await history()).read(id),
    },
    update(wanted) {
      if (JSON.stringify(wanted) === JSON.stringify(settings)) return;
      settings = wanted;
      retire();
    },
    async warm() {
      if (settings) await (await open(settings)).warm();
    },
    async close() {
      settings = null;
      ending.resolve();
      retire();
      await retiring;
    },
  };
}

function nothing(): void {}
