import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { createFrameParser } from '../../protocol/framing/parseFrames.ts';
import { readEnvelope } from '../../src/rpc/envelope.ts';
import { serveInProcess } from '../support/inProcess.ts';
import { frame } from '../support/rawFrames.ts';

const framings = fc.constantFrom('auto' as const, 'content-length' as const, 'ndjson' as const);
const pieces = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom('Content-Length: 2\r\n\r\n', 'Content-Length: ', '{}', '\r\n', '\n', '{"a":', '\ufeff', 'C', '99999')
    .map((text) => Buffer.from(text)),
);

test('random bytes never crash the parser, and the cuts do not matter', () => {
  fc.assert(
    fc.property(framings, fc.array(pieces, { maxLength: 20 }), (framing, chunks) => {
      const whole = events(framing, [Buffer.concat(chunks)]);
      expect(events(framing, chunks)).toEqual(whole);
    }),
    { numRuns: 2000 },
  );
});

test('messages come out as they went in, whatever the framing and the cuts', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('content-length' as const, 'ndjson' as const),
      fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 4 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (framing, messages, lengths) => {
        const bytes = Buffer.concat(messages.map((message) => frame(framing, message)));
        const chunks: Buffer[] = [];
        for (let from = 0, turn = 0; from < bytes.length; turn += 1) {
          const length = lengths[turn % lengths.length] ?? 1;
          chunks.push(bytes.subarray(from, from + length));
          from += length;
        }
        expect(events('auto', chunks, 1_000_000)).toEqual(messages.map((message) => JSON.parse(JSON.stringify(message))));
      },
    ),
    { numRuns: 500 },
  );
});

test('any JSON value is sorted, and only requests and notifications are passed on', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            jsonrpc: fc.oneof(fc.constant('2.0'), fc.jsonValue()),
            id: fc.jsonValue(),
            method: fc.oneof(fc.string(), fc.jsonValue()),
            params: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
      ),
      (value) => {
        const envelope = readEnvelope(value);
        expect(['request', 'notification', 'response', 'refused', 'ignored']).toContain(envelope.type);
        if (envelope.type !== 'request' && envelope.type !== 'notification') return;
        expect(typeof envelope.method).toBe('string');
        expect(Array.isArray(envelope.params)).toBe(false);
      },
    ),
    { numRuns: 2000 },
  );
});

test('lines: whatever comes between, requests are still answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 8 }), async (garbage) => {
      const { host } = serveInProcess({ framing: 'ndjson', maxMessageBytes: 1000 });
      for (const [number, bytes] of garbage.entries()) {
        host.sendRaw(Buffer.concat([Buffer.from(bytes), Buffer.from('\n')]));
        host.send({ jsonrpc: '2.0', id: `ask ${number}`, method: 'sum', params: { items: 'x'.repeat(number) } });
      }
      for (const number of garbage.keys()) expect((await host.next(({ id }) => id === `ask ${number}`)).result).toBe(number);
      host.endInput();
      await host.closed;
    }),
    { numRuns: 150 },
  );
});

test('frames: whatever comes after it, a request is answered and the connection ends in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 8 }), async (garbage) => {
      const { host, closeReasons } = serveInProcess({ hostFraming: 'content-length', maxMessageBytes: 1000 });
      const reply = host.request('sum', { items: 'abc' }, 'first');
      for (const bytes of garbage) host.sendRaw(bytes);
      host.endInput();
      expect((await reply).result).toBe(3);
      await host.closed;
      expect(closeReasons).toHaveLength(1);
    }),
    { numRuns: 150 },
  );
});

function events(framing: 'auto' | 'content-length' | 'ndjson', chunks: Buffer[], maxMessageBytes = 1000): unknown[] {
  const found: unknown[] = [];
  const parser = createFrameParser({
    framing,
    maxMessageBytes,
    onMessage: (value) => found.push(value),
    onProblem: ({ kind, fatal }) => found.push(fatal ? `${kind}!` : kind),
  });
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return found;
}
