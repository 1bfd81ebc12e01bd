import { describe, expect, test } from 'vitest';
import { startReady } from '../../support/sidecar.ts';

const config = 'default_model: echo\ntest_models: true\n';

describe('conversation/list', () => {
  test('the one used last first, in pages that lose nothing', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    expect((await host.request('conversation/list', {})).result).toEqual({ conversations: [] });
    for (const id of ['a', 'b', 'c', 'd', 'e']) await host.request('llm/prompt', { conversationId: id, prompt: `about ${id}` });
    await host.request('llm/prompt', { conversationId: 'b', prompt: 'more', model: 'echo' });
    const all = (await host.request('conversation/list', {})).result.conversations;
    expect(all.map(({ id }: { id: string }) => id)).toEqual(['b', 'e', 'd', 'c', 'a']);
    expect(all[0]).toEqual({
      id: 'b',
      name: 'about b',
      model: 'echo',
      turns: 2,
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    const seen: string[] = [];
    for (let before: string | undefined; seen.length < 5;) {
      const { conversations } = (await host.request('conversation/list', { limit: 2, before })).result;
      seen.push(...conversations.map(({ id }: { id: string }) => id));
      before = conversations.at(-1).updatedAt;
    }
    expect(seen).toEqual(['b', 'e', 'd', 'c', 'a']);
  });

  test.each([
    ['a short prompt', 'Hello', 'Hello'],
    ['a long one, cut', 'The quick brown fox jumps over the lazy dog', 'The quick brown fox jumps over …'],
    ['lines and spaces', ' one\n\n two\tthree ', 'one two three'],
    ['characters, not code units', '🚀'.repeat(40), `${'🚀'.repeat(31)}…`],
  ])('the name is the beginning of the first prompt: %s', async (_, prompt, name) => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/prompt', { conversationId: 'c', prompt });
    await host.request('llm/prompt', { conversationId: 'c', prompt: 'another' });
    expect((await host.request('conversation/list', {})).result.conversations).toMatchObject([{ id: 'c', name, turns: 2 }]);
  });

  test.each([0, 1001, 1.5, 'x'])('a limit of %s is refused', async (limit) => {
    await using sidecar = await startReady({ config });
    expect((await sidecar.host.request('conversation/list', { limit })).error).toMatchObject({
      code: -32602,
      data: { issues: [{ path: 'limit' }] },
    });
  });
});
