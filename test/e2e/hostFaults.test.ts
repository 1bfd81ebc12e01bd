import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { RawHost, RawMessage } from '../support/rawHost.ts';
import { startSidecar } from '../support/sidecar.ts';
import { fuzzTimeoutMs, strayBytes, tryForAWhile, uncaught } from './support/fuzz.ts';

const maxMessageBytes = 100_000;

/** How the host answers a hook, by the purpose of the prompt, and how the prompt then ends. */
const hookManners = {
  well: 'end',
  twice: 'end',
  wellThenAnError: 'end',
  late: 'hookTimeout',
  never: 'hookTimeout',
  otherAction: 'hookFailed',
  nothing: 'hookFailed',
  text: 'hookFailed',
  error: 'hookFailed',
  // What JavaScript makes of `result: undefined`: no answer at all.
  neither: 'hookTimeout',
  rejects: 'hookRejected',
  endsWrongly: 'end',
} as const;
type HookManner = keyof typeof hookManners;

const models = {
  'test-fast': { options: { chunks: 5 }, end: 'end' },
  'test-slow': { options: { chunks: 5, delay_ms: 2 }, end: 'end' },
  'test-fails': { options: { after: 3 }, end: 'providerError' },
} as const;

type Action =
  | { readonly does: 'stray'; readonly bytes: Buffer }
  | { readonly does: 'cutLine'; readonly at: number }
  | { readonly does: 'hugeLine' | 'batch' | 'strayAnswer' | 'strayCancel' | 'unknownNote' | 'unknownRequest' | 'wrongParams' | 'sameId' }
  | { readonly does: 'samePromptId' | 'neverReads' }
  | { readonly does: 'flood'; readonly count: number }
  | {
      readonly does: 'prompt';
      readonly model: keyof typeof models;
      readonly purpose: HookManner;
      readonly stream: boolean;
      readonly cancels: 'never' | 'atOnce' | 'later' | 'twice';
    };

const actions: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ does: fc.constant('stray' as const), bytes: strayBytes }),
  fc.record({ does: fc.constant('cutLine' as const), at: fc.integer({ min: 1, max: 60 }) }),
  fc
    .constantFrom(
      'hugeLine' as const,
      'batch' as const,
      'strayAnswer' as const,
      'strayCancel' as const,
      'unknownNote' as const,
      'unknownRequest' as const,
      'wrongParams' as const,
      'sameId' as const,
      'samePromptId' as const,
      'neverReads' as const,
    )
    .map((does) => ({ does })),
  fc.record({ does: fc.constant('flood' as const), count: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    does: fc.constant('prompt' as const),
    model: fc.constantFrom(...(Object.keys(models) as (keyof typeof models)[])),
    purpose: fc.constantFrom(...(Object.keys(hookManners) as HookManner[])),
    stream: fc.boolean(),
    cancels: fc.constantFrom('never' as const, 'never' as const, 'atOnce' as const, 'later' as const, 'twice' as const),
  }),
);

const impatient = ['late', 'never', 'neither'];

