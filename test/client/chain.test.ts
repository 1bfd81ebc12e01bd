import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Chain, Tool } from '../../client/index.ts';
import { collect, failure } from './consume.ts';
import { realSidecar } from './sidecars/real.ts';

const llm = realSidecar();
const model = llm.model('echo', { actor: { id: 'ann' } });

/** Makes the echo model call tools; its next response shows what they gave. */
const calling = (...calls: [name: string, args: object][]): string =>
  JSON.stringify({ prompt: 'go', tool_calls: calls.map(([name, args]) => ({ name, arguments: args })) });
const add = {
  description: 'Adds.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }: { a: number; b: number }) => a + b,
};

describe('a chain', () => {
  test('answers the calls and asks again; the arguments have the type of the schema', async () => {
    const seen: [number, string][] = [];
    const chain = model.chain(calling(['add', { a: 2, b: 3 }], ['shout', { word: 'hi' }]), {
      tools: {
        add: {
          parameters: z.object({ a: z.number(), b: z.coerce.string() }),
          execute: ({ a, b }) => {
            seen.push([a, b]);
            return { sum: a + Number(b) };
          },
        },
        shout: { parameters: z.object({ word: z.string() }), execute: async ({ word }) => word.toUpperCase() },
      },
    });
    expect(await results(chain)).toEqual([
      { name: 'add', output: '{"sum":5}' },
      { name: 'shout', output: 'HI' },
    ]);
    expect(seen).toEqual([[2, '3']]);
    const { steps, stopReason } = await chain.result();
    expect([steps.length, stopReason, await chain.paused()]).toEqual([2, 'end', []]);
    expect(await chain.usage()).toMatchObject({ inputTokens: expect.any(Number) });
  });

  test('is read response by response, while it is written and after', async () => {
    const release = Promise.withResolvers<void>();
    const tools = {
      slow: { execute: async () => release.promise.then(() => 'slow') },
      fast: { execute: () => 'fast' },
    };
    const chain = model.chain(calling(['slow', {}], ['fast', {}]), { tools });
    const read: unknown[] = [];
    for await (const response of chain.responses()) {
      const pieces = await collect(response);
      read.push([
        response.step,
        response.model,
        pieces.join('') === (await response.text()),
        (await response.toolCalls()).map(({ name }) => name),
      ]);
      release.resolve();
      read.push((await response.toolResults()).map(({ name, content }) => [name, content]));
    }
    expect(read).toEqual([
      [0, 'echo', true, ['slow', 'fast']],
      [
        ['slow', [{ type: 'text', text: 'slow' }]],
        ['fast', [{ type: 'text', text: 'fast' }]],
      ],
      [1, 'echo', true, []],
      [],
    ]);
    const [first, second, ...more] = await collect(chain.responses());
    expect(more).toEqual([]);
    expect(await first!.cost()).toEqual((await chain.result()).steps[0]!.cost);
    expect(await second!.usage()).toEqual((await chain.result()).steps[1]!.usage);
    expect(`${await first!.text()}${await second!.text()}`).toBe(await chain.text());
  });

  const tools: { name: string; tool: Tool<never>; content: unknown; isError?: true }[] = [
    { name: 'text', tool: { execute: () => 'text' }, content: 'text' },
    { name: 'JSON', tool: { execute: () => [1, { two: 2 }] }, content: '[1,{"two":2}]' },
    { name: 'an empty list', tool: { execute: () => [] }, content: '[]' },
    { name: 'nothing', tool: { execute: () => {} }, content: 'null' },
    { name: 'content parts', tool: { execute: async () => [{ type: 'text', text: 'part' }] }, content: 'part' },
    { name: 'what is no JSON', tool: { execute: () => 1n }, content: 'Error: Do not know how to serialize a BigInt', isError: true },
    { name: 'an error', tool: { execute: () => Promise.reject(new Error('no such row')) }, content: 'Error: no such row', isError: true },
    {
      name: 'wrong arguments',
      tool: add as unknown as Tool<never>,
      content: expect.stringMatching(/^Error: the arguments of "tool" are not what it takes: a: .*expected number/),
      isError: true,
    },
  ];
  test.each(tools)('a tool that gives $name', async ({ tool, content, isError }) => {
    const { steps } = await model.chain(calling(['tool', { a: 'x', b: 1 }]), { tools: { tool } }).result();
    expect(steps[0]!.toolResults).toMatchObject([{ content: [{ type: 'text', text: content }], ...(isError && { isError }) }]);
  });

  test('a tool that does not exist goes to the model as a failure', async () => {
    expect(await results(model.chain(calling(['nothing', {}], ['add', { a: 1, b: 1 }]), { tools: { add } }))).toEqual([
      { name: 'nothing', output: 'Error: tool "nothing" does not exist' },
      { name: 'add', output: '2' },
    ]);
  });

  test('a tool knows the call, and prompts one deeper', async () => {
    const seen: unknown[] = [];
    const group = await llm.openGroup({ model: 'echo', actor: { id: 'ann' } });
    const chain = group.chain(calling(['ask', {}]), {
      tools: {
        ask: {
          execute: async (_, { signal, toolCallId, ...context }) => {
            seen.push({ ...context, aborted: signal.aborted, hasId: toolCallId.length > 0 });
            return model.prompt('{"raw": "nested"}').text();
          },
        },
      },
    });
    expect(await results(chain)).toEqual([{ name: 'ask', output: 'nested' }]);
    expect(seen).toEqual([
      {
        promptId: chain.promptId,
        step: 0,
        actor: { id: 'ann' },
        group: group.id,
        aborted: false,
        resumed: false,
        hasId: true,
        pause: expect.any(Function),
      },
    ]);
  });

  test('cancelling aborts the tools', async () => {
    const aborted = Promise.withResolvers<void>();
    const chain = model.chain(calling(['wait', {}]), {
      tools: {
        wait: {
          execute: async (_, { signal }) => {
            signal.addEventListener('abort', () => aborted.resolve());
            chain.cancel().catch(() => {});
            await new Promise(() => {});
          },
        },
      },
    });
    expect(await failure(chain.text())).toMatchObject({ kind: 'cancelled', partial: { text: expect.stringContaining('go') } });
    await aborted.promise;
  });

  test('the limit of steps is a failure only if another step would be needed', async () => {
    const chain = model.chain(calling(['add', { a: 2, b: 3 }]), { tools: { add }, maxSteps: 1 });
    expect(await failure(chain.text())).toMatchObject({
      kind: 'stepLimit',
      partial: { content: [{ type: 'text' }, { type: 'toolCall' }] },
    });
    expect(await failure(collect(chain.responses()))).toMatchObject({ kind: 'stepLimit' });
    expect(await results(await chain.resume())).toEqual([{ name: 'add', output: '5' }]);
    expect(await model.chain('{"raw": "enough"}', { tools: { add }, maxSteps: 1 }).text()).toBe('enough');
  });
});

