import { describe, expect, test } from 'vitest';
import { applyDelta, createFold, foldedText, type Fold } from '../../protocol/foldDeltas.ts';
import type { RawHost, RawMessage } from '../support/rawHost.ts';
import { startReady } from '../support/sidecar.ts';

const config = 'test_models: true\nlimits: { max_concurrent_prompts: 2000 }\n';

/** What a test model says: chunk after chunk, counted. */
const chunks = (count: number): string => Array.from({ length: count }, (_, index) => `${index} grün 東京 🚀 `).join('');

interface Received {
  readonly fold: Fold;
  readonly seqs: number[];
  answers: number;
  /** Deltas that came after the answer. */
  late: number;
}

/** Everything that came for each prompt. The id of a prompt's request is its promptId. */
function sortOut(messages: readonly RawMessage[]): Map<string, Received> {
  const received = new Map<string, Received>();
  const of = (id: string): Received => {
    const known = received.get(id) ?? { fold: createFold(), seqs: [], answers: 0, late: 0 };
    received.set(id, known);
    return known;
  };
  for (const { id, method, params } of messages) {
    if (method === 'llm/delta') {
      const prompt = of(params.promptId);
      prompt.seqs.push(params.seq);
      if (prompt.answers > 0) prompt.late += 1;
      for (const delta of params.deltas) applyDelta(prompt.fold, delta);
    } else if (method === undefined && String(id).startsWith('p')) of(id).answers += 1;
  }
  return received;
}

function ask(host: RawHost, promptId: string, params: object): void {
  host.send({ jsonrpc: '2.0', id: promptId, method: 'llm/prompt', params: { promptId, prompt: 'Go on', stream: {}, ...params } });
}

const answerTo = async (host: RawHost, id: string): Promise<RawMessage> =>
  host.next((message) => message.method === undefined && message.id === id);

function expectWhole({ fold, seqs, answers, late }: Received, result: RawMessage['result']): void {
  expect({ answers, late, lastSeq: seqs.length - 1, textBytes: fold.textBytes }).toEqual({ answers: 1, late: 0, ...result.stream });
  expect(seqs.every((seq, index) => seq === index)).toBe(true);
  expect(foldedText(fold) === result.text).toBe(true);
}

test('G2 to G4 hold for 50 000 chunks', async () => {
  await using sidecar = await startReady({ config });
  ask(sidecar.host, 'p', { model: 'test-fast', options: { chunks: 50_000 } });
  const { result } = await answerTo(sidecar.host, 'p');
  await sidecar.host.request('ping');
  const received = sortOut(sidecar.host.messages).get('p')!;
  expectWhole(received, result);
  expect(result.text === chunks(50_000)).toBe(true);
  expect(received.seqs.length).toBeGreaterThan(5);
});

test.each([1, 2, 3])(
  'G2 to G4 and G6 hold for 1 000 prompts at once, half of them cancelled at any time, seed %i',
  async (seed) => {
    const count = 1000;
    const random = randomNumbers(seed);
    await using sidecar = await startReady({ config, timeoutMs: 60_000 });
    const { host } = sidecar;
    const ids = Array.from({ length: count }, (_, index) => `p${index}`);
    const models = ids.map(() => ['test-slow', 'test-fast', 'test-fails', 'test-endless'][random(4)]!);
    // The endless ones end by being cancelled; of the others, some.
    const cancelled = new Set(ids.filter((_, index) => models[index] === 'test-endless' || random(3) === 0));
    const options: Record<string, object> = {
      'test-slow': { chunks: 20, delay_ms: 2 },
      'test-fast': { chunks: 100 },
      'test-fails': { after: 50 },
      'test-endless': { delay_ms: 1 },
    };
    for (const [index, id] of ids.entries()) {
      ask(host, id, { model: models[index], options: options[models[index]!] });
      // Some before they can have started, some while they run, some after their end; some twice.
      if (random(4) === 0)
        for (const other of ids.slice(0, index + 1).filter((one) => cancelled.has(one) && random(20) === 0)) cancel(host, other);
    }
    for (const id of cancelled) cancel(host, id);
    const answers = new Map(await Promise.all(ids.map(async (id) => [id, await answerTo(host, id)] as const)));
    for (const id of ids) cancel(host, id);
    await host.request('ping');

    const received = sortOut(host.messages);
    expect(received.size).toBe(count);
    for (const [index, id] of ids.entries()) {
      const { result, error } = answers.get(id)!;
      if (result !== undefined) {
        expectWhole(received.get(id)!, result);
        const whole = { 'test-slow': chunks(20), 'test-fast': chunks(100) }[models[index]!] ?? '';
        if (result.stopReason === 'end') expect(result.text).toBe(whole);
        else expect([result.stopReason, cancelled.has(id)]).toEqual(['cancelled', true]);
        continue;
      }
      expect([models[index], error.data.kind]).toEqual(['test-fails', 'providerError']);
      const { fold, seqs, answers: count, late } = received.get(id)!;
      expect({ count, late, lastSeq: seqs.length - 1 }).toEqual({ count: 1, late: 0, lastSeq: error.data.partial.lastSeq });
      expect(foldedText(fold)).toBe(chunks(50));
      expect(error.data.partial.content).toEqual([{ type: 'text', text: chunks(50) }]);
    }
  },
  240_000,
);

