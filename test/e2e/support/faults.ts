import type { FaultDialect } from './faultDialects.ts';
import type { Reply } from './faultyUpstream.ts';

/** What is wrong with an answer: in an event stream, and in one piece. */
export interface Fault {
  readonly streamed: (dialect: FaultDialect) => Reply;
  readonly whole: (dialect: FaultDialect) => Reply;
  /** Nothing more comes: the prompt has to be ended by somebody. */
  readonly hangs?: boolean;
  /** Nothing listens. */
  readonly refused?: boolean;
}

export const pieces: readonly string[] = ['Grüße ', 'und 🙂 ', 'von hier'];
/** The wire may bring four times as many before the transport stops it; the answer itself may not be longer. */
export const maxResponseBytes = 500_000;
const args = ['{"where":', ' "hé', 're"}'];
const large = 'x'.repeat(400_000);

const stream = (events: readonly (string | Buffer)[], more: Partial<Reply> = {}): Reply => ({
  type: 'text/event-stream',
  pieces: events,
  ...more,
});
const body = (value: object): string => JSON.stringify(value);
const said = (dialect: FaultDialect, count = pieces.length): string[] => dialect.says(pieces.slice(0, count));
const whole = (dialect: FaultDialect): string => body(dialect.whole(pieces.join(''), true));
/** The event of the piece after these, and of it so many bytes as `end` says. */
const partOfNext = (events: readonly string[], count: number, end: (event: Buffer) => number): Buffer => {
  const event = Buffer.from(events[count]!);
  return event.subarray(0, end(event));
};
const insideSmile = (bytes: Buffer): number => bytes.indexOf(Buffer.from('🙂')) + 2;
const upTo = (text: string, end: (bytes: Buffer) => number): Buffer => Buffer.from(text).subarray(0, end(Buffer.from(text)));
const insideArgs = (bytes: Buffer): number => bytes.indexOf(Buffer.from('hé')) + 2;

const both = (reply: (dialect: FaultDialect) => Reply): Fault => ({ streamed: reply, whole: reply });
const refusal = (status: number): Fault =>
  both((dialect) => ({ status, pieces: [body(dialect.refusal(status, dialect.types[status]!, 'It will not.'))] }));
const page = (status: number): Fault =>
  both(() => ({ status, type: 'text/html; charset=utf-8', pieces: ['<!doctype html><html><title>Sign in</title><body>…</body></html>'] }));

