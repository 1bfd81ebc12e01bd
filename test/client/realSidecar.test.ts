import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { LLM, type Done } from '../../client/index.ts';
import { collect, failure } from './consume.ts';

// The sidecar of this repository, with no configuration, no keys but one, and its echo models.
const env = { LLM_ECHO_NEEDS_KEY_KEY: 'k3y', LLM_SIDECAR_CONFIG: undefined, LLM_USER_PATH: '/nowhere', XDG_CONFIG_HOME: '/nowhere' };
const state: { llm?: LLM } = {};
beforeAll(async () => {
  state.llm = await LLM.start({ env, cwd: import.meta.dirname, stderr: 'ignore' });
});
afterAll(() => state.llm?.close());
const llm = () => state.llm!;

test('models, with the default first', async () => {
  const models = await llm().models();
  expect(models.map(({ id, available }) => ({ id, available }))).toEqual(
    expect.arrayContaining([
      { id: 'echo', available: true },
      { id: 'echo-needs-key', available: true },
    ]),
  );
});

test('an answer, streamed in pieces that add up', async () => {
  const response = llm().model('echo').prompt('Grüße an 😀', { system: 'Be kind.' });
  const pieces = await collect(response);
  expect(pieces.length).toBeGreaterThan(1);
  expect(JSON.parse(pieces.join(''))).toEqual({ prompt: 'Grüße an 😀', system: 'Be kind.', attachments: [], stream: true, previous: [] });
  expect(await response.text()).toBe(pieces.join(''));
  expect(await response.json()).toMatchObject({ prompt: 'Grüße an 😀' });
  expect(await response.usage()).toMatchObject({ inputTokens: 3 });
});

test('a raw answer, and reasoning before it', async () => {
  const response = llm()
    .model('echo')
    .prompt('{"raw": "as it is"}', { options: { thinking: true } });
  expect(await response.text()).toBe('as it is');
  const reasoning = (await collect(response.events())).flatMap((delta) => (delta.type === 'reasoning' ? delta.text : []));
  expect(reasoning.join('')).toBe('First I consider the prompt, then I decide what to say.');
});

test('what cannot be sent fails that call alone', async () => {
  const metadata = { big: 1n } as unknown as Record<string, string>;
  expect(await failure(llm().model('echo').prompt('Hello', { metadata }).text())).toMatchObject({ kind: 'invalidParams', code: -32602 });
  expect(await llm().model('echo').prompt('{"raw": "still there"}').text()).toBe('still there');
});

test('many at once, each with its own deltas before its answer', async () => {
  const numbers = [...Array(50).keys()];
  const answers = await Promise.all(numbers.map(async (number) => collect(llm().model('echo').prompt(`{"raw": "a b ${number}"}`))));
  expect(answers.map((pieces) => pieces.join(''))).toEqual(numbers.map((number) => `a b ${number}`));
});

test('a conversation', async () => {
  const conversation = llm().model('echo').conversation({ system: 'One.' });
  const first = conversation.prompt('first');
  const second = conversation.prompt('second', { system: 'Two.' });
  expect(await first.json()).toMatchObject({ prompt: 'first', system: 'One.', previous: [] });
  expect(await second.json()).toMatchObject({ prompt: 'second', system: 'Two.', previous: [{ prompt: 'first' }] });
  expect(conversation.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
});

test('a group', async () => {
  const group = await llm().openGroup({ model: 'echo', purpose: 'enrichments' });
  const responses = ['a', 'b', 'c'].map((prompt) => group.prompt(prompt));
  const report = await group.close();
  expect(report.responses.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  expect(report.responses.map(({ promptId }) => promptId).toSorted()).toEqual(responses.map(({ promptId }) => promptId).toSorted());
  expect(report.usage.inputTokens).toBe(3);
  expect(await failure(group.prompt('late').text())).toMatchObject({ kind: 'groupClosed' });
  expect(await responses[2]!.json()).toMatchObject({ prompt: 'c' });
});

describe('errors say what to do', () => {
  const dog = z.object({ name: z.string() });
  test.each([
    { name: 'an unknown model', ask: () => llm().model('ecco').prompt('x'), kind: 'modelNotFound', message: /echo/ },
    { name: 'no default', ask: () => llm().model().prompt('x'), kind: 'noDefaultModel', message: /default_model/ },
    {
      name: 'an unknown option',
      ask: () =>
        llm()
          .model('echo')
          .prompt('x', { options: { wrong: 1 } }),
      kind: 'invalidParams',
      message: /wrong/,
    },
    { name: 'a schema', ask: () => llm().model('echo').prompt('x', { schema: dog }), kind: 'unsupportedFeature', message: /schema/ },
  ])('$name: $kind', async ({ ask, kind, message }) => {
    expect(await failure(ask().text())).toMatchObject({ name: 'LLMError', kind, message: expect.stringMatching(message) });
  });
});

test('many at once, each whole', async () => {
  const model = llm().model('echo');
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => model.prompt(`prompt ${index} ${'x '.repeat(index)}`).json()),
  );
  expect(answers).toHaveLength(100);
  answers.forEach((answer, index) => expect(answer).toMatchObject({ prompt: `prompt ${index} ${'x '.repeat(index)}` }));
});

test('cancelled while it runs or before: never a whole answer without an end', async () => {
  const outcomes: Done['outcome'][] = [];
  const responses = Array.from({ length: 20 }, () =>
    llm()
      .model('echo')
      .prompt(JSON.stringify({ raw: 'word '.repeat(20_000) })),
  );
  responses.forEach((response) => response.onDone(({ outcome }) => outcomes.push(outcome)));
  await Promise.all(responses.map(async (response, index) => (index % 2 === 0 ? response.cancel() : response.text())));
  expect(outcomes).toHaveLength(20);
  const odd = responses.filter((_, index) => index % 2 === 1);
  expect(await Promise.all(odd.map(async (response) => (await response.text()).length))).toEqual(odd.map(() => 100_000));
  expect(outcomes.filter((outcome) => outcome === 'error')).toEqual([]);
});

test('it ends cleanly, whether closed or killed by the end of its host', async () => {
  const own = await LLM.start({ env, cwd: import.meta.dirname, stderr: 'ignore' });
  const running = own.model('echo').prompt('running');
  await own.close();
  expect(await running.json()).toMatchObject({ prompt: 'running' });
  expect(await failure(own.models())).toMatchObject({ kind: 'closed' });
});
