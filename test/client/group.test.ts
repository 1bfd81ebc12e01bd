import { expect, test } from 'vitest';
import { failure } from './consume.ts';
import { sidecar } from './sidecars/start.ts';

const answer = JSON.stringify([{ deltas: [{ type: 'text', part: 0, text: 'yes' }] }, { result: {} }]);
/** At this prompt the test sidecar refuses to close the group. */
const failsToClose = '[]';

test('opens, prompts and closes; gives back what the body gave', async () => {
  await using llm = sidecar('scripted');
  const value = await llm.group(
    { purpose: 'enrichments', actor: { id: 'ann' }, reserveUsd: '0.25', metadata: { job: 1 } },
    async (group) => {
      expect([group.id, group.modelId]).toEqual(['g1', 'fake']);
      await group.prompt(answer).text();
      await group.model('other').prompt(answer).text();
      return group.conversation().prompt(answer).text();
    },
  );
  expect(value).toBe('yes');
  expect(await received(llm)).toMatchObject([
    { method: 'llm/groupOpen', params: { purpose: 'enrichments', actor: { id: 'ann' }, reserveUsd: '0.25', metadata: { job: 1 } } },
    { method: 'llm/prompt', params: { groupId: 'g1' } },
    { method: 'llm/prompt', params: { groupId: 'g1', model: 'other' } },
    { method: 'llm/prompt', params: { groupId: 'g1' } },
    { method: 'llm/groupClose', params: { groupId: 'g1' } },
  ]);
});

test.each([
  { name: 'closing works', prompt: answer },
  { name: 'closing fails as well', prompt: failsToClose },
])('a body that throws: what runs is cancelled and its own error comes out, when $name', async ({ prompt }) => {
  await using llm = sidecar('scripted');
  const own = new Error('own');
  const error = await failure(
    llm.group({}, async (group) => {
      group.prompt(prompt);
      await llm.request('ping', {});
      throw own;
    }),
  );
  expect(error).toBe(own);
  expect((await received(llm)).at(-1)).toEqual({ method: 'llm/groupClose', params: { groupId: 'g1', mode: 'cancel' } });
});

test('a failure to close is not hidden when the body was fine', async () => {
  await using llm = sidecar('scripted');
  const error = await failure(
    llm.group({}, async (group) => {
      group.prompt(failsToClose);
      await llm.request('ping', {});
    }),
  );
  expect(error).toMatchObject({ kind: 'internalError', message: 'close failed' });
});

test('the close does not overtake prompts that were made before it, nor turns that wait', async () => {
  await using llm = sidecar('scripted');
  const group = await llm.openGroup();
  const conversation = group.conversation();
  const responses = [group.prompt(answer), conversation.prompt(answer), conversation.prompt(answer)];
  await group.close();
  expect((await received(llm)).map(({ method }) => method)).toEqual([
    'llm/groupOpen',
    'llm/prompt',
    'llm/prompt',
    'llm/prompt',
    'llm/groupClose',
  ]);
  expect(await Promise.all(responses.map((response) => response.text()))).toEqual(['yes', 'yes', 'yes']);
});

test('await using closes, waiting', async () => {
  await using llm = sidecar('scripted');
  {
    await using group = await llm.openGroup({ model: 'm' });
    expect(await group.close({ timeoutMs: 50 })).toMatchObject({ groupId: 'g1' });
  }
  expect((await received(llm)).map(({ method, params }) => [method, params])).toEqual([
    ['llm/groupOpen', { model: 'm' }],
    ['llm/groupClose', { groupId: 'g1', timeoutMs: 50 }],
    ['llm/groupClose', { groupId: 'g1' }],
  ]);
});

async function received(llm: ReturnType<typeof sidecar>): Promise<{ method: string; params: unknown }[]> {
  const { config } = await llm.request('config/read', {});
  const messages = config as { method: string; params: unknown }[];
  return messages
    .filter(({ method }) => method.startsWith('llm/') && method !== 'llm/ack')
    .map(({ method, params }) => ({ method, params }));
}
