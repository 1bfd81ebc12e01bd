import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LLM } from '../../client/index.ts';
import { failure } from './consume.ts';

const env = { LLM_SIDECAR_CONFIG: undefined, LLM_USER_PATH: '/nowhere', XDG_CONFIG_HOME: '/nowhere' };
const state: { llm?: LLM } = {};
beforeAll(async () => {
  state.llm = await LLM.start({ env, cwd: import.meta.dirname, stderr: 'ignore' });
});
afterAll(() => state.llm?.close());
const llm = () => state.llm!;

describe('a conversation that the sidecar keeps', () => {
  test('goes on in another object, with the model it used last', async () => {
    const first = llm().model('echo').conversation({ id: 'kept', system: 'In French.' });
    await first.prompt('one').text();
    expect(first.id).toBe('kept');
    const second = llm().conversation('kept');
    expect(await second.prompt('two').json()).toMatchObject({ prompt: 'two', system: 'In French.', previous: [{ prompt: 'one' }] });
    expect(second.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    const changed = await llm().conversation('kept', { system: 'In English.' }).prompt('three').json();
    expect(changed).toMatchObject({ system: 'In English.', previous: [{ prompt: 'one' }, { prompt: 'two' }] });
  });

  test('turns begun at once, of several objects, are served in order', async () => {
    const objects = [llm().conversation('at once', { model: 'echo' }), llm().conversation('at once', { model: 'echo' })];
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => objects[index % 2]!.prompt(`turn ${index}`).json()));
    expect(answers.map((answer) => (answer as { previous: unknown[] }).previous.length)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('is listed, read and deleted', async () => {
    await llm().conversation('to list', { model: 'echo' }).prompt('{"raw": "yes"}').text();
    const [latest] = await llm().conversations({ limit: 1 });
    expect(latest).toMatchObject({ id: 'to list', name: '{"raw": "yes"}', model: 'echo', turns: 1 });
    expect(await llm().readConversation('to list')).toEqual({
      id: 'to list',
      model: 'echo',
      messages: [
        { role: 'user', content: '{"raw": "yes"}' },
        { role: 'assistant', content: [{ type: 'text', text: 'yes' }] },
      ],
    });
    expect(await llm().deleteConversation('to list')).toBeUndefined();
    expect(await failure(llm().readConversation('to list'))).toMatchObject({ name: 'LLMError', kind: 'conversationNotFound' });
  });

  test('a chain that paused is resumed in it', async () => {
    const conversation = llm().conversation('chain', { model: 'echo' });
    let asked = 0;
    const prompt = JSON.stringify({ prompt: 'weigh it', tool_calls: [{ name: 'weigh', arguments: {} }] });
    const tools = {
      weigh: {
        description: 'Weighs.',
        parameters: { type: 'object' },
        execute: (_args: unknown, context: { readonly resumed: boolean; pause(): void }) => {
          asked += 1;
          if (!context.resumed) context.pause();
          return '4 kg';
        },
      },
    };
    const chain = conversation.chain(prompt, { tools });
    expect(await chain.paused()).toMatchObject([{ name: 'weigh' }]);
    const { steps } = await (await chain.resume()).result();
    const [said] = steps.at(-1)!.content!;
    expect(JSON.parse((said as { text: string }).text)).toMatchObject({ tool_results: [{ name: 'weigh', output: '4 kg' }] });
    expect(asked).toBe(2);
    const { messages } = await llm().readConversation('chain');
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  test('a group has one too; id and messages are two ways', async () => {
    const group = await llm().openGroup({ model: 'echo' });
    await group.conversation({ id: 'of a group' }).prompt('one').text();
    await group.close();
    expect((await llm().readConversation('of a group')).messages).toHaveLength(2);
    expect(() => llm().model('echo').conversation({ id: 'x', messages: [] })).toThrow(/id, or messages/);
  });
});

test('what a prompt would do is explained, in a conversation too', async () => {
  expect(await llm().explain({ model: 'echo' })).toMatchObject({ model: 'echo', reason: 'asked' });
  await llm().conversation('explained', { model: 'echo', system: 'Be kind.' }).prompt('one').text();
  expect(await llm().explain({ conversationId: 'explained' })).toMatchObject({ model: 'echo', reason: 'conversation', system: 'Be kind.' });
  expect(await llm().explain({})).toMatchObject({ model: null, failure: { kind: 'noDefaultModel' } });
});
