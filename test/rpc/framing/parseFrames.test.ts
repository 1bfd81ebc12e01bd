import { describe, expect, test } from 'vitest';
import { createFrameParser } from '../../../protocol/framing/parseFrames.ts';
import { cutBytes } from '../../support/rawFrames.ts';

const message = '{"a":"é€𝄞"}'; // 2, 3 and 4 bytes of UTF-8: 17 bytes in all
const headers = 'Content-Length: 17\r\n\r\n';
const value = { a: 'é€𝄞' };
const limit = 40;
const long = `{"a":"${'x'.repeat(60)}"}`;

type Framing = 'auto' | 'content-length' | 'ndjson';
const cases: [name: string, framing: Framing, bytes: string | Buffer, events: unknown[]][] = [
  ['lines', 'auto', `${message}\n${message}\n`, [value, value]],
  ['lines that end in CRLF', 'auto', `${message}\r\n${message}\r\n`, [value, value]],
  ['blank lines between', 'auto', `${message}\n\n  \r\n\n${message}\n`, [value, value]],
  ['a last line without an end', 'auto', `${message}\n${message}`, [value, value]],
  ['a byte order mark and blanks before lines', 'auto', `\ufeff \r\n\t${message}\n`, [value]],
  ['any JSON value a line', 'ndjson', '1\n"x"\nnull\n[]\n{}\n', [1, 'x', null, [], {}]],
  ['a bad line between good ones', 'auto', `${message}\n{oops}\n${message}\n`, [value, 'parseError', value]],
  [
    'a line that is not UTF-8',
    'auto',
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from(`"}\n${message}\n`)]),
    ['parseError', value],
  ],
  ['a line too long', 'auto', `${message}\n${long}\n${message}\n`, [value, 'messageTooLarge', value]],
  ['a line too long that does not end', 'auto', `${message}\n${long}`, [value, 'messageTooLarge']],
  ['a line just short enough', 'auto', `{"a":"${'x'.repeat(32)}"}\n`, [{ a: 'x'.repeat(32) }]],
  ['a line one byte too long', 'auto', `{"a":"${'x'.repeat(33)}"}\n`, ['messageTooLarge']],
  ['a header line in ndjson', 'ndjson', `${headers.trim()}\n${message}\n`, ['parseError', value]],
  ['frames', 'auto', headers + message + headers + message, [value, value]],
  ['a byte order mark and blanks before frames', 'auto', `\ufeff\r\n ${headers}${message}`, [value]],
  ['header names in small letters', 'auto', `content-length:17\r\n\r\n${message}`, [value]],
  ['header names in capitals', 'auto', `CONTENT-LENGTH:   17  \r\n\r\n${message}`, [value]],
  ['Content-Type first', 'auto', `Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n${headers}${message}`, [value]],
  ['Content-Type second', 'auto', `Content-Length: 17\r\nContent-Type: x\r\n\r\n${message}${headers}${message}`, [value, value]],
  ['headers that end in LF', 'auto', `Content-Length: 17\n\n${message}${headers}${message}`, [value, value]],
  ['line breaks between frames', 'auto', `${headers}${message}\r\n\n${headers}${message}\n`, [value, value]],
  ['the same length twice', 'auto', `Content-Length: 17\r\n${headers}${message}`, [value]],
  [
    'a frame too large',
    'auto',
    `${headers}${message}Content-Length: ${long.length}\r\n\r\n${long}${headers}${message}`,
    [value, 'messageTooLarge', value],
  ],
  ['two lengths', 'auto', `Content-Length: 18\r\n${headers}${message}`, ['framingError!']],
  ['no length', 'auto', `Content-Type: x\r\n\r\n${message}`, ['framingError!']],
  ['a length that is not one', 'auto', `Content-Length: 1e9\r\n\r\n${message}`, ['framingError!']],
  ['a negative length', 'auto', `Content-Length: -5\r\n\r\n${message}`, ['framingError!']],
  ['a length of 20 digits', 'auto', `Content-Length: 99999999999999999999\r\n\r\n${message}`, ['framingError!']],
  ['a header without a name', 'auto', `Content-Length 17\r\n\r\n${message}`, ['framingError!']],
  ['lines after frames', 'auto', `${headers}${message}${message}\n`, [value, 'framingError!']],
  ['headers of 8 KiB', 'auto', `Content-X: ${'x'.repeat(8100)}\r\n${headers}${message}`, [value]],
  ['headers above 8 KiB', 'auto', `Content-X: ${'x'.repeat(8200)}\r\n${headers}${message}`, ['framingError!']],
  ['an empty frame', 'auto', `Content-Length: 0\r\n\r\n${headers}${message}`, ['parseError!']],
  ['a frame that is not JSON', 'auto', `Content-Length: 3\r\n\r\n{x}${headers}${message}`, ['parseError!']],
  ['a frame that is not UTF-8', 'auto', Buffer.from('Content-Length: 3\r\n\r\n"\xff"', 'latin1'), ['parseError!']],
  ['the end inside a body', 'auto', headers + message.slice(0, 5), ['truncated!']],
  ['the end inside a header', 'auto', `${headers}${message}Content-L`, [value, 'truncated!']],
  ['the end inside a skipped body', 'auto', `Content-Length: 1000\r\n\r\n{`, ['messageTooLarge', 'truncated!']],
  ['nothing', 'auto', '', []],
  ['blanks alone', 'auto', ' \r\n\n', []],
  ['a batch first', 'auto', '[]\n', ['framingError!']],
  ['HTTP', 'auto', 'GET / HTTP/1.1\r\n\r\n', ['framingError!']],
  ['UTF-16', 'auto', Buffer.from([0xff, 0xfe, 0x7b, 0x00]), ['framingError!']],
  ['lines where frames are due', 'content-length', `${message}\n${headers}${message}`, ['framingError!']],
];

