import { describe, expect, test } from 'vitest';
import { startReady } from '../../support/sidecar.ts';

const config = `default_model: echo
purposes:
  brief: {model: echo, system: Be brief.}
`;

const say = (text: string): string => JSON.stringify({ raw: text });

describe('conversation/read', () => {
  test('the messages as the next turn sends them', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/prompt', { conversationId: 'c', prompt: say('one'), system: 'In French.' });
    await host.request('llm/prompt', { conversationId: 'c', prompt: say('two') });
    expect((await host.request('conversation/read', { id: 'c' })).result).toEqual({
      id: 'c',
      model: 'echo',
      messages: [
        { role: 'system', content: 'In French.' },
        { role: 'user', content: '{"raw":"one"}' },
        { role: 'assistant', content: [{ type: 'text', text: 'one' }] },
        { role: 'user', content: '{"raw":"two"}' },
        { role: 'assistant', content: [{ type: 'text', text: 'two' }] },
      ],
    });
  });

  test("a purpose's system prompt is not the conversation's", async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    const first = (await host.request('llm/prompt', { conversationId: 'c', prompt: 'x', purpose: 'brief' })).result;
    expect(JSON.parse(first.text).system).toBe('Be brief.');
    const { messages } = (await host.request('conversation/read', { id: 'c' })).result;
    expect(messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant']);
    const second = (await host.request('llm/prompt', { conversationId: 'c', prompt: 'y' })).result;
    expect(JSON.parse(second.text)).toMatchObject({ system: '', previous: [{ prompt: 'x' }] });
  });

  test('one that there is not', async () => {
    await using sidecar = await startReady({ config });
    expect((await sidecar.host.request('conversation/read', { id: 'none' })).error).toMatchObject({
      code: -31032,
      message: expect.stringMatching(/"none".*conversation\/list/),
      data: { kind: 'conversationNotFound' },
    });
  });
});
