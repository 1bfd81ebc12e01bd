import { describe, expect, test } from 'vitest';
import type { Delta } from '../../protocol/index.ts';
import { createCatalogue } from '../../src/catalogue/catalogue.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Hook, Tool } from '../../src/engine/ports.ts';
import type { PromptRequest } from '../../src/engine/promptRequest.ts';
import { runPrompt } from '../../src/engine/runPrompt.ts';
import { composeHooks } from '../../src/hooks/composeHooks.ts';
import { Failure } from '../../src/lib/failure.ts';
import { createToolBox } from '../../src/tools/toolBox.ts';
import { requestOf, resultsIn, scriptedEngine, scriptedModel, type ScriptedStep } from './support/scriptedEngine.ts';

const away = new Failure('providerError', 'It is away.', { retryable: true });
const lookUp: Tool = {
  spec: { name: 'lookUp', inputSchema: { type: 'object' } },
  registeredBy: 'test',
  answer: async () => ({ content: 'a cat' }),
};
const call: ScriptedStep = { calls: [{ id: 'c1', name: 'lookUp' }] };

interface Windows {
  readonly scripted?: number;
  readonly spare?: number;
}

/** One prompt to `scripted`, whose fallback is `spare`; the script is what either says, response by response. */
async function run(script: readonly ScriptedStep[], more: Partial<PromptRequest> = {}, hooks: readonly Hook[] = [], windows: Windows = {}) {
  const { engine: plain, asked } = scriptedEngine(script);
  const before = plain.snapshot();
  const snapshot = {
    ...before,
    catalogue: createCatalogue([
      { ...scriptedModel, contextWindow: windows.scripted },
      { ...scriptedModel, id: 'spare', upstreamId: 'spare', contextWindow: windows.spare },
    ]),
    reliability: { ...before.reliability, fallbacks: { models: new Map([['scripted', ['spare']]]), purposes: new Map() } },
  };
  const composed = composeHooks(hooks, () => {});
  const engine: Engine = { ...plain, snapshot: () => snapshot, hooks: () => composed, tools: createToolBox([lookUp], []) };
  const deltas: Delta[] = [];
  const outcome = await runPrompt(engine, requestOf({ prompt: 'Hi', ...more }), (delta) => deltas.push(delta), { cancels: [] }).catch(
    (error: unknown) => error as Failure,
  );
  return { outcome, asked, deltas };
}

describe('a model that fails in the middle of a chain', () => {
  test('is replaced for the rest of it: calls of tools and their results stay', async () => {
    const { outcome, asked, deltas } = await run([call, { text: 'I s', fails: away }, { text: 'I saw' }], { toolNames: ['lookUp'] });
    expect(outcome).toMatchObject({ model: 'spare', chosen: 'scripted', text: 'I saw', stopReason: 'end' });
    expect('steps' in outcome && outcome.steps.map(({ model, stopReason, failure }) => [model, stopReason, failure?.kind])).toEqual([
      ['scripted', 'toolCalls', undefined],
      ['scripted', 'interrupted', 'providerError'],
      ['spare', 'end', undefined],
    ]);
    expect(asked.map(({ model }) => model.id)).toEqual(['scripted', 'scripted', 'spare']);
    expect(resultsIn(asked[2]?.messages ?? [])).toEqual(['c1: a cat']);
    expect(deltas.filter(({ type }) => type === 'reset')).toEqual([{ type: 'reset', step: 1, fromPart: 1, reason: 'fallback' }]);
    expect('messages' in outcome && outcome.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  });

  test('counts for no step of the limit, and what the caller demands of the first response is demanded again', async () => {
    const more: Partial<PromptRequest> = { toolNames: ['lookUp'], toolChoice: 'required', maxSteps: 2 };
    const { outcome, asked } = await run([{ fails: away }, call, { text: 'I saw' }], more);
    expect(outcome).toMatchObject({ model: 'spare', stopReason: 'end', text: 'I saw' });
    expect(asked.map(({ toolChoice }) => toolChoice)).toEqual(['required', 'required', undefined]);
  });

  test('is not replaced twice by the same one', async () => {
    const { outcome, asked } = await run([call, { fails: away }, { text: 'Hm', fails: away }], { toolNames: ['lookUp'] });
    expect(outcome).toMatchObject({ kind: 'providerError', message: 'It is away. It was asked in place of scripted (providerError).' });
    expect(asked).toHaveLength(3);
  });
});

test('an answer that ends without a word of its end is one that failed; without a fallback it is given', async () => {
  const cut: ScriptedStep = { text: 'Half', stopReason: 'interrupted' };
  expect((await run([cut, { text: 'Whole' }])).outcome).toMatchObject({ model: 'spare', text: 'Whole', stopReason: 'end' });
  expect((await run([cut], { model: 'spare' })).outcome).toMatchObject({ model: 'spare', text: 'Half', stopReason: 'interrupted' });
});

test.each<[string, Windows, string]>([
  ['a larger one is asked', { scripted: 100, spare: 200 }, 'spare'],
  ['one that is known, in place of one that is not', { spare: 200 }, 'spare'],
  ['one of the same size is not', { scripted: 200, spare: 200 }, 'contextLength'],
  ['one of which it is not known is not', { scripted: 100 }, 'contextLength'],
])('a prompt that does not fit the window: %s', async (_what, windows, expected) => {
  const tooLong = new Failure('contextLength', 'Too long.', { retryable: false });
  const { outcome } = await run([{ fails: tooLong }, { text: 'It fits' }], {}, [], windows);
  expect('kind' in outcome ? outcome.kind : outcome.model).toBe(expected);
});

test('an answer that does not satisfy the schema is asked of the other', async () => {
  const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
  const { outcome } = await run([{ text: '{}' }, { text: '{"a":1}' }], { schema });
  expect(outcome).toMatchObject({ model: 'spare', parsed: { a: 1 } });
});

test('each model has its own hooks: every start has its end, and the prompt is left once by each', async () => {
  const heard: string[] = [];
  const hook: Hook = {
    id: 'h',
    registeredBy: 'test',
    prompt: async ({ model }) => {
      heard.push(`enter ${model}`);
      return {
        stepStart: async ({ step }) => void heard.push(`start ${step}`),
        stepEnd: async (step, { outcome }) => void heard.push(`end ${step} ${outcome}`),
        leave: async ({ outcome }) => void heard.push(`leave ${model} ${outcome}`),
      };
    },
  };
  await run([{ text: 'I', fails: away }, { text: 'You' }], {}, [hook]);
  expect(heard).toEqual([
    'enter scripted',
    'start 0',
    'end 0 error',
    'enter spare',
    'leave scripted error',
    'start 1',
    'end 1 ok',
    'leave spare ok',
  ]);
});

test("a defect is nobody's to mend", async () => {
  const { outcome, asked } = await run([{ fails: new TypeError('a defect') }]);
  expect(outcome).toBeInstanceOf(TypeError);
  expect(asked).toHaveLength(1);
});