export const faults = {
  none: {
    streamed: (dialect) => stream([...said(dialect), ...dialect.ends(pieces)]),
    whole: (dialect) => ({ pieces: [whole(dialect)] }),
  },
  refused: { ...both(() => ({})), refused: true },
  reset: both(() => ({ status: 'none', ends: 'reset' })),
  resetLater: {
    streamed: (dialect) => stream(said(dialect, 1), { ends: 'reset' }),
    whole: (dialect) => ({ pieces: [whole(dialect).slice(0, 40)], ends: 'reset' }),
  },
  slowHeaders: { ...both(() => ({ status: 'none', ends: 'stall' })), hangs: true },
  http400: refusal(400),
  http401: refusal(401),
  http429: refusal(429),
  http500: refusal(500),
  http503: refusal(503),
  page200: page(200),
  page502: page(502),
  empty200: { streamed: () => stream([]), whole: () => ({ pieces: [] }) },
  cutAtEvent: {
    streamed: (dialect) => stream(said(dialect, 2), { ends: 'cut' }),
    whole: () => ({ pieces: ['{'], ends: 'cut' }),
  },
  cutInEvent: {
    streamed: (dialect) => {
      const before = said(dialect, 1);
      return stream([...before, partOfNext(said(dialect), before.length, ({ length }) => length - 12)], { ends: 'cut' });
    },
    whole: (dialect) => ({ pieces: [whole(dialect).slice(0, -12)], ends: 'cut' }),
  },
  cutInCharacter: {
    streamed: (dialect) => {
      const before = said(dialect, 1);
      return stream([...before, partOfNext(said(dialect), before.length, insideSmile)], { ends: 'cut' });
    },
    whole: (dialect) => ({ pieces: [upTo(whole(dialect), insideSmile)], ends: 'cut' }),
  },
  cutInToolCall: {
    streamed: (dialect) => stream([upTo(dialect.calls(args).join(''), insideArgs)], { ends: 'cut' }),
    whole: (dialect) => ({ pieces: [upTo(body(dialect.wholeCall(args.join(''))), insideArgs)], ends: 'cut' }),
  },
  // All of a call has come but the end of the answer: it must not be made.
  endAfterToolCall: {
    streamed: (dialect) => stream(dialect.calls(args)),
    whole: (dialect) => ({ pieces: [upTo(body(dialect.wholeCall(args.join(''))), insideArgs)] }),
  },
  endInCharacter: {
    streamed: (dialect) => {
      const before = said(dialect, 1);
      return stream([...before, partOfNext(said(dialect), before.length, insideSmile)]);
    },
    whole: (dialect) => ({ pieces: [upTo(whole(dialect), insideSmile)] }),
  },
  endWithoutFinish: {
    streamed: (dialect) => stream(said(dialect)),
    whole: (dialect) => ({ pieces: [body(dialect.whole(pieces.join(''), false))] }),
  },
  garbage: {
    streamed: (dialect) => stream([...said(dialect, 1), 'data: {"this is": not JSON\n\n', ...dialect.ends(pieces)]),
    whole: () => ({ pieces: ['{"this is": not JSON'] }),
  },
  otherShape: {
    streamed: (dialect) => stream([...said(dialect, 1), 'data: [1, "two", null]\n\n', ...dialect.ends(pieces)]),
    whole: () => ({ pieces: ['{"hello": ["world"]}'] }),
  },
  errorEvent: {
    streamed: (dialect) => stream([...said(dialect, 1), dialect.errorEvent, ...dialect.ends(pieces)]),
    whole: (dialect) => ({ pieces: [body(dialect.refusal(503, dialect.types[503]!, 'It broke.'))] }),
  },
  stall: {
    streamed: (dialect) => stream(said(dialect, 1), { ends: 'stall' }),
    whole: (dialect) => ({ pieces: [whole(dialect).slice(0, 40)], ends: 'stall' }),
    hangs: true,
  },
  gigantic: {
    streamed: (dialect) => stream([...dialect.says([large]), ...dialect.ends([''])]),
    whole: (dialect) => ({ pieces: [body(dialect.whole(large, true))] }),
  },
  tooLarge: {
    streamed: (dialect) => stream([...dialect.says([large.repeat(6)]), ...dialect.ends([''])]),
    whole: (dialect) => ({ pieces: [body(dialect.whole(large.repeat(6), true))] }),
  },
  infinite: {
    streamed: (dialect) => stream(said(dialect, 1), { forever: dialect.says(['y'.repeat(8000)]).at(-1)! }),
    whole: (dialect) => ({ pieces: [body(dialect.whole('', true)).slice(0, 20)], forever: ' '.repeat(8000) }),
  },
} satisfies Record<string, Fault>;
export type FaultName = keyof typeof faults;

/** A whole answer with a text and one with a call, of which only the first events come. `cut`: and then the connection is closed. */
export function beginnings(dialect: FaultDialect): Record<string, Fault> {
  const found: Record<string, Fault> = {};
  for (const [what, events] of [
    ['text', [...dialect.says(pieces), ...dialect.ends(pieces)]],
    ['call', [...dialect.calls(args), ...dialect.endsCall(args)]],
  ] as const)
    for (const ends of ['cut', 'well'] as const)
      for (let count = 0; count < events.length; count += 1)
        found[`${what}-${count}-${ends}`] = both(() => stream(events.slice(0, count), { ends }));
  return found;
}
