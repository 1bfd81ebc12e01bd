import { PassThrough, Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Message } from 'vscode-jsonrpc/node';
import { FrameWriter } from '../../../protocol/framing/frameWriter.ts';

/** Until the callback that wrote is done, with its promises. */
const written = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

const message = (number: number): Message => ({ jsonrpc: '2.0', number }) as Message;

describe('the bytes', () => {
  test.each([
    ['content-length', 'Content-Length: 26\r\n\r\n{"jsonrpc":"2.0","a":"é"}'],
    ['ndjson', '{"jsonrpc":"2.0","a":"é"}\n'],
  ] as const)('%s', async (framing, bytes) => {
    const { output, writes } = collecting();
    const writer = new FrameWriter(output, () => framing);
    await writer.write({ jsonrpc: '2.0', a: 'é' } as Message);
    await written();
    expect(writes.join('')).toBe(bytes);
  });

  test('a line never contains what somebody takes for a line break', async () => {
    const { output, writes } = collecting();
    await new FrameWriter(output, () => 'ndjson').write({ jsonrpc: '2.0', a: 'x\ny\r\u2028 \u2029 é' } as Message);
    await written();
    expect(writes).toEqual(['{"jsonrpc":"2.0","a":"x\\ny\\r\\u2028 \\u2029 é"}\n']);
  });

  test('behind Content-Length it may: the length says where the message ends', async () => {
    const { output, writes } = collecting();
    await new FrameWriter(output, () => 'content-length').write({ jsonrpc: '2.0', a: '\u2028' } as Message);
    await written();
    expect(writes).toEqual(['Content-Length: 27\r\n\r\n{"jsonrpc":"2.0","a":"\u2028"}']);
  });
});

describe('turns', () => {
  test('what the first callback and its promises write goes when they are done, the rest of the turn in one write', async () => {
    const { output, writes } = collecting();
    const writer = new FrameWriter(output, () => 'ndjson');
    await writer.write(message(1));
    await writer.write(message(2));
    expect(writes).toEqual([]);
    await written();
    expect(writes).toEqual(['{"jsonrpc":"2.0","number":1}\n{"jsonrpc":"2.0","number":2}\n']);
    await Promise.all([3, 4].map((number) => writer.write(message(number))));
    await written();
    expect(writes).toHaveLength(1);
    await setImmediate();
    expect(writes.slice(1)).toEqual(['{"jsonrpc":"2.0","number":3}\n{"jsonrpc":"2.0","number":4}\n']);
  });

  test('each turn begins anew', async () => {
    const { output, writes } = collecting();
    const writer = new FrameWriter(output, () => 'ndjson');
    for (const number of [1, 2, 3]) {
      await writer.write(message(number));
      await setImmediate();
    }
    expect(writes).toHaveLength(3);
  });

  test('messages keep their order over many turns and sizes', async () => {
    const output = new PassThrough({ highWaterMark: 1000 });
    const writer = new FrameWriter(output, () => 'ndjson');
    let received = '';
    output.setEncoding('utf8').on('data', (text: string) => (received += text));
    for (let number = 0; number < 3000; number += 1) {
      const accepted = writer.writeText(`${number}${' '.repeat((number * 37) % 500)}`);
      if (number % 7 === 0) await accepted;
      if (number % 50 === 0) await setImmediate();
    }
    await writer.flush();
    await setImmediate();
    expect(received.split('\n').map((line) => line.trim())).toEqual([...Array(3000).keys()].map(String).concat(''));
  });

  test('a write is at most 64 KiB, unless one message is larger', async () => {
    const { output, writes } = collecting();
    const writer = new FrameWriter(output, () => 'ndjson');
    const texts = [1, ...Array<number>(100).fill(2000), 200_000, 5, 5].map((length) => 'x'.repeat(length));
    await Promise.all(texts.map((text) => writer.writeText(text)));
    const sizes = writes.map((text) => text.length);
    expect(sizes.filter((size) => size > 65_536)).toEqual([200_001]);
    expect(sizes.slice(0, 4)).toEqual([64_034, 64_032, 64_032, 8_004]);
    expect(writes.join('').length).toBe(400_115);
  });
});

