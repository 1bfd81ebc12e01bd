import { describe, expect, test } from 'vitest';
import { createMemoryConversations } from '../../src/conversations/memoryConversations.ts';
import { createSqlConversations } from '../../src/conversations/sqlConversations.ts';
import type { ConversationStore, StoredConversation } from '../../src/engine/conversationStore.ts';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEngines } from '../support/engines.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const make = (id: string, second: number, text = 'hello'): StoredConversation => ({
  id,
  name: `about ${id}`,
  model: 'echo',
  updatedAt: at(second),
  messages: [
    { role: 'user', content: text },
    { role: 'assistant', content: [{ type: 'text', text: 'yes' }] },
  ],
});
const idsOf = async (store: ConversationStore): Promise<string[]> =>
  (await store.list({ limit: 1000, before: undefined })).map(({ id }) => id);

interface Opened extends AsyncDisposable {
  readonly store: ConversationStore;
}

function openSql(location: string): Opened {
  const store = createStore(location, migrations);
  return { store: createSqlConversations({ store }), [Symbol.asyncDispose]: async () => store.close() };
}

describe('conversations (memory)', () => {
  contract(async () => ({ store: createMemoryConversations(), [Symbol.asyncDispose]: async () => {} }));
});

describeEngines('conversations', (engine) => {
  contract(async () => openSql(await engine.create()));

  test('are there after a restart', async () => {
    const location = await engine.create();
    {
      await using first = openSql(location);
      await first.store.write(make('a', 1), null);
    }
    await using second = openSql(location);
    expect(await second.store.read('a')).toEqual(make('a', 1));
    await second.store.write(make('a', 2), at(1));
    expect(await idsOf(second.store)).toEqual(['a']);
  });

  test.each<[string, StoredConversation | null, StoredConversation | null]>([
    ['continued it', make('a', 1), make('a', 5, 'of the other')],
    ['begun it', null, make('a', 5, 'of the other')],
    ['deleted it', make('a', 1), null],
  ])('a turn is refused, and nothing of the other lost, where another sidecar has %s meanwhile', async (_, before, theirs) => {
    const location = await engine.create();
    await using ours = openSql(location);
    await using other = openSql(location);
    if (before) await ours.store.write(before, null);
    const read = await ours.store.read('a');
    expect(read).toEqual(before);
    if (theirs) await other.store.write(theirs, before?.updatedAt ?? null);
    else await other.store.delete('a');
    await expect(ours.store.write(make('a', 6, 'ours'), before?.updatedAt ?? null)).rejects.toMatchObject({
      kind: 'storageUnavailable',
      message: expect.stringMatching(/^Another sidecar has .*"a" meanwhile: this turn is not remembered\. Send it again/),
      detail: { retryable: true },
    });
    expect(await ours.store.read('a')).toEqual(theirs);
  });

  test('of many turns at once from two sidecars, one is kept and the others know that they are not', async () => {
    const location = await engine.create();
    await using one = openSql(location);
    await using two = openSql(location);
    await one.store.write(make('a', 1), null);
    const turns = Array.from({ length: 20 }, async (_, index) =>
      (index % 2 === 0 ? one : two).store.write(make('a', 2, `turn ${index}`), at(1)),
    );
    const ended = await Promise.allSettled(turns);
    const kept = ended.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(kept).toHaveLength(1);
    expect((await one.store.read('a'))?.messages[0]).toEqual({ role: 'user', content: `turn ${kept[0]}` });
  });

  test('the time of a turn is after that of the one before, also where the clock of this machine lags', async () => {
    await using opened = openSql(await engine.create());
    await opened.store.write(make('a', 9), null);
    await opened.store.write(make('a', 3), at(9));
    expect((await opened.store.read('a'))?.updatedAt).toBe('2026-01-01T00:00:09.001Z');
  });

  test('that were used in the same millisecond are all listed, a page at a time', async () => {
    const location = await engine.create();
    await using one = openSql(location);
    await using two = openSql(location);
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(ids.map(async (id, index) => (index % 2 === 0 ? one : two).store.write(make(id, 1), null)));
    const seen: string[] = [];
    for (let before: string | undefined; ;) {
      const page = await one.store.list({ limit: 1, before });
      if (page.length === 0) break;
      seen.push(...page.map(({ id }) => id));
      before = page.at(-1)!.updatedAt;
    }
    expect(seen.toSorted()).toEqual(ids);
  });

  test('one of more than 64 MiB is not kept, and what was kept of it stays', async () => {
    await using opened = openSql(await engine.create());
    await opened.store.write(make('a', 1), null);
    await expect(opened.store.write(make('a', 2, 'x'.repeat(64 * 1024 * 1024)), at(1))).rejects.toMatchObject({
      kind: 'storageUnavailable',
      message: expect.stringMatching(/only 67108864 are kept: this turn is not remembered\. Begin another one\.$/),
    });
    expect(await opened.store.read('a')).toEqual(make('a', 1));
  });
});

