import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Done } from '../../client/index.ts';
import { collect, failure } from './consume.ts';
import { sidecar } from './sidecars/start.ts';

const llm = sidecar('scripted');
afterAll(() => llm.close());

const part = { type: 'part', step: 0, part: 0, kind: 'text' };
const text = (piece: string, number = 0) => ({ type: 'text', part: number, text: piece });
const hello = [{ deltas: [part, text('Hel')] }, { deltas: [text('lo'), text(' you')] }, { result: {} }];

describe('every way to read, in any order', () => {
  test('text, then iterate, twice, then events', async () => {
    const response = prompt(hello);
    expect(await response.text()).toBe('Hello you');
    expect(await collect(response)).toEqual(['Hel', 'lo', ' you']);
    expect(await collect(response)).toEqual(['Hel', 'lo', ' you']);
    expect(await collect(response.events())).toEqual([part, text('Hel'), text('lo'), text(' you')]);
  });

  test('two at once, one left early, text while iterating', async () => {
    const response = prompt([{ deltas: [text('a')] }, { until: 'ping' }, { deltas: [text('b')] }, { result: {} }]);
    const whole = response.text();
    const both = [collect(response), collect(response)];
    for await (const piece of response) {
      expect(piece).toBe('a');
      break;
    }
    await llm.request('ping', {});
    expect(await Promise.all(both)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(await whole).toBe('ab');
  });

  test('text comes before the answer is complete', async () => {
    const response = prompt([{ deltas: [text('first')] }, { until: 'llm/models' }, { deltas: [text('!')] }, { result: {} }]);
    const pieces: string[] = [];
    for await (const piece of response) {
      pieces.push(piece);
      if (pieces.length === 1) await llm.models();
    }
    expect(pieces).toEqual(['first', '!']);
  });

  test('usage, cost and result', async () => {
    const response = prompt(hello);
    expect(await response.cost()).toEqual({ usd: '0.5', source: 'computed' });
    expect(await response.usage()).toEqual({ inputTokens: 1, outputTokens: 2 });
    expect(await response.result()).toMatchObject({ promptId: response.promptId, model: 'fake', stopReason: 'end', text: 'Hello you' });
  });
});

describe('json', () => {
  const dog = z.object({ name: z.string(), born: z.string().transform(Number) });

  test('parses the text, or takes what the sidecar parsed', async () => {
    expect(await prompt([{ deltas: [text('{"a":'), text('1}')] }, { result: {} }]).json()).toEqual({ a: 1 });
    expect(await prompt([{ result: { parsed: null } }]).json()).toBeNull();
  });

  test('a zod schema is sent as JSON Schema, and validates and types the answer', async () => {
    const answer = await llm
      .model('x')
      .prompt(JSON.stringify([{ result: { parsed: { name: 'Rex', born: '2020' } } }]), { schema: dog })
      .json();
    const year: number = answer.born;
    expect([answer.name, year]).toEqual(['Rex', 2020]);
    expect(await lastPrompt()).toMatchObject({
      schema: { type: 'object', properties: { name: { type: 'string' }, born: { type: 'string' } }, required: ['name', 'born'] },
    });
  });

  test.each([
    { name: 'no JSON', steps: [{ deltas: [text('{"a": 1')] }, { result: { stopReason: 'length' } }], message: /ended by "length"/ },
    { name: 'not what the schema wants', steps: [{ result: { parsed: { name: 1, born: '1' } } }], message: /name: .*expected string/ },
  ])('$name', async ({ steps, message }) => {
    const error = await failure(llm.model('x').prompt(JSON.stringify(steps), { schema: dog }).json());
    expect(error).toMatchObject({ kind: 'invalidJson', message: expect.stringMatching(message) });
  });
});

describe('what is not whole is never read as an answer', () => {
  test.each(['cancelled', 'interrupted'] as const)('%s', async (stopReason) => {
    const response = prompt([{ deltas: [text('part of it')] }, { result: { stopReason } }]);
    const wanted = {
      kind: stopReason,
      partial: {
        text: 'part of it',
        content: [{ type: 'text', text: 'part of it' }],
        usage: { inputTokens: 1, outputTokens: 2 },
        cost: { usd: '0.5' },
      },
    };
    expect(await failure(response.text())).toMatchObject(wanted);
    expect(await failure(collect(response))).toMatchObject(wanted);
    expect(await failure(collect(response.events()))).toMatchObject(wanted);
    expect(await failure(response.json())).toMatchObject(wanted);
    expect(await response.result()).toMatchObject({ stopReason, text: 'part of it' });
    expect(await response.usage()).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  test('an error of the sidecar, with what it says of the cost', async () => {
    const partial = { content: [], usage: { inputTokens: 9, outputTokens: 1 }, cost: { usd: '0.1', source: 'computed' }, lastSeq: 0 };
    const data = { kind: 'rateLimited', retryable: true, retryAfterMs: 500, partial };
    const response = prompt([{ deltas: [text('so far')] }, { error: { code: -31022, message: 'Slow down.', data } }]);
    const wanted = {
      kind: 'rateLimited',
      code: -31022,
      message: 'Slow down.',
      retryable: true,
      data,
      partial: { text: 'so far', usage: { inputTokens: 9 }, cost: { usd: '0.1' } },
    };
    expect(await failure(response.text())).toMatchObject(wanted);
    expect(await failure(response.result())).toMatchObject(wanted);
    expect(await failure(response.usage())).toMatchObject(wanted);
    expect(await failure(collect(response))).toMatchObject(wanted);
  });

  const violations: { name: string; steps: object[]; message: RegExp }[] = [
    {
      name: 'a gap',
      steps: [{ deltas: [text('a')] }, { deltas: [text('c')], seq: 2 }, { until: '$/cancelRequest' }, { result: {} }],
      message: /delta 2 came after delta 0/,
    },
    {
      name: 'a repetition',
      steps: [{ deltas: [text('a')] }, { deltas: [text('a')], seq: 0 }, { until: 'never' }],
      message: /delta 0 came after delta 0/,
    },
    {
      name: 'a missing last delta',
      steps: [{ deltas: [text('a')] }, { result: { stream: { lastSeq: 1, textBytes: 1 } } }],
      message: /its last delta is 1, delta 0 was the last/,
    },
    {
      name: 'missing bytes',
      steps: [{ deltas: [text('ä')] }, { result: { stream: { lastSeq: 0, textBytes: 1 } } }],
      message: /has 1 bytes, 2 came/,
    },
    { name: 'nonsense', steps: [{ deltas: [null as never] }, { until: 'never' }], message: /delta 0 cannot be understood/ },
    { name: 'another text', steps: [{ deltas: [text('a')] }, { result: { text: 'b' } }], message: /not what the deltas add up to/ },
  ];
  test.each(violations)('G3, G4: $name', async ({ steps, message }) => {
    const response = prompt(steps);
    expect(await failure(response.text())).toMatchObject({ kind: 'protocolViolation', message: expect.stringMatching(message) });
    expect(await failure(collect(response))).toMatchObject({ kind: 'protocolViolation' });
  });
});

describe('resets', () => {
  const steps = [
    { deltas: [part, text('wrong')] },
    { until: 'config/read' },
    { deltas: [{ type: 'reset', step: 0, fromPart: 0, reason: 'fallback' }, part, text('right')] },
    { result: { text: 'right', stream: { lastSeq: 1, textBytes: 5 } } },
  ];

  test('whoever reads late does not see what was taken back; whoever has seen it learns so', async () => {
    const response = prompt(steps);
    const early: string[] = [];
    const iteration = (async () => {
      for await (const piece of response) {
        early.push(piece);
        await llm.request('config/read', {});
      }
    })();
    expect(await failure(iteration)).toMatchObject({ kind: 'textDiscarded' });
    expect(early).toEqual(['wrong']);
    expect(await response.text()).toBe('right');
    expect(await collect(response)).toEqual(['right']);
    expect((await collect(response.events())).map((delta) => delta.type)).toEqual(['part', 'text', 'reset', 'part', 'text']);
  });
});

describe('cancel', () => {
  const endless = [{ deltas: [text('one, two')] }, { until: '$/cancelRequest' }, { result: { stopReason: 'cancelled' } }];

  test('by cancel(), which is idempotent and resolves at the end', async () => {
    const response = prompt(endless);
    for await (const piece of response) {
      expect(piece).toBe('one, two');
      await Promise.all([response.cancel(), response.cancel()]);
      break;
    }
    expect(await failure(response.text())).toMatchObject({ kind: 'cancelled', code: -32800, partial: { text: 'one, two' } });
    await response.cancel();
  });

  test('by a signal', async () => {
    const host = new AbortController();
    const response = llm.model('x').prompt(JSON.stringify(endless), { signal: host.signal });
    for await (const _ of response.events()) {
      host.abort();
      break;
    }
    expect(await failure(response.text())).toMatchObject({ kind: 'cancelled', partial: { text: 'one, two' } });
  });

  test('by the end of its scope', async () => {
    const state: { done?: Done } = {};
    {
      await using response = prompt(endless);
      response.onDone((done) => (state.done = done));
    }
    expect(state.done).toMatchObject({ outcome: 'cancelled' });
  });

  test('before it is sent: nothing is sent', async () => {
    const response = llm.model('x').prompt('never sent', { signal: AbortSignal.abort() });
    expect(await failure(response.text())).toMatchObject({ kind: 'cancelled' });
    expect(await failure(response.result())).toMatchObject({ kind: 'cancelled' });
    expect((await prompts()).filter((params) => params.prompt === 'never sent')).toEqual([]);
  });

  test('after it is done: nothing happens', async () => {
    const response = prompt(hello);
    await response.text();
    await response.cancel();
    expect(await response.text()).toBe('Hello you');
  });
});

describe('onDone', () => {
  test.each([
    { outcome: 'ok', steps: hello },
    { outcome: 'interrupted', steps: [{ result: { stopReason: 'interrupted' } }] },
    { outcome: 'cancelled', steps: [{ result: { stopReason: 'cancelled' } }] },
    { outcome: 'error', steps: [{ error: { code: -31020, message: 'm', data: { kind: 'providerError', retryable: false } } }] },
  ])('$outcome: once each, also when it is already done', async ({ outcome, steps }) => {
    const heard: string[] = [];
    const response = prompt(steps).onDone((done) => heard.push(`early ${done.outcome}`));
    await response.text().catch(() => {});
    const late = Promise.withResolvers<void>();
    response.onDone((done) => {
      heard.push(`late ${done.outcome}`);
      late.resolve();
    });
    await late.promise;
    expect(heard).toEqual([`early ${outcome}`, `late ${outcome}`]);
  });

  test('a callback that fails is a warning, and fails nothing', async () => {
    const warnings: string[] = [];
    const all = Promise.withResolvers<void>();
    // Node may warn of something of its own meanwhile.
    const onWarning = ({ message }: Error) => message.endsWith('in a callback') && warnings.push(message) === 2 && all.resolve();
    process.on('warning', onWarning);
    const response = prompt(hello)
      .onDone(() => {
        throw new Error('thrown in a callback');
      })
      .onDone(async () => Promise.reject(new Error('rejected in a callback')));
    expect(await response.text()).toBe('Hello you');
    await all.promise;
    process.off('warning', onWarning);
    expect(warnings).toEqual(['thrown in a callback', 'rejected in a callback']);
  });
});

test('deltas are acknowledged, half a window at a time', async () => {
  const steps = [...Array.from({ length: 40 }, () => ({ deltas: [text('.')] })), { result: {} }];
  const response = prompt(steps);
  expect(await response.text()).toHaveLength(40);
  const { config } = await llm.request('config/read', {});
  const acks = (config as { method: string; params: { promptId: string; seq: number } }[]).filter(
    ({ method, params }) => method === 'llm/ack' && params.promptId === response.promptId,
  );
  expect(acks.map(({ params }) => params.seq)).toEqual([15, 31]);
});

test('what is sent', async () => {
  const script = JSON.stringify([{ result: {} }]);
  await llm
    .model('m', { purpose: 'chat', actor: { id: 'ann' } })
    .prompt(script, { system: 's', options: { temperature: 0 }, metadata: { row: 7 }, timeoutMs: 5000, intervalMs: 20 })
    .text();
  const { promptId, ...params } = await lastPrompt();
  expect(promptId).toMatch(/^[0-9a-f-]{36}$/);
  expect(params).toEqual({
    model: 'm',
    purpose: 'chat',
    actor: { id: 'ann' },
    prompt: script,
    system: 's',
    options: { temperature: 0 },
    metadata: { row: 7 },
    timeoutMs: 5000,
    stream: { window: 32, intervalMs: 20 },
  });
});

function prompt(steps: object[]) {
  return llm.model('x').prompt(JSON.stringify(steps));
}

async function prompts(): Promise<Record<string, unknown>[]> {
  const { config } = await llm.request('config/read', {});
  return (config as { method: string; params: Record<string, unknown> }[])
    .filter(({ method }) => method === 'llm/prompt')
    .map(({ params }) => params);
}

async function lastPrompt(): Promise<Record<string, unknown>> {
  return (await prompts()).at(-1)!;
}