describe('a pause', () => {
  const asked: string[] = [];
  const tools = {
    add,
    drop: {
      execute: (_: unknown, { resumed, pause }: { resumed: boolean; pause(): never }) => {
        asked.push(resumed ? 'again' : 'first');
        if (!resumed) pause();
        return 'dropped';
      },
    },
  };
  const prompt = calling(['add', { a: 1, b: 1 }], ['drop', {}]);

  test.each([
    { name: 'is resumed by calling again', give: undefined, outputs: ['2', 'dropped'], calls: ['first', 'again'] },
    { name: 'is resumed with a result', give: { done: 1 }, outputs: ['2', '{"done":1}'], calls: ['first'] },
    { name: 'is resumed with a refusal', give: new Error('the user said no'), outputs: ['2', 'Error: the user said no'], calls: ['first'] },
  ])('$name', async ({ give, outputs, calls }) => {
    asked.length = 0;
    const chain = model.chain(prompt, { tools, system: 'Careful.' });
    const open = await chain.paused();
    expect(open).toMatchObject([{ name: 'drop', args: {} }]);
    const resumed = await chain.resume(give === undefined ? {} : { [open[0]!.toolCallId]: give });
    expect((await results(resumed)).map(({ output }) => output)).toEqual(outputs);
    expect(asked).toEqual(calls);
    expect(await resumed.paused()).toEqual([]);
    expect(((await lastAnswer(resumed)) as { system: string }).system).toBe('Careful.');
  });

  test('in a conversation it goes on there', async () => {
    const conversation = model.conversation({ system: 'Careful.' });
    const chain = conversation.chain(prompt, { tools });
    const [call] = await chain.paused();
    const resumed = await chain.resume({ [call!.toolCallId]: 'approved' });
    expect((await results(resumed)).map(({ output }) => output)).toEqual(['2', 'approved']);
    expect(conversation.messages.map(({ role }) => role).slice(0, 2)).toEqual(['user', 'assistant']);
    expect(conversation.messages.at(-1)!.role).toBe('assistant');
    expect(await conversation.prompt('and now?').json()).toMatchObject({ prompt: 'and now?', system: 'Careful.' });
  });

  test.each([
    { name: 'of nothing', text: '{"raw": "done"}', give: {}, message: /nothing to resume/ },
    { name: 'of a call that is not open', text: prompt, give: { c9: 'x' }, message: /No call "c9" is open\. Open: / },
  ])('a resumption $name is a failure', async ({ text, give, message }) => {
    expect(await failure(model.chain(text, { tools }).resume(give))).toMatchObject({
      kind: 'invalidParams',
      message: expect.stringMatching(message),
    });
  });
});

test('tools of a prompt, without the code that answers them: the calls come back', async () => {
  const spec = { name: 'add', inputSchema: { type: 'object' } };
  const { stopReason, messages } = await model.prompt(calling(['add', { a: 1, b: 2 }]), { tools: [spec] }).result();
  expect(stopReason).toBe('toolCalls');
  const call = (messages!.at(-1)!.content as { type: string; toolCallId: string }[]).find(({ type }) => type === 'toolCall')!;
  const result = { type: 'toolResult' as const, toolCallId: call.toolCallId, content: [{ type: 'text' as const, text: '3' }] };
  const answer = await model.prompt(undefined, { tools: [spec], messages: [...messages!, { role: 'tool', content: [result] }] }).json();
  expect(answer).toMatchObject({ tool_results: [{ name: 'add', output: '3' }] });
  const raw = await llm.request('llm/prompt', { model: 'echo', prompt: calling(['add', {}]), tools: [spec] });
  expect(raw.stopReason).toBe('toolCalls');
});

async function lastAnswer(chain: Chain): Promise<unknown> {
  const { steps } = await chain.result();
  return JSON.parse((steps.at(-1)!.content![0] as { text: string }).text);
}

async function results(chain: Chain): Promise<{ name: string; output: string }[]> {
  const { tool_results: given } = (await lastAnswer(chain)) as { tool_results: { name: string; output: string; tool_call_id: string }[] };
  return given.map(({ name, output }) => ({ name, output }));
}
