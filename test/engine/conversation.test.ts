import { describe, expect, test } from 'vitest';
import { createMemoryConversations } from '../../src/conversations/memoryConversations.ts';
import { createConversations } from '../../src/engine/conversation.ts';
import type { ConversationStore } from '../../src/engine/conversationStore.ts';
import type { Hook, PromptScope } from '../../src/engine/ports.ts';
import { runPrompt } from '../../src/engine/runPrompt.ts';
import { composeHooks } from '../../src/hooks/composeHooks.ts';
import { Failure } from '../../src/lib/failure.ts';
import { requestOf, scriptedEngine } from './support/scriptedEngine.ts';

const run = async ({ engine }: Pick<ReturnType<typeof scriptedEngine>, 'engine'>, more: Parameters<typeof requestOf>[0]) =>
  runPrompt(engine, requestOf({ conversationId: 'c', ...more }), () => {}, { cancels: [] });

describe('a conversation', () => {
  test('5.2 purpose and actor of each turn reach the hooks of that turn', async () => {
    const made = scriptedEngine([{ text: 'a' }, { text: 'b' }]);
    const seen: Pick<PromptScope, 'purpose' | 'actor'>[] = [];
    const hook: Hook = {
      id: 'audit',
      registeredBy: 'a plugin',
      prompt: async ({ purpose, actor }) => {
        seen.push({ purpose, actor });
        return { stepStart: async ({ messages }) => void seen.push({ purpose: String(messages.length), actor: null }) };
      },
    };
    const engine = { ...made.engine, hooks: () => composeHooks([hook], () => {}) };
    await run({ engine }, { prompt: 'one', purpose: 'chat', actor: { id: 'ann' } });
    await run({ engine }, { prompt: 'two', purpose: 'titles' });
    expect(seen).toEqual([
      { purpose: 'chat', actor: { id: 'ann' } },
      { purpose: '1', actor: null },
      { purpose: 'titles', actor: null },
      { purpose: '3', actor: null },
    ]);
  });

  test('what comes back from the provider goes there again unchanged', async () => {
    const made = scriptedEngine([
      { text: 'let me see', calls: [{ id: 'call-1', name: 'weigh', args: { of: 'it' } }] },
      { text: 'done' },
      { text: 'again' },
    ]);
    const answerTool = async () => ({ content: '4 kg' });
    await run(made, { prompt: 'weigh it', tools: [{ name: 'weigh', inputSchema: {} }], answerTool });
    await run(made, { prompt: 'and?' });
    expect(made.asked[2]?.messages.slice(0, made.asked[1]?.messages.length)).toEqual(made.asked[1]?.messages);
    expect(made.asked[2]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  });

  test.each([
    ['because of its size', new Failure('storageUnavailable', 'It is too large.'), 'It is too large.'],
    ['because the store is broken', new TypeError('secret detail'), 'The conversation "c" could not be kept as it is after this turn.'],
  ])('an answer that cannot be kept %s is given, with a warning, and the next turn goes on', async (_, error, message) => {
    const made = scriptedEngine([{ text: 'a' }, { text: 'b' }]);
    const memory = createMemoryConversations();
    let broken = true;
    const store: ConversationStore = {
      ...memory,
      write: async (conversation, continues) => (broken ? Promise.reject(error) : memory.write(conversation, continues)),
    };
    const logged: string[] = [];
    const engine = { ...made.engine, conversations: createConversations(store), log: (line: string) => void logged.push(line) };
    const outcome = await run({ engine }, { prompt: 'one' });
    expect(outcome).toMatchObject({ text: 'a', warnings: [{ code: 'conversationNotKept', message }] });
    expect(logged).toEqual([`${message} (${error.name})`]);
    broken = false;
    await run({ engine }, { prompt: 'two' });
    expect((await memory.read('c'))?.messages).toHaveLength(2);
  });

  test('no two turns have the same time', () => {
    const { now } = createConversations(createMemoryConversations());
    const times = Array.from({ length: 1000 }, now);
    expect(new Set(times).size).toBe(1000);
    expect(times).toEqual(times.toSorted());
  });
});