test('a cancel of what is not there does nothing', async () => {
  await using sidecar = await startReady({ config });
  const { host } = sidecar;
  ask(host, 'p', { model: 'test-slow', options: { chunks: 5, delay_ms: 1 } });
  for (const id of ['other', 7, -1, null, {}, 'p2']) cancel(host, id);
  host.notify('$/cancelRequest', {});
  host.notify('$/cancelRequest');
  expect((await answerTo(host, 'p')).result).toMatchObject({ stopReason: 'end', text: chunks(5) });
  for (let times = 0; times < 3; times += 1) cancel(host, 'p');
  ask(host, 'p', { model: 'test-slow', options: { chunks: 2, delay_ms: 1 } });
  expect((await answerTo(host, 'p')).result).toMatchObject({ stopReason: 'end', text: chunks(2) });
});

describe('flow control', () => {
  test('at most as many notifications as the window says are unacknowledged, until the end', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    ask(host, 'p', { model: 'test-slow', options: { chunks: 60, delay_ms: 5 }, stream: { window: 3 } });
    // Never acknowledged: three, and then one with all the rest.
    const { result } = await answerTo(host, 'p');
    const received = sortOut(host.messages).get('p')!;
    expectWhole(received, result);
    expect(received.seqs).toEqual([0, 1, 2, 3]);
    expect(result.text).toBe(chunks(60));
  });

  test('an acknowledgement lets one more through, and counts for all before it', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    const delta = async (seq: number): Promise<RawMessage> =>
      host.next(({ method, params }) => method === 'llm/delta' && params.seq === seq);
    const sent = (): number => host.messages.filter(({ method }) => method === 'llm/delta').length;
    ask(host, 'p', { model: 'test-endless', options: { delay_ms: 1 }, stream: { window: 2 } });
    await delta(1);
    for (const [acknowledged, last] of [
      [0, 2],
      [2, 4],
      [3, 5],
      [5, 7],
    ] as const) {
      host.notify('llm/ack', { promptId: 'p', seq: acknowledged });
      await delta(last);
      await host.request('ping');
      expect(sent()).toBe(last + 1);
    }
    // Of what was not sent, or twice, or of another prompt: nothing.
    host.notify('llm/ack', { promptId: 'p', seq: 5 });
    host.notify('llm/ack', { promptId: 'q', seq: 7 });
    await host.request('ping');
    expect(sent()).toBe(8);
    cancel(host, 'p');
    const { result } = await answerTo(host, 'p');
    expectWhole(sortOut(host.messages).get('p')!, result);
  });

  test('a slow host gets few large notifications with a window, and is done no later', async () => {
    const slow = async (stream: object): Promise<{ notifications: number; doneMs: number }> => {
      await using sidecar = await startReady({ config });
      const { host } = sidecar;
      const started = performance.now();
      ask(host, 'p', { model: 'test-slow', options: { chunks: 60, delay_ms: 1 }, stream });
      let notifications = 0;
      for (;;) {
        const { method, params, result } = await host.next(({ method, id }) => method === 'llm/delta' || id === 'p');
        if (method === undefined) {
          expectWhole(sortOut(host.messages).get('p')!, result);
          return { notifications, doneMs: performance.now() - started };
        }
        notifications += 1;
        // What the host does with it: far longer than the answer takes, so that it is the host that is slow, on any machine.
        await new Promise((resolve) => setTimeout(resolve, 60));
        host.notify('llm/ack', { promptId: 'p', seq: params.seq });
      }
    };
    const without = await slow({});
    const windowed = await slow({ window: 4 });
    expect(windowed.notifications).toBeLessThan(without.notifications / 2);
    expect(windowed.doneMs).toBeLessThan(without.doneMs);
  });
});

function cancel(host: RawHost, id: unknown): void {
  host.notify('$/cancelRequest', { id });
}

/** Whole numbers below a limit, the same for the same seed. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
