import { expect, test } from 'vitest';
import { createHostSecrets } from '../../src/keys/hostSecrets.ts';

interface Asked {
  readonly params: Record<string, unknown>;
  readonly signal: AbortSignal;
  answer(result: unknown): void;
  fail(error: unknown): void;
}

function connected({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}) {
  const asked: Asked[] = [];
  const logged: string[] = [];
  const clock = { now: 0 };
  const secrets = createHostSecrets({ log: (line) => void logged.push(line), timeoutMs, now: () => clock.now });
  secrets.connect({
    request: async (method, params, signal) => {
      expect(method).toBe('secret/resolve');
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      signal?.addEventListener('abort', () => reject(signal.reason));
      asked.push({ params: params as Record<string, unknown>, signal: signal!, answer: resolve, fail: reject });
      return promise;
    },
  });
  const get = async (name: string, use: Partial<Parameters<typeof secrets.get>[1]> = {}) =>
    secrets.get(name, { actor: null, purpose: undefined, count: true, asking: { signal: new AbortController().signal, depth: 0 }, ...use });
  return { get, asked, logged, clock, secrets };
}

test('the host is told the name in its normal form, for whom, for what and how deep', async () => {
  const { get, asked } = connected();
  const { signal } = new AbortController();
  const found = get('my-key', { actor: { id: 'ada', team: 7 }, purpose: 'chat', asking: { signal, depth: 2 } });
  expect(asked[0]!.params).toEqual({ name: 'MY_KEY', actor: { id: 'ada', team: 7 }, purpose: 'chat', _meta: { depth: 2 } });
  asked[0]!.answer({ value: 'sk-host\n' });
  expect(await found).toBe('sk-host');
});

test('a value is asked for each time, unless the host gives it a time to live', async () => {
  const { get, asked, clock } = connected();
  const resolve = async (name: string, answer?: unknown): Promise<string | null> => {
    const found = get(name);
    if (answer !== undefined) asked.at(-1)!.answer(answer);
    return found;
  };
  expect(await resolve('A', { value: 'one' })).toBe('one');
  expect(await resolve('A', { value: 'two', ttlMs: 1000 })).toBe('two');
  clock.now = 999;
  expect(await resolve('A')).toBe('two');
  expect(asked).toHaveLength(2);
  clock.now = 1000;
  expect(await resolve('A', { value: null, ttlMs: 10 })).toBeNull();
  expect(await resolve('A')).toBeNull();
  expect(asked).toHaveLength(3);
});

test('a value that may be kept is that of one actor and one purpose', async () => {
  const { get, asked } = connected();
  const first = get('A', { actor: { id: 'ada' } });
  asked[0]!.answer({ value: 'for ada', ttlMs: 1000 });
  expect(await first).toBe('for ada');
  const others = [get('A', { actor: { id: 'bob' } }), get('A', { actor: { id: 'ada' }, purpose: 'chat' })];
  for (const { answer } of asked.slice(1)) answer({ value: 'for others' });
  expect(await Promise.all(others)).toEqual(['for others', 'for others']);
  expect(asked).toHaveLength(3);
});

test('those who ask the same at the same time share one request', async () => {
  const { get, asked } = connected();
  const found = [get('A'), get('a'), get('A')];
  expect(asked).toHaveLength(1);
  asked[0]!.answer({ value: 'one' });
  expect(await Promise.all(found)).toEqual(['one', 'one', 'one']);
});

test('one who gives up does not take it from the others; the last one cancels it', async () => {
  const { get, asked, logged } = connected();
  const [one, other] = [new AbortController(), new AbortController()];
  const first = get('A', { asking: { signal: one.signal, depth: 0 } });
  const second = get('A', { asking: { signal: other.signal, depth: 0 } });
  one.abort();
  await expect(first).rejects.toBe(one.signal.reason);
  expect(asked[0]!.signal.aborted).toBe(false);
  other.abort();
  await expect(second).rejects.toBe(other.signal.reason);
  expect(asked[0]!.signal.aborted).toBe(true);
  const third = get('A');
  expect(asked).toHaveLength(2);
  asked[1]!.answer({ value: 'one' });
  expect(await third).toBe('one');
  expect(logged).toEqual([]);
});

test('without a request of the host that runs it is not asked, and what may be kept is given all the same', async () => {
  const { get, asked } = connected();
  expect(await get('A', { asking: undefined })).toBeNull();
  const found = get('A');
  asked[0]!.answer({ value: 'one', ttlMs: 1000 });
  await found;
  expect(await get('A', { asking: undefined })).toBe('one');
  expect(asked).toHaveLength(1);
});

test('a host that does not give secrets is not asked', async () => {
  const secrets = createHostSecrets({ log: () => {} });
  const asking = { signal: new AbortController().signal, depth: 0 };
  expect(secrets.isConnected).toBe(false);
  expect(await secrets.get('A', { actor: null, purpose: undefined, count: true, asking })).toBeNull();
});

test.each<[what: string, end: (asked: Asked) => void, why: string]>([
  [
    'an error',
    ({ fail }) => fail(Object.assign(new Error('the value sk-oops is wrong'), { code: -32603 })),
    'did not give the secret A (it answered with the error -32603); it is taken for null.',
  ],
  [
    'not knowing the request',
    ({ fail }) => fail(Object.assign(new Error('unknown'), { code: -32601 })),
    'did not give the secret A (it does not know secret/resolve, though it said that it gives secrets); it is taken for null.',
  ],
  ['its end', ({ fail }) => fail(new Error('gone')), 'did not give the secret A (the connection ended); it is taken for null.'],
])('%s of the host is a line in the log without its words, and null', async (_, end, why) => {
  const { get, asked, logged } = connected();
  const found = get('A');
  end(asked[0]!);
  expect(await found).toBeNull();
  expect(logged).toEqual([`llm-sidecar: the host ${why}`]);
});

test.each([[{}], [{ value: 7 }], ['sk-oops'], [{ value: 'sk-oops', ttlMs: -1 }], [null]])('%j is no answer', async (answer) => {
  const { get, asked, logged } = connected();
  const found = get('A');
  asked[0]!.answer(answer);
  expect(await found).toBeNull();
  expect(logged).toEqual(["llm-sidecar: the host's answer to secret/resolve for A is not {value, ttlMs}; it is taken for null."]);
});

test('a host that is late does not have it', async () => {
  const { get, logged } = connected({ timeoutMs: 20 });
  expect(await get('A')).toBeNull();
  expect(logged).toEqual(['llm-sidecar: the host did not give the secret A (no answer within 0.02 s); it is taken for null.']);
});