describe.each(cases)('%s', (_name, framing, bytes, events) => {
  const input = Buffer.from(bytes);
  const short = input.length < 400;

  test('in one chunk', () => expect(parse(framing, [input])).toEqual(events));
  test('a byte a chunk', () => expect(parse(framing, cutBytes(input, 'one'))).toEqual(events));
  test('cut anywhere', () => {
    for (let seed = 1; seed <= 50; seed += 1) expect(parse(framing, cutBytes(input, { random: seed }))).toEqual(events);
  });
  test.runIf(short)('cut in two at every place', () => {
    for (let at = 0; at <= input.length; at += 1) expect(parse(framing, [input.subarray(0, at), input.subarray(at)])).toEqual(events);
  });
});

test('says what came instead of a message', () => {
  const messages: string[] = [];
  const parser = createFrameParser({
    framing: 'auto',
    maxMessageBytes: limit,
    onMessage: () => {},
    onProblem: (problem) => messages.push(problem.message),
  });
  parser.push(Buffer.from('GET / HTTP/1.1\r\n'));
  expect(messages).toEqual(['The input begins with byte 0x47. Expected "Content-Length: …" or a line of JSON that begins with "{".']);
});

test('tells the framing by the first byte', () => {
  const framings = ['', '\ufeff ', '{', 'C', 'c', 'x'].map((bytes) => {
    const parser = createFrameParser({ framing: 'auto', maxMessageBytes: limit, onMessage: () => {}, onProblem: () => {} });
    parser.push(Buffer.from(bytes));
    return parser.framing;
  });
  expect(framings).toEqual([null, null, 'ndjson', 'content-length', 'content-length', null]);
});

test('stops at once when told to from inside a message', () => {
  const values: unknown[] = [];
  const parser = createFrameParser({
    framing: 'ndjson',
    maxMessageBytes: limit,
    onMessage: (value) => {
      values.push(value);
      parser.stop();
    },
    onProblem: () => {},
  });
  parser.push(Buffer.from('1\n2\n3\n'));
  parser.push(Buffer.from('4\n'));
  expect(values).toEqual([1]);
});

test.each(['content-length', 'ndjson'] as const)('%s: a body above the limit is not kept', (framing) => {
  const problems: string[] = [];
  const values: unknown[] = [];
  const parser = createFrameParser({
    framing,
    maxMessageBytes: 1024 * 1024,
    onMessage: (value) => values.push(value),
    onProblem: (problem) => problems.push(problem.kind),
  });
  const chunk = Buffer.alloc(64 * 1024, 0x78);
  const before = process.memoryUsage().arrayBuffers;
  if (framing === 'content-length') parser.push(Buffer.from(`Content-Length: ${4096 * chunk.length}\r\n\r\n`));
  for (let sent = 0; sent < 4096; sent += 1) parser.push(chunk);
  const grown = process.memoryUsage().arrayBuffers - before;
  parser.push(Buffer.from(framing === 'ndjson' ? '\n{}\n' : 'Content-Length: 2\r\n\r\n{}'));
  expect(problems).toEqual(['messageTooLarge']);
  expect(values).toEqual([{}]);
  expect(grown).toBeLessThan(16 * 1024 * 1024);
});

test.each(['content-length', 'ndjson'] as const)('%s: a large body in small parts costs no more than its bytes', (framing) => {
  const text = JSON.stringify({ a: 'é'.repeat(2_000_000) });
  const bytes = Buffer.from(framing === 'ndjson' ? `${text}\n` : `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  const sizes: number[] = [];
  const parser = createFrameParser({
    framing,
    maxMessageBytes: 8 * 1024 * 1024,
    onMessage: (value, size) => sizes.push(size, (value as { a: string }).a.length),
    onProblem: () => {},
  });
  const before = process.threadCpuUsage();
  for (let from = 0; from < bytes.length; from += 100) parser.push(bytes.subarray(from, from + 100));
  expect(sizes).toEqual([4_000_008, 2_000_000]);
  // 40 000 parts: joining them anew for each would copy 80 GB. Time of this thread, whatever else runs.
  const { user, system } = process.threadCpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(5000);
});

/** A fatal problem is shown with "!". */
function parse(framing: Framing, chunks: Buffer[]): unknown[] {
  const events: unknown[] = [];
  const parser = createFrameParser({
    framing,
    maxMessageBytes: limit,
    onMessage: (value) => events.push(value),
    onProblem: ({ kind, fatal }) => events.push(fatal ? `${kind}!` : kind),
  });
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return events;
}
