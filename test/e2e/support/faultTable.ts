import { modes, nameOf, wayOf, type Cell, type Mode } from './faultCells.ts';
import { faultDialects, type DialectName } from './faultDialects.ts';
import { beginnings, faults, type FaultName } from './faults.ts';

/** How it ends and the text that has arrived by then; `free`: it cost nothing. */
type Expected = readonly [end: string, text: string | RegExp, free?: 'free'];
export const all = 'Grüße und 🙂 von hier';
const failed: Expected = ['providerError, retryable', ''];
const refused: Expected = ['providerError, retryable', '', 'free'];
const broken: Expected = ['providerError, retryable', 'Grüße '];
const tooLarge: Expected = ['messageTooLarge', ''];

/** By fault: of an event stream, and of an answer in one piece. */
const table: Readonly<Record<FaultName, readonly [streamed: Expected, whole: Expected]>> = {
  none: [
    ['end', all],
    ['end', all],
  ],
  refused: [refused, refused],
  reset: [failed, failed],
  resetLater: [broken, failed],
  slowHeaders: [
    ['providerTimeout, retryable', ''],
    ['providerTimeout, retryable', ''],
  ],
  http400: [
    ['providerError', '', 'free'],
    ['providerError', '', 'free'],
  ],
  http401: [
    ['providerAuth', '', 'free'],
    ['providerAuth', '', 'free'],
  ],
  http429: [
    ['rateLimited, retryable', '', 'free'],
    ['rateLimited, retryable', '', 'free'],
  ],
  http500: [refused, refused],
  http503: [refused, refused],
  page200: [failed, failed],
  page502: [refused, refused],
  empty200: [failed, failed],
  cutAtEvent: [['providerError, retryable', 'Grüße und 🙂 '], failed],
  cutInEvent: [broken, failed],
  cutInCharacter: [broken, failed],
  cutInToolCall: [failed, failed],
  endAfterToolCall: [['interrupted', ''], failed],
  endInCharacter: [['interrupted', 'Grüße '], failed],
  endWithoutFinish: [
    ['interrupted', all],
    ['interrupted', all],
  ],
  garbage: [broken, failed],
  otherShape: [broken, failed],
  errorEvent: [broken, failed],
  stall: [
    ['providerTimeout, retryable', 'Grüße '],
    ['providerTimeout, retryable', ''],
  ],
  gigantic: [
    ['end', 'xxxxxxxxxx… 400000'],
    ['end', 'xxxxxxxxxx… 400000'],
  ],
  tooLarge: [tooLarge, tooLarge],
  infinite: [['messageTooLarge', /^Grüße yyyy… \d+$/], tooLarge],
};

/** Errors with a status of their own within an answer of status 200: the provider has refused. */
const refusesInBody: ReadonlySet<string> = new Set(['google/errorEvent', 'openai-compatible/errorEvent']);

/** What is expected of a row of the history, by how its prompt ends. */
const rowOf = ([end, , free]: Expected): string => {
  if (end === 'end') return 'ok';
  const kind = end === 'interrupted' ? 'providerError' : end.split(',')[0];
  return `error ${kind}${free === undefined ? '' : ', free'}`;
};

/** What passes, and is asked for again as long as nothing of the answer has come: streamed or not, and only not streamed. */
const passing: readonly FaultName[] = ['reset', 'http429', 'http500', 'http503', 'page200', 'page502', 'empty200'];
const passingWhole: readonly FaultName[] = [
  'resetLater',
  'cutAtEvent',
  'cutInEvent',
  'cutInCharacter',
  'cutInToolCall',
  'endAfterToolCall',
  'endInCharacter',
  'garbage',
  'otherShape',
  'errorEvent',
];
/** The call is one event of this wire, of which nothing has come. */
const passingBesides = 'google/cutInToolCall/retry';
/** That say when to ask again, where they have such a header. */
const saysWhen: readonly FaultName[] = ['http429', 'http500', 'http503', 'page502'];

/** How a cell ends, its rows in the history and the requests that the upstream got. */
export function expectedOf(cell: Cell): { expected: Expected; rows: string[]; requests: number } {
  const { streamed = false, chain = false, retried = false } = wayOf(cell);
  const fault = cell.fault as FaultName;
  const [ofStream, ofWhole] = table[fault];
  const isRefusal = !streamed && refusesInBody.has(`${cell.dialect}/${fault}`);
  const expected: Expected = streamed ? ofStream : isRefusal ? [ofWhole[0], ofWhole[1], 'free'] : ofWhole;
  if (fault === 'refused') return { expected, rows: retried ? [rowOf(expected), rowOf(expected)] : [rowOf(expected)], requests: 0 };
  if (isAskedAgain(cell)) return { expected: ['end', all], rows: [rowOf(expected), 'ok'], requests: 2 };
  const rows = chain ? ['ok', rowOf(expected)] : [rowOf(expected)];
  return { expected, rows, requests: rows.length };
}

export function isAskedAgain(cell: Cell): boolean {
  const { streamed = false, retried = false } = wayOf(cell);
  if (!retried || cell.mode === 'retry-late') return false;
  const fault = cell.fault as FaultName;
  return passing.includes(fault) || (!streamed && passingWhole.includes(fault)) || nameOf(cell) === passingBesides;
}

const dialects = Object.keys(faultDialects) as DialectName[];

/** By the way of asking. */
export const cells: ReadonlyMap<Mode, readonly Cell[]> = new Map(
  (Object.keys(modes) as Mode[]).map((mode) => {
    const names = wayOf({ mode }).retryAfter === undefined ? (Object.keys(faults) as FaultName[]) : saysWhen;
    return [mode, dialects.flatMap((dialect) => names.map((fault): Cell => ({ dialect, fault, mode })))];
  }),
);
/** Whole answers of which only the first events come. */
export const cutCells: readonly Cell[] = dialects.flatMap((dialect) =>
  Object.keys(beginnings(faultDialects[dialect])).map((fault): Cell => ({ dialect, fault, mode: 'streamed' })),
);
export const allCells: readonly Cell[] = [...[...cells.values()].flat(), ...cutCells];

/** Rows: how it is asked, how many faults there are of each wire, how many cells; and where it has run, how many were as expected. */
export function sizeTable(asExpected?: ReadonlySet<string>): string[][] {
  const row = (what: string, some: readonly Cell[], faultsOfWire: string): string[] => {
    const held = asExpected === undefined ? [] : [String(some.filter((cell) => asExpected.has(nameOf(cell))).length)];
    return [what, faultsOfWire, String(some.length), ...held];
  };
  return [
    ...[...cells].map(([mode, some]) => row(modes[mode].says, some, perWire(some))),
    row('streamed, and only the first events come', cutCells, perWire(cutCells)),
    row('all', allCells, ''),
  ];
}

function perWire(some: readonly Cell[]): string {
  const sizes = dialects.map((dialect) => some.filter((cell) => cell.dialect === dialect).length);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least === most ? String(most) : `${least} to ${most}`;
}
