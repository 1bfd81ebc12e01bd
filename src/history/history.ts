import type { History } from '../engine/history.ts';
import type { LazyStore } from '../store/store.ts';
import { listResponses } from './listResponses.ts';
import { readResponse } from './readResponse.ts';
import { keepOnly } from './retention.ts';
import { summarize } from './summarize.ts';

export interface HistorySettings {
  readonly store: LazyStore;
  /** An IANA name: the days of reports. */
  readonly timeZone: () => string;
  /** Whether prompts and answers are kept, so that there is something to search. */
  readonly keepsContent: boolean;
  /** Days after which rows are removed, soon after the start and once a day; null: never. */
  readonly retentionDays: number | null;
  readonly log: (line: string) => void;
}

/** Reads what the ledger has written. Close it before the store. */
export function createHistory({
  store,
  timeZone,
  keepsContent,
  retentionDays,
  log,
}: HistorySettings): History & { close(): Promise<void> } {
  const retention = retentionDays === null ? undefined : keepOnly(retentionDays, { store, log });
  return {
    summary: async (request) => summarize(await store.open(), timeZone(), request),
    list: async (request) => listResponses(await store.open(), keepsContent, request),
    read: async (responseId) => readResponse(await store.open(), responseId),
    close: async () => retention?.close(),
  };
}
