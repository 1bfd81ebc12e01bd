import type { HistoryListResult } from '../../protocol/index.ts';
import type { Engine } from '../engine/engine.ts';
import { listHistory, type ListRequest } from '../engine/history.ts';

type Entry = HistoryListResult['responses'][number];

export interface Follower {
  /** Those that were shown: they come again only if they ran then. */
  know(entries: readonly Entry[]): void;
  /** What has ended since the last time, in the order in which it began. */
  ended(): Promise<Entry[]>;
}

const pageLength = 200;
/** A row can be written later than others that began after it. Milliseconds. */
const overlapMs = 300_000;

/** What is there when it is made is known to it. */
export async function createFollower(engine: Engine, asked: Pick<ListRequest, 'filter' | 'query'>): Promise<Follower> {
  const known = new Map<string, Entry>();
  let newest = (await listHistory(engine, { ...asked, limit: 1 }))[0]?.startedAt;
  const oldest = (): string => (newest === undefined ? '' : new Date(Date.parse(newest) - overlapMs).toISOString());
  const recent = async (): Promise<Entry[]> => {
    const since = oldest();
    const found: Entry[] = [];
    for (;;) {
      const page = await listHistory(engine, { ...asked, limit: pageLength, before: found.at(-1)?.responseId });
      found.push(...page);
      if (page.length < pageLength || (page.at(-1)?.startedAt ?? '') < since) break;
    }
    return found.filter(({ startedAt }) => startedAt >= since);
  };
  const know = (entries: readonly Entry[]): void => {
    for (const entry of entries) {
      known.set(entry.responseId, entry);
      if (newest === undefined || entry.startedAt > newest) newest = entry.startedAt;
    }
  };
  const forget = (): void => {
    const since = oldest();
    for (const [id, { outcome, startedAt }] of known) if (outcome !== 'running' && startedAt < since) known.delete(id);
  };
  know(await recent());
  return {
    know,
    async ended() {
      const listed = await recent();
      const ids = new Set(listed.map(({ responseId }) => responseId));
      const older = [...known.values()].filter(({ responseId, outcome }) => outcome === 'running' && !ids.has(responseId));
      const read = await Promise.all(older.map(async ({ responseId }) => engine.history.read(responseId)));
      const now = [...listed, ...read.flatMap((entry) => entry ?? [])];
      const ended = now.filter(({ responseId, outcome }) => outcome !== 'running' && isNew(known.get(responseId)));
      know(now);
      for (const { responseId } of older.filter((_, index) => read[index] === null)) known.delete(responseId);
      forget();
      return ended.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : Number(a.startedAt > b.startedAt)));
    },
  };
}

function isNew(before: Entry | undefined): boolean {
  return before === undefined || before.outcome === 'running';
}
