import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { createMemoryConversations, type MemoryLimits } from '../../src/conversations/memoryConversations.ts';
import type { StoredConversation } from '../../src/engine/conversationStore.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const make = (id: string, second: number, text = 'hello'): StoredConversation => ({
  id,
  name: `about ${id}`,
  model: 'echo',
  updatedAt: at(second),
  messages: [
    { role: 'user', content: text },
    { role: 'assistant', content: 'yes' },
  ],
});
const idsOf = async (store: ReturnType<typeof createMemoryConversations>): Promise<string[]> =>
  (await store.list({ limit: 1000, before: undefined })).map(({ id }) => id);

describe('conversations in memory, beside what contract.test.ts says', () => {
  test('forgets what was used least recently, by number', async () => {
    const store = createMemoryConversations({ conversations: 2, bytes: 1_000_000 });
    await store.write(make('a', 1), null);
    await store.write(make('b', 2), null);
    await store.read('a');
    await store.write(make('c', 3), null);
    expect(await idsOf(store)).toEqual(['c', 'a']);
  });

  test('and by bytes', async () => {
    const store = createMemoryConversations({ conversations: 100, bytes: 1000 });
    for (const [index, id] of ['a', 'b', 'c'].entries()) await store.write(make(id, index, 'x'.repeat(300)), null);
    expect(await idsOf(store)).toEqual(['c', 'b']);
    await store.write(make('d', 5, '東'.repeat(240)), null);
    expect(await idsOf(store)).toEqual(['d']);
  });

  test('one that is larger than everything is not kept, and nothing is forgotten for it', async () => {
    const store = createMemoryConversations({ conversations: 100, bytes: 1000 });
    await store.write(make('a', 1), null);
    await expect(store.write(make('a', 2, 'x'.repeat(1000)), null)).rejects.toMatchObject({ kind: 'storageUnavailable' });
    expect(await store.read('a')).toEqual(make('a', 1));
  });

  test('whatever is written, read and deleted: within its limits, and as a list in the order of use', async () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), id, length: fc.nat(150) }),
      fc.record({ do: fc.constantFrom('read' as const, 'delete' as const), id, length: fc.constant(0) }),
    );
    const limits: MemoryLimits = { conversations: 3, bytes: 400 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const store = createMemoryConversations(limits);
        // Used last at the end.
        let model: { id: string; size: number }[] = [];
        for (const [second, each] of steps.entries()) {
          const known = model.find((one) => one.id === each.id);
          model = model.filter((one) => one !== known);
          if (each.do === 'delete') expect(await store.delete(each.id)).toBe(known !== undefined);
          else if (each.do === 'read') {
            expect((await store.read(each.id)) !== null).toBe(known !== undefined);
            if (known) model.push(known);
          } else {
            const written = make(each.id, second, 'x'.repeat(each.length));
            await store.write(written, null);
            model.push({ id: each.id, size: JSON.stringify(written.messages).length });
            while (model.length > limits.conversations || model.reduce((sum, { size }) => sum + size, 0) > limits.bytes) model.shift();
          }
          expect((await idsOf(store)).toSorted()).toEqual(model.map((one) => one.id).toSorted());
        }
      }),
      { numRuns: 300 },
    );
  });
});
