import { afterAll, expect, test } from 'vitest';
import type { Message } from '../../client/index.ts';
import { failure } from './consume.ts';
import { sidecar } from './sidecars/start.ts';

const llm = sidecar('scripted');
afterAll(() => llm.close());

const say = (answer: string) => JSON.stringify([{ deltas: [{ type: 'text', part: 0, text: answer }] }, { result: {} }]);
const user = (content: string): Message => ({ role: 'user', content });
const assistant = (content: string): Message => ({ role: 'assistant', content });

test('each turn sends what was said before, without the system prompt, which may change and stays', async () => {
  const conversation = llm.model('m', { purpose: 'chat', actor: { id: 'ann' } }).conversation({ system: 'In French.' });
  await conversation.prompt(say('un')).text();
  await conversation.prompt(say('two'), { system: 'In English.' }).text();
  await conversation.prompt(say('three')).text();
  const history = [user(say('un')), assistant('un'), user(say('two')), assistant('two')];
  expect((await sent()).slice(-3)).toMatchObject([
    { prompt: say('un'), system: 'In French.', messages: [], purpose: 'chat', actor: { id: 'ann' } },
    { prompt: say('two'), system: 'In English.', messages: history.slice(0, 2), purpose: 'chat', actor: { id: 'ann' } },
    { prompt: say('three'), system: 'In English.', messages: history },
  ]);
  expect(conversation.messages).toEqual([...history, user(say('three')), assistant('three')]);
});

test('turns begun at once are served one after another', async () => {
  const conversation = llm.model('m').conversation();
  const answers = ['a', 'b', 'c'].map((answer) => conversation.prompt(say(answer)).text());
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c']);
  expect((await sent()).slice(-3).map(({ messages }) => (messages as Message[]).length)).toEqual([0, 2, 4]);
});

test.each([
  { name: 'failed', steps: [{ error: { code: -31020, message: 'm', data: { kind: 'providerError', retryable: false } } }] },
  { name: 'cancelled', steps: [{ result: { stopReason: 'cancelled' } }] },
  { name: 'interrupted', steps: [{ deltas: [{ type: 'text', part: 0, text: 'half' }] }, { result: { stopReason: 'interrupted' } }] },
  { name: 'broken', steps: [{ deltas: [{ type: 'text', part: 0, text: 'half' }] }, { result: { text: 'other' } }] },
])('a turn that was $name is not remembered, and the next one goes on', async ({ steps }) => {
  const conversation = llm.model('m').conversation({ messages: [user('before'), assistant('yes')] });
  const turns = [conversation.prompt(JSON.stringify(steps), { system: 'forgotten' }), conversation.prompt(say('ok'))] as const;
  await failure(turns[0].text());
  expect(await turns[1].text()).toBe('ok');
  expect((await sent()).at(-1)).toMatchObject({ messages: [user('before'), assistant('yes')] });
  expect((await sent()).at(-1)).not.toHaveProperty('system');
  expect(conversation.messages).toEqual([user('before'), assistant('yes'), user(say('ok')), assistant('ok')]);
});

test('a turn that is cancelled while it waits is not sent, and holds nobody up', async () => {
  const conversation = llm.model('m').conversation();
  const first = conversation.prompt(JSON.stringify([{ until: 'config/read' }, { result: {} }]));
  const second = conversation.prompt(say('never'));
  const third = conversation.prompt(say('third'));
  await second.cancel();
  expect(await failure(second.text())).toMatchObject({ kind: 'cancelled' });
  expect((await sent()).filter(({ prompt }) => prompt === say('never'))).toEqual([]);
  await first.text();
  expect(await third.text()).toBe('third');
});

test('a conversation goes on with the results of tools', async () => {
  const toolResult: Message = { role: 'tool', content: [{ type: 'toolResult', toolCallId: 'a', content: [{ type: 'text', text: '4' }] }] };
  const conversation = llm.model('m').conversation({ messages: [user('2+2?')] });
  await conversation.prompt(say('four'), { messages: [toolResult] }).text();
  expect((await sent()).at(-1)).toMatchObject({ messages: [user('2+2?'), toolResult] });
});

async function sent(): Promise<Record<string, unknown>[]> {
  const { config } = await llm.request('config/read', {});
  return (config as { method: string; params: Record<string, unknown> }[])
    .filter(({ method }) => method === 'llm/prompt')
    .map(({ params }) => params);
}
