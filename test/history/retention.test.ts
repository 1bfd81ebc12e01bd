import { expect, test, vi } from 'vitest';
import { prune } from '../../src/history/retention.ts';
import { createHistory } from '../../src/history/history.ts';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEngines } from '../support/engines.ts';
import { historyWith, running } from './support/rows.ts';

const day = (ago: number): string => new Date(Date.now() - ago * 86_400_000).toISOString();
const listed = async (history: { list: (request: never) => Promise<{ responseId: string }[]> }): Promise<string[]> => {
  const request = { filter: {}, query: undefined, limit: 1000, before: undefined } as never;
  return (await history.list(request)).map(({ responseId }) => responseId).toSorted();
};

describeEngines('retention', (engine) => {
  test('removes what is older, with its content, and nothing that still runs', async () => {
    const { history, store } = await historyWith(engine, [
      { id: 'old', started_at: '2026-01-01T00:00:00.000Z', content: { asked: 'a pelican', answered: 'yes' } },
      { id: 'old and lost', started_at: '2026-01-01T00:00:00.000Z', state: 'expired' },
      { id: 'old and running', started_at: '2026-01-01T00:00:00.000Z', ...running },
      { id: 'new', started_at: '2026-01-02T00:00:00.000Z', content: { asked: 'a pelican', answered: 'no' } },
    ]);
    expect(await prune(store, new Date('2026-01-02T00:00:00.000Z'))).toBe(2);
    expect(await listed(history)).toEqual(['new', 'old and running']);
    const found = await history.list({ filter: {}, query: 'pelican', limit: 10, before: undefined });
    expect(found.map(({ responseId }) => responseId)).toEqual(['new']);
    const contents = await (await store.open()).read(async (db) => db.selectFrom('llm_sidecar_contents').select('response_id').execute());
    expect(contents).toEqual([{ response_id: 'new' }]);
    expect(await prune(store, new Date('2026-01-02T00:00:00.000Z'))).toBe(0);
  });

  test('removes many, a few at a time, and stops when it is told to', async () => {
    const rows = Array.from({ length: 1203 }, (_, index) => ({ id: String(index) }));
    const { history, store } = await historyWith(engine, rows);
    const stop = new AbortController();
    const opened = await store.open();
    const counting = {
      open: async () => ({ ...opened, write: async (work: never) => (stop.abort(), opened.write(work)) }),
      close: async () => {},
    };
    expect(await prune(counting as never, new Date(), stop.signal)).toBe(500);
    expect(await prune(store, new Date())).toBe(703);
    expect(await listed(history)).toEqual([]);
  });

  test('happens by itself, soon after the start', async () => {
    const { store } = await historyWith(engine, [
      { id: 'old', started_at: day(3.1) },
      { id: 'new', started_at: day(2.9) },
    ]);
    const history = createHistory({ store, timeZone: () => 'UTC', keepsContent: false, retentionDays: 3, log: () => {} });
    await vi.waitFor(async () => expect(await listed(history)).toEqual(['new']), { timeout: 10_000, interval: 50 });
    await history.close();
  });
});

test('what cannot be removed is one line in the log', async () => {
  const lines: string[] = [];
  const store = createStore('/dev/null/no/such.db', migrations);
  const history = createHistory({
    store,
    timeZone: () => 'UTC',
    keepsContent: false,
    retentionDays: 30,
    log: (line) => void lines.push(line),
  });
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 10_000, interval: 50 });
  expect(lines[0]).toMatch(/^llm-sidecar: what is older than 30 days was not removed: The storage \/dev\/null\/no\/such\.db /);
  await history.close();
  await store.close();
});
