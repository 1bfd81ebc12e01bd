import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { applyDelta, createFold, foldedContent, foldedText } from '../../protocol/foldDeltas.ts';
import type { Delta } from '../../protocol/index.ts';
import { createDeltaPump, type DeltaPump, type PumpOptions } from '../../src/pump/deltaPump.ts';

const defaults: PumpOptions = { maxBytes: 32 * 1024, window: undefined, intervalMs: 0 };

/** A pipe that takes a notification only when the test lets it. */
function pipe(options: Partial<PumpOptions> = {}) {
  const sent: { seq: number; deltas: Delta[] }[] = [];
  const waiting: (() => void)[] = [];
  const pump = createDeltaPump(
    async (seq, deltas) => {
      sent.push({ seq, deltas });
      await new Promise<void>((resolve) => waiting.push(resolve));
    },
    { ...defaults, ...options },
  );
  const free = async (): Promise<void> => {
    waiting.shift()?.();
    await new Promise(setImmediate);
  };
  const drain = async (pumping: DeltaPump): Promise<void> => {
    const state = { finished: false };
    const done = pumping.finish().then(() => {
      state.finished = true;
    });
    while (!state.finished) await free();
    await done;
  };
  return { pump, sent, free, drain };
}

/** Until the callback that pushed is done, with its promises. */
const pushed = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

const text = (written: string, part = 0): Delta => ({ type: 'text', part, text: written });
const begin = (part: number): Delta => ({ type: 'part', step: 0, part, kind: 'text' });
const end = (part: number): Delta => ({ type: 'partEnd', part });

describe('the pump', () => {
  test('flush: what waits is on its way whatever the window and the interval say, and the pump goes on', async () => {
    for (const options of [{ window: 1 }, { intervalMs: 60_000 }]) {
      const { pump, sent, free, drain } = pipe(options);
      pump.push(begin(0));
      await pushed();
      pump.push(text('a'));
      let flushed = false;
      const done = pump.flush().then(() => (flushed = true));
      await free();
      expect([sent.flatMap(({ deltas }) => deltas), flushed]).toEqual([[begin(0), text('a')], false]);
      await free();
      await done;
      pump.push(text('b'));
      await pushed();
      expect(sent).toHaveLength(2);
      await drain(pump);
      expect(sent.at(-1)).toEqual({ seq: 2, deltas: [text('b')] });
    }
  });

  test('sends what one callback brings when that is done and merges what comes while the pipe is busy', async () => {
    const { pump, sent, free, drain } = pipe();
    pump.push(text('a'));
    expect(sent).toEqual([]);
    await Promise.resolve();
    pump.push(text('b'));
    await pushed();
    expect(sent).toEqual([{ seq: 0, deltas: [text('ab')] }]);
    for (const written of ['c', 'd', 'e']) pump.push(text(written));
    await pushed();
    expect(sent).toHaveLength(1);
    await free();
    expect(sent.slice(1)).toEqual([{ seq: 1, deltas: [text('cde')] }]);
    await drain(pump);
    expect(pump.lastSeq).toBe(1);
  });

  test('merges appends of parts that take turns, up to a delta that keeps its place', async () => {
    const { pump, sent, free, drain } = pipe();
    pump.push(begin(0));
    await pushed();
    for (const delta of [text('a'), text('x', 1), text('b'), text('y', 1), end(0), text('c', 2), text('d', 2)]) pump.push(delta);
    await free();
    expect(sent[1]?.deltas).toEqual([text('ab'), text('xy', 1), end(0), text('cd', 2)]);
    await drain(pump);
  });

  test('keeps the newest usage snapshot of a step', async () => {
    const { pump, sent, free, drain } = pipe();
    const usage = (outputTokens: number): Delta => ({ type: 'usage', step: 0, usage: { inputTokens: 1, outputTokens } });
    pump.push(text('a'));
    await pushed();
    for (const delta of [usage(1), text('b'), usage(2)]) pump.push(delta);
    await free();
    expect(sent[1]?.deltas).toEqual([usage(2), text('b')]);
    await drain(pump);
  });

  test('waits for acknowledgements with a window and still sends everything at the end', async () => {
    const { pump, sent, free, drain } = pipe({ window: 2 });
    pump.push(text('a'));
    await free();
    pump.push(text('b'));
    await free();
    pump.push(text('c'));
    pump.push(text('d'));
    await free();
    expect(sent).toHaveLength(2);
    pump.acknowledge(0);
    expect(sent[2]).toEqual({ seq: 2, deltas: [text('cd')] });
    await free();
    pump.push(text('e'));
    await pushed();
    expect(sent).toHaveLength(3);
    await drain(pump);
    expect(sent[3]).toEqual({ seq: 3, deltas: [text('e')] });
  });

  test('an acknowledgement of what was never sent opens nothing', async () => {
    const { pump, sent, free, drain } = pipe({ window: 1 });
    pump.push(text('a'));
    await free();
    pump.acknowledge(99);
    pump.push(text('b'));
    await free();
    pump.push(text('c'));
    await pushed();
    expect(sent).toHaveLength(2);
    await drain(pump);
  });

  test('waits out the interval, but not for the end of a part', async () => {
    const { pump, sent, free, drain } = pipe({ intervalMs: 60_000 });
    pump.push(text('a'));
    await free();
    pump.push(text('b'));
    await free();
    expect(sent).toHaveLength(1);
    pump.push(end(0));
    await pushed();
    expect(sent[1]?.deltas).toEqual([text('b'), end(0)]);
    await drain(pump);
  });

  test('cuts between code points, never inside one', async () => {
    const { pump, sent, drain } = pipe({ maxBytes: 256 });
    pump.push(text('😀'.repeat(200)));
    await drain(pump);
    const pieces = sent.flatMap(({ deltas }) => deltas.map((delta) => delta['text' as keyof Delta] as string));
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
    expect(pieces.join('')).toBe('😀'.repeat(200));
  });

  test('holds half a code point back until its other half is there', async () => {
    const { pump, sent, free, drain } = pipe();
    pump.push(text('b\ud83d'));
    await pushed();
    expect(sent[0]?.deltas).toEqual([text('b')]);
    pump.push(text('\ude00'));
    await free();
    expect(sent[1]?.deltas).toEqual([text('😀')]);
    await drain(pump);
  });

  test('ends quietly when the pipe is gone', async () => {
    const pump = createDeltaPump(async () => Promise.reject(new Error('gone')), defaults);
    pump.push(text('a'));
    pump.push(text('b'));
    await pump.finish();
    expect(pump.lastSeq).toBe(0);
  });

  test('sends nothing after it has finished', async () => {
    const { pump, sent, drain } = pipe();
    pump.push(text('a'));
    await drain(pump);
    pump.push(text('late'));
    await new Promise(setImmediate);
    expect(sent).toHaveLength(1);
  });
});