describe('a pipe that is full', () => {
  test('no write is accepted, and one promise serves all that wait in the stream', async () => {
    const { output, writes, release } = stalling(1000);
    const writer = new FrameWriter(output, () => 'ndjson');
    await writer.writeText('x'.repeat(2000));
    await written();
    const settled: number[] = [];
    const accepted = Array.from({ length: 5 }, (_, number) => writer.writeText(`${number}`.repeat(2000)).then(() => settled.push(number)));
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
    expect(settled).toEqual([]);
    expect(writes).toHaveLength(1);
    expect(writer.congested).toBe(true);
    expect(writer.backlogBytes).toBe(6 * 2001);
    release();
    await Promise.all(accepted);
    expect(settled).toEqual([0, 1, 2, 3, 4]);
    await writer.flush();
    expect(writer.backlogBytes).toBe(0);
    expect(writer.congested).toBe(false);
    expect(writes.map((text) => text.length)).toEqual([2001, 10_005]);
  });

  test('a writer that awaits holds one message however long the reader stalls', async () => {
    const { output, writes, release } = stalling(64 * 1024);
    const writer = new FrameWriter(output, () => 'ndjson');
    let most = 0;
    let sent = 0;
    const run = (async () => {
      for (; sent < 10_000; sent += 1) {
        await writer.writeText('x'.repeat(1000));
        most = Math.max(most, writer.backlogBytes);
      }
    })();
    for (let turn = 0; turn < 1000; turn += 1) await setImmediate();
    expect(sent).toBeLessThan(200);
    expect(most).toBeLessThan(130 * 1024);
    release();
    await run;
    await writer.flush();
    expect(writes.join('').length).toBe(10_010_000);
    expect(most).toBeLessThan(130 * 1024);
  });

  test('flush waits for the last byte', async () => {
    const { output, release } = stalling(10);
    const writer = new FrameWriter(output, () => 'ndjson');
    const accepted = [1, 2].map((number) => writer.write(message(number)));
    let flushed = false;
    const done = writer.flush().then(() => (flushed = true));
    await setImmediate();
    expect(flushed).toBe(false);
    release();
    await done;
    expect(writer.backlogBytes).toBe(0);
    await Promise.all(accepted);
  });
});

describe('the end', () => {
  test('an error rejects everything that waits, once, and everything after it', async () => {
    const { output } = stalling(10);
    const writer = new FrameWriter(output, () => 'ndjson');
    const errors: Error[] = [];
    let closes = 0;
    writer.onError(([error]) => errors.push(error));
    writer.onClose(() => (closes += 1));
    await writer.write(message(0));
    await written();
    const accepted = [1, 2, 3].map((number) => writer.write(message(number)));
    output.destroy(new Error('EPIPE'));
    const outcomes = await Promise.allSettled(accepted);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(writer.write(message(4))).rejects.toThrow('The pipe to the other side is closed.');
    await writer.flush();
    expect(errors.map((error) => error.message)).toEqual(['EPIPE']);
    expect(closes).toBe(1);
    expect(writer.backlogBytes).toBe(0);
  });

  test('writes that nobody awaits fail in silence', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', onUnhandled);
    const { output } = stalling(10);
    const writer = new FrameWriter(output, () => 'ndjson');
    const unawaited = [1, 2, 3].map((number) => writer.write(message(number)));
    output.destroy();
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
    unawaited.push(writer.write(message(4)));
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  });

  test('a stream that is closed already accepts nothing', async () => {
    const output = new PassThrough();
    output.destroy();
    await expect(new FrameWriter(output, () => 'ndjson').write(message(1))).rejects.toThrow('closed');
  });

  test('end lets everything out first', async () => {
    const { output, writes } = collecting();
    const writer = new FrameWriter(output, () => 'ndjson');
    const accepted = [1, 2, 3].map((number) => writer.write(message(number)));
    const finished = new Promise((resolve) => output.on('finish', resolve));
    writer.end();
    await Promise.all([...accepted, finished]);
    expect(writes.join('').split('\n')).toHaveLength(4);
  });
});

function collecting(): { output: Writable; writes: string[] } {
  const writes: string[] = [];
  const output = new Writable({
    highWaterMark: 1024 * 1024,
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      writes.push(text);
      done();
    },
  });
  return { output, writes };
}

/** Takes writes but finishes none before `release`. */
function stalling(highWaterMark: number): { output: Writable; writes: string[]; release(): void } {
  const writes: string[] = [];
  let waiting: (() => void) | null = null;
  let released = false;
  const output = new Writable({
    highWaterMark,
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      writes.push(text);
      if (released) done();
      else waiting = done;
    },
  });
  output.on('error', () => {});
  return {
    output,
    writes,
    release: () => {
      released = true;
      waiting?.();
    },
  };
}
