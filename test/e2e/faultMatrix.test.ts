import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Budget } from '../../src/policy/moneyRules.ts';
import { createWindows } from '../../src/policy/window.ts';
import { parseUsd } from '../../src/pricing/price.ts';
import { checkLedger } from '../ledger/support/checkLedger.ts';
import { modes, nameOf, startMatrix, type Cell, type Matrix, type Outcome } from './support/faultCells.ts';
import { faultDialects, type DialectName } from './support/faultDialects.ts';
import { beginnings, faults, type FaultName } from './support/faults.ts';

/** How it ends and the text that has arrived by then; `free`: it cost nothing. */
type Expected = readonly [end: string, text: string | RegExp, free?: 'free'];
const all = 'Grüße und 🙂 von hier';
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

const dialects = Object.keys(faultDialects) as DialectName[];
const cells: Cell[] = dialects.flatMap((dialect) =>
  (Object.keys(faults) as FaultName[]).flatMap((fault) => modes.map((mode) => ({ dialect, fault, mode }))),
);
const cutCells: Cell[] = dialects.flatMap((dialect) =>
  Object.keys(beginnings(faultDialects[dialect])).map((fault) => ({ dialect, fault, mode: 'streamed' as const })),
);
/** After this an answer of chat completions is whole: what follows is the usage. */
const isWhole = ({ dialect, fault }: Cell): boolean => /chat|compatible/.test(dialect) && /-[56]-well$/.test(fault);

describe(`the fault matrix, ${cells.length + cutCells.length} cells`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-faults-'));
  const storage = join(folder, 'sidecar.db');
  const outcomes = new Map<string, Outcome | Error>();
  let matrix: Matrix;
  const of = (cell: Cell): Outcome => {
    const outcome = outcomes.get(nameOf(cell));
    if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('it has not run');
    return outcome;
  };

  beforeAll(async () => {
    matrix = await startMatrix(storage);
    const left = [...cells, ...cutCells];
    const work = async (): Promise<void> => {
      for (let cell = left.shift(); cell !== undefined; cell = left.shift())
        outcomes.set(nameOf(cell), await matrix.run(cell).catch((error: unknown) => error as Error));
    };
    await Promise.all(Array.from({ length: 80 }, work));
  }, 120_000);
  afterAll(async () => {
    await matrix[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(modes)('%s', (mode) => {
    test.each(cells.filter((cell) => cell.mode === mode).map((cell) => [nameOf(cell), cell] as const))('%s', (_, cell) => {
      const { answers, late, deltas, groups, rows, requests, end, text } = of(cell);
      expect({ answers, late }).toEqual({ answers: 1, late: 0 });
      if (deltas !== undefined) expect(deltas).toBe(text);
      const [streamed, whole] = table[cell.fault as FaultName];
      const expected = mode === 'whole' || mode === 'group' ? withOwn(cell, whole) : streamed;
      const isRefused = cell.fault === 'refused';
      // A cancel may come before anything was sent, in the middle, or too late.
      if (end === 'cancelled') {
        expect(mode).toBe('cancelled');
        expect(beginningOf(expected[1])).toMatch(text.replace(/…?( \d+)?$/, ''));
        expect(rows.length).toBeLessThanOrEqual(1);
        expect(rows.map((row) => row.replace(', free', ''))).toEqual(rows.map(() => 'cancelled'));
        return;
      }
      if (mode === 'cancelled') expect(['slowHeaders', 'stall']).not.toContain(cell.fault);
      expect([end, text]).toEqual([expected[0], typeof expected[1] === 'string' ? expected[1] : expect.stringMatching(expected[1])]);
      const steps = mode === 'chain' && !isRefused ? ['ok', rowOf(expected)] : [rowOf(expected)];
      expect(rows).toEqual(steps);
      expect(requests).toBe(isRefused ? 0 : steps.length);
      if (mode === 'group') expect(groups).toEqual([nameOf(cell)]);
    });
  });

  test.each(cutCells.map((cell) => [nameOf(cell), cell] as const))('only the first events: %s', (_, cell) => {
    const { answers, late, deltas, text, end, rows } = of(cell);
    expect({ answers, late }).toEqual({ answers: 1, late: 0 });
    expect(deltas).toBe(text);
    expect(all.startsWith(text)).toBe(true);
    if (isWhole(cell)) return expect(end).toBe(cell.fault.startsWith('text') ? 'end' : 'stepLimit');
    expect(cell.fault.endsWith('cut') ? ['providerError, retryable'] : ['providerError, retryable', 'interrupted']).toContain(end);
    expect(rows).toEqual(['error providerError']);
  });

  test('every connection that was not at its end is let go', async () => {
    const deadline = performance.now() + 5000;
    while (matrix.upstream.open.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect([...matrix.upstream.open]).toEqual([]);
  });

  test('the sidecar still answers, ends in order, and had nothing to say on stderr', async () => {
    const { host } = matrix.sidecar;
    expect((await host.request('ping')).result).toEqual({});
    expect((await host.request('shutdown')).result).toBe(null);
    host.notify('exit');
    expect(await host.closed).toEqual({ code: 0, signal: null, stderr: '' });
  });

  test('the ledger has nothing open or held, and adds up', async () => {
    const budget: Budget = {
      name: 'all',
      match: {},
      each: [],
      limitNanocents: parseUsd('1000'),
      per: 'total',
      timeZone: 'UTC',
      windowAt: createWindows('total', 'UTC'),
    };
    const { responses, groups } = await checkLedger(storage, [budget], { ended: true });
    expect(responses.length).toBeGreaterThan(cells.length);
    expect(groups).toHaveLength(dialects.length * Object.keys(faults).length);
  });
});

function withOwn({ dialect, fault }: Cell, expected: Expected): Expected {
  return refusesInBody.has(`${dialect}/${fault}`) ? [expected[0], expected[1], 'free'] : expected;
}

function beginningOf(text: string | RegExp): string {
  return typeof text === 'string' ? text : 'Grüße yyyy';
}