function contract(open: () => Promise<Opened>): void {
  test('gives back what it was given, as a copy', async () => {
    await using opened = await open();
    const { store } = opened;
    const written = make('a', 1);
    await store.write(written, null);
    (written.messages as unknown[]).push('changed');
    const read = await store.read('a');
    expect(read).toEqual(make('a', 1));
    (read!.messages as unknown[]).push('changed');
    expect(await store.read('a')).toEqual(make('a', 1));
    expect(await store.read('b')).toBeNull();
  });

  test('the next turn replaces the one before', async () => {
    await using opened = await open();
    const { store } = opened;
    await store.write(make('a', 1), null);
    await store.write(make('b', 2), null);
    const next = { ...make('a', 3, 'again'), model: 'other', name: 'as before' };
    await store.write(next, at(1));
    expect([await store.read('a'), await store.read('b')]).toEqual([next, make('b', 2)]);
  });

  test.each([
    ['of every alphabet', 'Ünï 東京 🐈 עברית'],
    ['with what SQL might take for its own', `'; drop table llm_sidecar_conversations; -- " $1 ? :a \\`],
    ['with a NUL and half a character', 'a\u0000b \ud83d c'],
    ['that is empty', ''],
  ])('keeps text %s', async (_, text) => {
    await using opened = await open();
    const { store } = opened;
    const written = make('a', 1, text);
    await store.write(written, null);
    expect((await store.read('a'))?.messages).toEqual(written.messages);
  });

  test.each([
    ['empty', ''],
    ['in quotes', `o'clock "; --`],
    ['of every alphabet', '東京/🐈'],
    ['of two lines', 'a b\nc'],
    ['long', 'x'.repeat(2000)],
  ])('takes an id that is %s', async (_, id) => {
    await using opened = await open();
    const { store } = opened;
    await store.write({ ...make('a', 1), id }, null);
    await store.write({ ...make('a', 2), id }, at(1));
    expect((await store.read(id))?.id).toBe(id);
    expect(await idsOf(store)).toEqual([id]);
    expect([await store.delete(id), await store.read(id)]).toEqual([true, null]);
  });

  test('takes an id and a name with a NUL', async () => {
    await using opened = await open();
    const { store } = opened;
    await store.write({ ...make('a\u0000b', 1), name: 'x\u0000y' }, null);
    await store.write({ ...make('a\u0000b', 2), name: 'x\u0000y' }, at(1));
    expect((await store.read('a\u0000b'))?.updatedAt).toBe(at(2));
    expect(await store.list({ limit: 9, before: undefined })).toHaveLength(1);
    expect(await store.delete('a\u0000b')).toBe(true);
  });

  test('lists the one used last first, page by page, without the messages', async () => {
    await using opened = await open();
    const { store } = opened;
    for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) await store.write(make(id, index), null);
    await store.write(make('a', 9), at(0));
    const first = await store.list({ limit: 2, before: undefined });
    expect(first).toEqual([
      { id: 'a', name: 'about a', model: 'echo', updatedAt: '2026-01-01T00:00:09.000Z', turns: 1 },
      { id: 'd', name: 'about d', model: 'echo', updatedAt: '2026-01-01T00:00:03.000Z', turns: 1 },
    ]);
    expect((await store.list({ limit: 2, before: first[1]!.updatedAt })).map(({ id }) => id)).toEqual(['c', 'b']);
    expect(await store.list({ limit: 2, before: at(1) })).toEqual([]);
  });

  test('deletes once', async () => {
    await using opened = await open();
    const { store } = opened;
    await store.write(make('a', 1), null);
    expect([await store.delete('a'), await store.delete('a'), await store.read('a')]).toEqual([true, false, null]);
    await store.write(make('a', 2), null);
    expect(await store.read('a')).toEqual(make('a', 2));
  });
}
