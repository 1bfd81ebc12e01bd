import { expect, test } from 'vitest';
import type { JsonObject } from '../../protocol/index.ts';
import type { ModelEvent, ProviderCall } from '../../src/engine/ports.ts';
import { createTestProvider, testChunk, testModels } from '../../src/providers/testModels.ts';

test.each([
  [0, undefined, '0 grün 東京 🚀 '],
  [12, undefined, '12 grün 東京 🚀 '],
  [7, 24, '7 grün 東京 🚀 ....'],
  [7, 2, '7 '],
  [1234, 3, '123'],
])('chunk %i of %s bytes is %j', (index, bytes, text) => {
  expect(testChunk(index, bytes)).toBe(text);
  expect(Buffer.byteLength(testChunk(index, bytes))).toBe(bytes ?? Buffer.byteLength(text));
});

test('test-slow gives its chunks and ends well', async () => {
  const { text, finish, events } = await run('test-slow', { chunks: 3, delay_ms: 1 });
  expect(text).toBe('0 grün 東京 🚀 1 grün 東京 🚀 2 grün 東京 🚀 ');
  expect(finish).toEqual({ stopReason: 'end', usage: { inputTokens: 2, outputTokens: 3 } });
  expect(events.map((event) => event.type)).toEqual(['usage', 'part', 'text', 'text', 'text', 'partEnd', 'usage']);
});

test('test-fails breaks off after its chunks', async () => {
  const { text, error, events } = await run('test-fails', { after: 2 });
  expect(text).toBe('0 grün 東京 🚀 1 grün 東京 🚀 ');
  expect(error).toMatchObject({ kind: 'providerError', detail: { provider: { name: 'test' } } });
  expect(events.some((event) => event.type === 'partEnd')).toBe(false);
});

test('test-fast gives a hundred thousand chunks and lets others run meanwhile', async () => {
  let turns = 0;
  let running = true;
  const turn = (): void => {
    turns += 1;
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  const { events } = await run('test-fast', { chunks: 100_000, chunk_bytes: 64 });
  running = false;
  const texts = events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
  expect(texts.length).toBe(100_000);
  expect(texts.at(-1)).toBe('99999 grün 東京 🚀 grün 東京 🚀 grün 東京 🚀 ....');
  expect(turns).toBeGreaterThan(3);
});

test.each(['test-endless', 'test-slow', 'test-fast'])('%s stops at once when aborted', async (id) => {
  const controller = new AbortController();
  const options: JsonObject = { chunks: 10_000_000, delay_ms: id === 'test-slow' ? 60_000 : id === 'test-endless' ? 1 : 0 };
  const { error, text } = await run(id, options, { controller, abortAfter: id === 'test-slow' ? 2 : 5 });
  expect(error).toBe('stop');
  const whole = '0 grün 東京 🚀 1 grün 東京 🚀 2 grün 東京 🚀 ';
  expect(whole.startsWith(text) || id === 'test-fast').toBe(true);
});

test('an aborted call does not begin', async () => {
  const controller = new AbortController();
  controller.abort('before');
  const { error, events } = await run('test-slow', {}, { controller, abortAfter: Infinity });
  expect(error).toBe('before');
  expect(events).toEqual([]);
});

async function run(id: string, options: JsonObject, abort = { controller: new AbortController(), abortAfter: Infinity }) {
  const events: ModelEvent[] = [];
  const call: ProviderCall = {
    model: testModels.find((model) => model.id === id)!,
    key: null,
    system: undefined,
    messages: [{ role: 'user', content: 'two words' }],
    options,
    schema: undefined,
    tools: [],
    toolChoice: undefined,
    stream: true,
    signal: abort.controller.signal,
  };
  const emit = (event: ModelEvent): void => {
    events.push(event);
    if (events.length === abort.abortAfter) abort.controller.abort('stop');
  };
  const ended = await createTestProvider()
    .prompt(call, emit)
    .then(
      (finish) => ({ finish, error: undefined }),
      (error: unknown) => ({ finish: undefined, error }),
    );
  return { ...ended, events, text: events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('') };
}
