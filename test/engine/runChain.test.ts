import { describe, expect, test } from 'vitest';
import type { Delta, Message } from '../../protocol/index.ts';
import type { AnswerTool, Tool, ToolCall, ToolOutcome } from '../../src/engine/ports.ts';
import { runPrompt } from '../../src/engine/runPrompt.ts';
import { Failure } from '../../src/lib/failure.ts';
import { requestOf, resultsIn, scriptedEngine } from './support/scriptedEngine.ts';

const spec = (name: string) => ({ name, inputSchema: { type: 'object' } });
const called = (...ids: string[]) => ({ calls: ids.map((id) => ({ id, name: `tool-${id}`, args: { of: id } })) });
const toolsFor = (...ids: string[]) => ids.map((id) => spec(`tool-${id}`));
const none: AbortSignal[] = [];
const run = (made: ReturnType<typeof scriptedEngine>, more: Parameters<typeof requestOf>[0], cancels = none, deltas: Delta[] = []) =>
  runPrompt(made.engine, requestOf({ prompt: 'go', ...more }), (delta) => void deltas.push(delta), { cancels });

describe('a chain', () => {
  test('calls of one step run in parallel, results are in the order of the calls', async () => {
    const made = scriptedEngine([{ text: 'let me see', ...called('a', 'b', 'c') }, { text: 'done' }]);
    const seen: ToolCall[] = [];
    const all = Promise.withResolvers<void>();
    const order: string[] = [];
    const outcome = await run(made, {
      tools: toolsFor('a', 'b', 'c'),
      groupId: undefined,
      actor: { id: 'ann' },
      depth: 2,
      answerTool: async (call) => {
        seen.push(call);
        if (seen.length === 3) all.resolve();
        await all.promise;
        // The last one answers first.
        for (let turn = 0; turn < 3 - 'abc'.indexOf(call.toolCallId); turn += 1) await new Promise(setImmediate);
        order.push(call.toolCallId);
        return { content: `result ${call.toolCallId}` };
      },
    });
    expect(order).toEqual(['c', 'b', 'a']);
    expect(seen[1]).toEqual({
      promptId: 'p',
      step: 0,
      toolCallId: 'b',
      name: 'tool-b',
      args: { of: 'b' },
      groupId: undefined,
      actor: { id: 'ann' },
      depth: 2,
    });
    expect(resultsIn(made.asked[1]!.messages)).toEqual(['a: result a', 'b: result b', 'c: result c']);
    expect(outcome).toMatchObject({
      stopReason: 'end',
      text: 'let me seedone',
      usage: { inputTokens: 20, outputTokens: 2 },
      cost: { usd: '0.02', source: 'computed' },
    });
    expect(outcome.steps.map(({ stopReason, responseId, toolResults }) => [stopReason, responseId, toolResults?.length])).toEqual([
      ['toolCalls', 'response-1', 3],
      ['end', 'response-2', undefined],
    ]);
    expect(outcome.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  const answers: [string, AnswerTool | undefined, string][] = [
    ['text', async () => ({ content: 'fine' }), 'a: fine'],
    [
      'parts',
      async () => ({
        content: [
          { type: 'text', text: 'fi' },
          { type: 'text', text: 'ne' },
        ],
      }),
      'a: fine',
    ],
    [
      'an attachment the model takes',
      async () => ({ content: [{ type: 'attachment', mediaType: 'image/png', data: 'aGk=' }] }),
      'a: attachment',
    ],
    [
      'an attachment the model does not take',
      async () => ({ content: [{ type: 'attachment', mediaType: 'audio/wav', data: 'aGk=' }] }),
      'a: [The tool gave an attachment that is left out: scripted does not take attachments of type audio/wav; it takes image/png.]',
    ],
    ['a failure it tells', async () => ({ content: 'no such row', isError: true }), '!a: no such row'],
    ['a Failure', async () => Promise.reject(new Failure('hookFailed', 'the host said no')), '!a: Error: the host said no'],
    ['an error', async () => Promise.reject(new TypeError('x is not a function')), '!a: Error: x is not a function'],
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    ['a thrown text', async () => Promise.reject('just words'), '!a: Error: just words'],
    [
      'an error before it promises anything',
      () => {
        throw new Error('at once');
      },
      '!a: Error: at once',
    ],
    [
      'nothing',
      async () => undefined as unknown as ToolOutcome,
      '!a: Error: tool "tool-a" answered with something that is not a tool result',
    ],
    [
      'a number',
      async () => ({ content: 5 }) as unknown as ToolOutcome,
      '!a: Error: tool "tool-a" answered with something that is not a tool result',
    ],
    ['no answer in time', () => new Promise(() => {}), '!a: Error: tool "tool-a" did not answer within 30 ms'],
  ];
  test.each(answers)('a tool that gives %s', async (_, answerTool, result) => {
    const made = scriptedEngine([called('a'), { text: 'done' }], { toolTimeoutMs: 30 });
    const outcome = await run(made, { tools: toolsFor('a'), answerTool });
    expect(resultsIn(made.asked[1]!.messages)).toEqual([result]);
    expect(outcome).toMatchObject({ stopReason: 'end', text: 'done' });
  });

  test('a tool that is slow hears that nobody waits any more', async () => {
    const made = scriptedEngine([called('a'), { text: 'done' }], { toolTimeoutMs: 20 });
    const heard = Promise.withResolvers<boolean>();
    await run(made, {
      tools: toolsFor('a'),
      answerTool: (_, signal) => new Promise(() => signal.addEventListener('abort', () => heard.resolve(signal.aborted))),
    });
    expect(await heard.promise).toBe(true);
  });

  test('a tool that does not exist is told to the model, beside those that do', async () => {
    const made = scriptedEngine([called('a', 'x'), { text: 'done' }]);
    await run(made, { tools: toolsFor('a'), answerTool: async () => ({ content: 'ok' }) });
    expect(resultsIn(made.asked[1]!.messages)).toEqual(['a: ok', '!x: Error: tool "tool-x" does not exist']);
  });

  test('nobody to answer: the calls come back, and the chain goes on from the messages with results', async () => {
    const made = scriptedEngine([called('a'), { text: 'done' }]);
    const first = await run(made, { tools: toolsFor('a') });
    expect(first).toMatchObject({ stopReason: 'toolCalls', steps: [{ stopReason: 'toolCalls' }] });
    const messages: Message[] = [
      ...first.messages,
      { role: 'tool', content: [{ type: 'toolResult', toolCallId: 'a', content: [{ type: 'text', text: 'by hand' }] }] },
    ];
    const second = await run(made, { prompt: undefined, tools: toolsFor('a'), messages });
    expect(resultsIn(made.asked[1]!.messages)).toEqual(['a: by hand']);
    expect(second).toMatchObject({ stopReason: 'end', text: 'done' });
  });

  test('a tool of a plugin is answered by it, one of the caller by nobody: all come back, then only what is open is called', async () => {
    const plugin = registered('lookUp', async () => ({ content: 'found' }));
    const both = {
      calls: [
        { id: '1', name: 'lookUp' },
        { id: '2', name: 'tool-a' },
      ],
    };
    const made = scriptedEngine([both, { text: 'done' }], { tools: [plugin] });
    const first = await run(made, { tools: toolsFor('a'), toolNames: ['lookUp'] });
    expect(first.stopReason).toBe('toolCalls');
    const messages: Message[] = [
      ...first.messages,
      { role: 'tool', content: [{ type: 'toolResult', toolCallId: '2', content: [{ type: 'text', text: 'mine' }] }] },
    ];
    await run(made, { prompt: undefined, tools: toolsFor('a'), toolNames: ['lookUp'], messages });
    expect(resultsIn(made.asked[1]!.messages)).toEqual(['1: found', '2: mine']);
  });

  test.each([
    [1, 'stepLimit', 1],
    [2, 'stepLimit', 2],
    [3, 'end', 3],
    [undefined, 'end', 3],
  ])('at most %s responses: %s', async (maxSteps, stopReason, steps) => {
    const made = scriptedEngine([called('a'), called('b'), { text: 'done' }]);
    const outcome = await run(made, { tools: toolsFor('a', 'b'), answerTool: async () => ({ content: 'ok' }), maxSteps });
    expect(outcome).toMatchObject({ stopReason, steps: { length: steps } });
  });

  test('ten responses unless more are asked for', async () => {
    const made = scriptedEngine(Array.from({ length: 11 }, () => called('a')));
    const outcome = await run(made, { tools: toolsFor('a'), answerTool: async () => ({ content: 'ok' }) });
    expect([outcome.stopReason, made.asked.length]).toEqual(['stepLimit', 10]);
  });

  test('what the caller demands is demanded once, what it forbids always', async () => {
    for (const [toolChoice, later] of [
      ['required', undefined],
      [{ name: 'tool-a' }, undefined],
      ['none', 'none'],
      ['auto', undefined],
    ] as const) {
      const made = scriptedEngine([called('a'), { text: 'done' }]);
      await run(made, { tools: toolsFor('a'), toolChoice, answerTool: async () => ({ content: 'ok' }) });
      expect(made.asked.map((call) => call.toolChoice)).toEqual([toolChoice, later]);
    }
  });

  test.each([
    [{ tools: toolsFor('a', 'b', 'a') }, 'tools.2.name', 'There are two tools with the name "tool-a": each needs one of its own.'],
    [{ tools: toolsFor('a'), toolChoice: { name: 'b' } }, 'toolChoice.name', 'There is no tool "b" to choose. This prompt has tool-a.'],
    [{ toolChoice: { name: 'b' } }, 'toolChoice.name', 'There is no tool "b" to choose. This prompt has no tools.'],
  ])('%j is refused before anything is sent', async (request, path, message) => {
    const made = scriptedEngine([]);
    await expect(run(made, request)).rejects.toMatchObject({ kind: 'invalidParams', message, detail: { issues: [{ path, message }] } });
  });

  test('of two tools with one name the one of the caller is meant, and told once', async () => {
    const made = scriptedEngine([{ calls: [{ id: '1', name: 'lookUp' }] }, { text: 'done' }], {
      tools: [registered('lookUp', async () => ({ content: 'by the plugin' }))],
    });
    await run(made, { purpose: 'research', tools: [spec('lookUp')], answerTool: async () => ({ content: 'by the caller' }) });
    expect(made.asked[0]!.tools.map(({ name }) => name)).toEqual(['lookUp']);
    expect(resultsIn(made.asked[1]!.messages)).toEqual(['1: by the caller']);
  });

  test('a purpose brings its tools', async () => {
    const made = scriptedEngine([{ calls: [{ id: '1', name: 'lookUp' }] }, { text: 'done' }], {
      tools: [registered('lookUp', async () => ({ content: 'by the plugin' }))],
    });
    const outcome = await run(made, { purpose: 'research' });
    expect(resultsIn(made.asked[1]!.messages)).toEqual(['1: by the plugin']);
    expect(outcome.text).toBe('done');
  });
});

describe('a pause', () => {
  const pausing =
    (approved: ReadonlySet<string>, calls: string[]): AnswerTool =>
    async ({ toolCallId }) => {
      calls.push(toolCallId);
      return approved.has(toolCallId) ? { content: `did ${toolCallId}` } : { content: '', pause: true };
    };

  test('ends the prompt; its messages go on with the calls that have no result, in the order of the calls', async () => {
    const made = scriptedEngine([called('a', 'b', 'c'), { text: 'done' }]);
    const calls: string[] = [];
    const tools = toolsFor('a', 'b', 'c');
    const first = await run(made, { tools, answerTool: pausing(new Set(['a', 'c']), calls) });
    expect([first.stopReason, resultsIn(first.messages)]).toEqual(['paused', ['a: did a', 'c: did c']]);
    expect(first.steps).toHaveLength(1);
    const deltas: Delta[] = [];
    const second = await run(
      made,
      { prompt: undefined, messages: first.messages, tools, answerTool: pausing(new Set(['a', 'b', 'c']), calls) },
      none,
      deltas,
    );
    expect(calls).toEqual(['a', 'b', 'c', 'b']);
    expect(made.asked[1]!.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    expect(resultsIn(made.asked[1]!.messages)).toEqual(['a: did a', 'b: did b', 'c: did c']);
    expect(second).toMatchObject({ stopReason: 'end', text: 'done', usage: { inputTokens: 10 } });
    expect(deltas[0]).toMatchObject({ type: 'toolResult', toolCallId: 'b' });
  });

  test('may come again: nothing was asked of the model', async () => {
    const made = scriptedEngine([called('a')]);
    const first = await run(made, { tools: toolsFor('a'), answerTool: pausing(new Set(), []) });
    const second = await run(made, {
      prompt: undefined,
      messages: first.messages,
      tools: toolsFor('a'),
      answerTool: pausing(new Set(), []),
    });
    expect(second).toMatchObject({ stopReason: 'paused', steps: [], usage: { inputTokens: 0, outputTokens: 0 }, cost: { usd: '0' } });
    expect(made.asked).toHaveLength(1);
  });

  test('a new turn of the user after the calls: they are not called', async () => {
    const made = scriptedEngine([called('a'), { text: 'done' }]);
    const first = await run(made, { tools: toolsFor('a'), answerTool: pausing(new Set(), []) });
    const calls: string[] = [];
    await run(made, { prompt: 'never mind', messages: first.messages, tools: toolsFor('a'), answerTool: pausing(new Set(['a']), calls) });
    expect(calls).toEqual([]);
  });
});

describe('a chain that does not end well', () => {
  test('a failure of a later response carries all that came before, and what it cost', async () => {
    const made = scriptedEngine([
      { text: 'one', ...called('a') },
      { text: 'two', fails: new Failure('providerError', 'broken', { retryable: true }) },
    ]);
    const failure = await run(made, { tools: toolsFor('a'), answerTool: async () => ({ content: 'ok' }) }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'providerError',
      detail: {
        partial: {
          content: [
            { type: 'text', text: 'one' },
            { type: 'toolCall', toolCallId: 'a' },
            { type: 'text', text: 'two' },
          ],
          usage: { inputTokens: 20, outputTokens: 2 },
          cost: { usd: '0.02' },
        },
      },
    });
  });

  test('cancelled while tools run: they hear of it, and what one still gives is kept', async () => {
    const made = scriptedEngine([called('a', 'b', 'c')]);
    const controller = new AbortController();
    const answerTool: AnswerTool = async ({ toolCallId }, signal) => {
      if (toolCallId === 'a') return { content: 'before' };
      controller.abort();
      await new Promise(setImmediate);
      if (toolCallId === 'c') signal.throwIfAborted();
      return { content: `aborted: ${signal.aborted}` };
    };
    const outcome = await run(made, { tools: toolsFor('a', 'b', 'c'), answerTool }, [controller.signal]);
    expect(outcome).toMatchObject({ stopReason: 'cancelled', usage: { inputTokens: 10 }, steps: { length: 1 } });
    expect(resultsIn(outcome.messages)).toEqual(['a: before', 'b: aborted: true']);
    expect(outcome.steps[0]?.toolResults).toHaveLength(2);
  });

  test('cancelled while a tool ignores it: waited for a second at most', async () => {
    const made = scriptedEngine([called('a')]);
    const controller = new AbortController();
    const started = performance.now();
    const answerTool = (): Promise<ToolOutcome> => {
      controller.abort();
      return new Promise(() => {});
    };
    expect(await run(made, { tools: toolsFor('a'), answerTool }, [controller.signal])).toMatchObject({ stopReason: 'cancelled' });
    expect(performance.now() - started).toBeGreaterThan(900);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test('timeoutMs while a tool runs: providerTimeout with what there is', async () => {
    const made = scriptedEngine([called('a')]);
    const answerTool: AnswerTool = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const failure = await run(made, { tools: toolsFor('a'), answerTool, timeoutMs: 500 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'providerTimeout',
      detail: { partial: { usage: { inputTokens: 10 }, content: [{ type: 'toolCall' }] } },
    });
  });
});

function registered(name: string, answer: AnswerTool): Tool {
  return { spec: spec(name), registeredBy: 'plugin', answer };
}