test(
  'a host that does everything wrongly, over lines: every request has one answer, and the next one is served',
  { timeout: fuzzTimeoutMs },
  async () => {
    await using sidecar = await startSidecar({
      config: 'test_models: true\nlimits: { retries: 0 }\n',
      args: ['--framing=ndjson', `--max-message-bytes=${maxMessageBytes}`],
      framing: 'ndjson',
    });
    const { host } = sidecar;
    const purposes = Object.keys(hookManners).filter((manner) => !impatient.includes(manner));
    await sidecar.initialize({
      capabilities: { hooks: {} },
      hooks: [
        { id: 'impatient', point: 'promptStart', match: { purposes: impatient }, timeoutMs: 50 },
        { id: 'patient', point: 'promptStart', match: { purposes } },
        { id: 'patient', point: 'promptEnd', match: { purposes } },
      ],
    });
    answerHooks(host).catch(() => {});
    const runs = await tryForAWhile(10_000, fc.array(actions, { minLength: 1, maxLength: 12 }), async (sequence, number) => {
      const before = host.messages.length;
      const checks = sequence.map((action, index) => perform(host, action, `run${number}-${index}`));
      checks.push(host.request('ping', {}, `run${number}-ping`).then(({ result }) => expect(result).toEqual({})));
      await Promise.all(checks);
      await host.request('ping', {}, `run${number}-last`);
      const counts = new Map<unknown, number>();
      for (const { id, method, error } of host.messages.slice(before)) {
        if (method !== undefined) continue;
        if (id === null) expect(['parseError', 'invalidRequest', 'messageTooLarge', 'batchNotSupported']).toContain(error.data.kind);
        else counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      const wrong = [...counts].filter(([id, count]) => count !== (String(id).endsWith('same') ? 2 : 1));
      expect(wrong).toEqual([]);
    });
    expect(runs).toBeGreaterThan(0);
    if (process.env['LLM_SIDECAR_REPORT'] === '1') console.log(`${runs} runs`);
    const { code, signal, stderr } = await sidecar.stop();
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(stderr).not.toMatch(uncaught);
  },
);

/** Does it, and checks what comes of it. */
async function perform(host: RawHost, action: Action, name: string): Promise<void> {
  const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
  const request = (params: object, method = 'llm/prompt', id = name) => ({ jsonrpc: '2.0', id, method, params });
  const slow = { model: 'test-slow', prompt: 'x', options: { chunks: 5, delay_ms: 5 } };
  switch (action.does) {
    case 'stray':
      return host.sendRaw(Buffer.concat([Buffer.from(action.bytes.map((byte) => (byte === 10 ? 11 : byte))), Buffer.from('\n')]));
    case 'cutLine':
      return host.sendRaw(`${line(request({ model: 'echo', prompt: 'x' }, 'llm/prompt', 'never')).slice(0, action.at)}\n`);
    case 'hugeLine':
      return host.sendRaw(line(request({ model: 'echo', prompt: 'x'.repeat(maxMessageBytes) })));
    case 'batch':
      return host.sendRaw(line([request({}, 'ping'), request({}, 'ping')]));
    case 'strayAnswer':
      host.answer('nobody asked', { action: 'continue' });
      return host.send({ jsonrpc: '2.0', id: 1_000_000, error: { code: -1, message: 'no' } });
    case 'strayCancel':
      return host.notify('$/cancelRequest', { id: 'nothing' });
    case 'unknownNote':
      return host.notify('llm/unknown', { [name]: name });
    case 'unknownRequest':
      return expectKind(await host.request('llm/unknown', { [name]: name }, name), 'methodNotFound');
    case 'wrongParams':
      return expectKind(await host.request('llm/prompt', { model: 5, prompt: ['x'] }, name), 'invalidParams');
    case 'neverReads': {
      host.pause();
      const answer = host.request('llm/prompt', { model: 'test-fast', prompt: 'x', options: { chunks: 20_000 } }, name);
      setTimeout(() => host.resume(), 20);
      return expectEnd(await answer, 'end');
    }
    case 'sameId': {
      const id = `${name}-same`;
      host.sendRaw(line(request(slow, 'llm/prompt', id)) + line(request(slow, 'llm/prompt', id)));
      const both = [await host.next(answerTo(id)), await host.next(answerTo(id))];
      return expect(both.map(endOf).toSorted()).toEqual(['duplicateId', 'end']);
    }
    case 'samePromptId': {
      const [one, other] = [`${name}-one`, `${name}-other`];
      const params = { ...slow, promptId: name, stream: {} };
      host.sendRaw(line(request(params, 'llm/prompt', one)) + line(request(params, 'llm/prompt', other)));
      return expect([endOf(await host.next(answerTo(one))), endOf(await host.next(answerTo(other)))]).toEqual(['end', 'duplicateId']);
    }
    case 'flood': {
      const ids = Array.from({ length: action.count }, (_, index) => `${name}-${index}`);
      host.sendRaw(ids.map((id) => line(request({}, 'ping', id))).join(''));
      return void (await Promise.all(ids.map((id) => host.next(answerTo(id)))));
    }
    case 'prompt':
      return prompt(host, action, name);
  }
}

async function prompt(
  host: RawHost,
  { model, purpose, stream, cancels }: Extract<Action, { does: 'prompt' }>,
  name: string,
): Promise<void> {
  const answer = host.request(
    'llm/prompt',
    { promptId: name, model, purpose, prompt: 'x', options: models[model].options, ...(stream ? { stream: {} } : {}) },
    name,
  );
  if (cancels === 'later') setTimeout(() => host.notify('$/cancelRequest', { id: name }), 10);
  else for (let times = { never: 0, atOnce: 1, twice: 2 }[cancels]; times > 0; times -= 1) host.notify('$/cancelRequest', { id: name });
  const end = endOf(await answer);
  const ofHook = hookManners[purpose];
  const expected = ofHook === 'end' ? models[model].end : ofHook;
  expect(cancels === 'never' ? [expected] : ['cancelled', expected]).toContain(end);
}

async function answerHooks(host: RawHost): Promise<void> {
  const go = { action: 'continue' };
  const fail = (id: string): void => host.send({ jsonrpc: '2.0', id, error: { code: -32000, message: 'no' } });
  const manners: Record<HookManner, (id: string) => void> = {
    well: (id) => host.answer(id, go),
    twice: (id) => [go, go].forEach((result) => host.answer(id, result)),
    wellThenAnError(id) {
      host.answer(id, go);
      fail(id);
    },
    // When it hears that nobody waits any more. After a time of its own it might be in time all the same.
    late: (id) => {
      host
        .next(({ method, params }) => method === '$/cancelRequest' && params.id === id)
        .then(
          () => host.answer(id, go),
          () => {},
        );
    },
    never: () => {},
    otherAction: (id) => host.answer(id, { action: 'dance' }),
    nothing: (id) => host.answer(id, null),
    text: (id) => host.answer(id, 'continue'),
    error: fail,
    neither: (id) => host.send({ jsonrpc: '2.0', id }),
    rejects: (id) => host.answer(id, { action: 'reject', reason: 'Not today.' }),
    endsWrongly: (id) => host.answer(id, go),
  };
  for (;;) {
    const { id, method, params } = await host.next(({ method }) => String(method).startsWith('hook/'));
    if (method === 'hook/promptStart') manners[params.purpose as HookManner](id);
    else if (params.purpose === 'endsWrongly') host.answer(id, { action: 7 });
    else host.answer(id, null);
  }
}

const answerTo =
  (id: string) =>
  (message: RawMessage): boolean =>
    message.method === undefined && message.id === id;
const endOf = ({ result, error }: RawMessage): string => error?.data.kind ?? result.stopReason;
const expectEnd = (message: RawMessage, end: string): void => expect(endOf(message)).toBe(end);
const expectKind = ({ error }: RawMessage, kind: string): void => expect(error?.data.kind).toBe(kind);