const piece = fc.record({ part: fc.nat(3), text: fc.string({ unit: 'binary', maxLength: 400 }) });
const anyDelta = fc.oneof(
  { weight: 12, arbitrary: piece.map(({ part, text: written }) => text(written, part)) },
  { weight: 1, arbitrary: fc.nat(3).map(end) },
  { weight: 1, arbitrary: fc.nat(3).map((part): Delta => ({ type: 'reset', step: 0, fromPart: part, reason: 'retry' })) },
  {
    weight: 1,
    arbitrary: fc.nat(9).map((outputTokens): Delta => ({ type: 'usage', step: 0, usage: { inputTokens: null, outputTokens } })),
  },
);

test('law G3, G4: whatever is pushed, merged, split and delayed, the host folds to the same answer, seq without gaps', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyDelta, { maxLength: 60 }),
      fc.record({ maxBytes: fc.integer({ min: 200, max: 2000 }), window: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }) }),
      fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }),
      async (deltas, options, pace) => {
        const { pump, sent, free, drain } = pipe(options);
        for (const [index, delta] of deltas.entries()) {
          pump.push(delta);
          if (pace[index % pace.length] === 0) await free();
          if (pace[index % pace.length] === 1) pump.acknowledge(pump.lastSeq - 1);
        }
        await drain(pump);
        expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index));
        const here = createFold();
        const there = createFold();
        for (const delta of deltas) applyDelta(here, delta);
        for (const { deltas: some } of sent) for (const delta of some) applyDelta(there, delta);
        expect(foldedText(there)).toBe(foldedText(here));
        expect(there.textBytes).toBe(here.textBytes);
        expect(foldedContent(there)).toEqual(foldedContent(here));
        expect([...there.steps]).toEqual([...here.steps]);
        const tooLarge = sent.filter(
          ({ deltas: some }) => some.length > 1 && Buffer.byteLength(JSON.stringify(some)) > options.maxBytes + 200,
        );
        expect(tooLarge).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
