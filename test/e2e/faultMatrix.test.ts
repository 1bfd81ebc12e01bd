import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Budget } from '../../src/policy/moneyRules.ts';
import { createWindows } from '../../src/policy/window.ts';
import { parseUsd } from '../../src/pricing/price.ts';
import { checkLedger } from '../ledger/support/checkLedger.ts';
import { hangs, nameOf, startMatrix, wayOf, type Cell, type Matrix, type Outcome } from './support/faultCells.ts';
import { all, allCells, cells, cutCells, expectedOf, isAskedAgain, sizeTable } from './support/faultTable.ts';

/** After this an answer of chat completions is whole: what follows is the usage. */
const isWhole = ({ dialect, fault }: Cell): boolean => /chat|compatible/.test(dialect) && /-[56]-well$/.test(fault);
const isRetried = (cell: Cell): boolean => wayOf(cell).retried ?? false;

/** By how often the sidecar tries again. */
const parts = [allCells.filter((cell) => !isRetried(cell)), allCells.filter(isRetried)] as const;
const sidecars = [
  ['that does not retry', 0],
  ['that retries', 1],
] as const;

describe(`the fault matrix, ${allCells.length} cells`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-faults-'));
  const storages = [join(folder, 'first.db'), join(folder, 'retried.db')] as const;
  const outcomes = new Map<string, Outcome | Error>();
  const asExpected = new Set<string>();
  const matrices: Matrix[] = [];
  const of = (cell: Cell): Outcome => {
    const outcome = outcomes.get(nameOf(cell));
    if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('it has not run');
    return outcome;
  };

  beforeAll(async () => {
    for (const [retries, storage] of storages.entries()) matrices.push(await startMatrix(storage, retries));
    const run = async (matrix: Matrix, left: Cell[]): Promise<void> => {
      for (let cell = left.shift(); cell !== undefined; cell = left.shift())
        outcomes.set(nameOf(cell), await matrix.run(cell).catch((error: unknown) => error as Error));
    };
    const lanes = matrices.flatMap((matrix, index) => {
      const left = parts[index]!.filter((cell) => !hangs(cell));
      // Those that do nothing but wait take no lane.
      const waiting = parts[index]!.filter(hangs).map((cell) => [cell]);
      return [...waiting, ...Array.from({ length: 60 }, () => left)].map(async (some) => run(matrix, some));
    });
    await Promise.all(lanes);
  }, 300_000);
  afterAll(async () => {
    for (const matrix of matrices) await matrix[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
    const widths = [50, 8, 6, 0];
    const lines = [['how it is asked', 'faults', 'cells', 'as expected'], ...sizeTable(asExpected)];
    console.log(lines.map((line) => line.map((text, index) => text.padEnd(widths[index]!)).join(' ')).join('\n'));
  });

  describe.each([...cells])('%s', (mode, some) => {
    test.each(some.map((cell) => [nameOf(cell), cell] as const))('%s', (name, cell) => {
      const { answers, late, deltas, groups, rows, requests, end, text } = of(cell);
      expect({ answers, late }).toEqual({ answers: 1, late: 0 });
      if (deltas !== undefined) expect(deltas).toBe(text);
      const { expected, ...rest } = expectedOf(cell);
      // A cancel may come before anything was sent, in the middle, or too late.
      if (end === 'cancelled') {
        expect(mode).toBe('cancelled');
        expect(beginningOf(expected[1])).toMatch(text.replace(/…?( \d+)?$/, ''));
        expect(rows.length).toBeLessThanOrEqual(1);
        expect(rows.map((row) => row.replace(', free', ''))).toEqual(rows.map(() => 'cancelled'));
      } else {
        if (mode === 'cancelled') expect(['slowHeaders', 'stall']).not.toContain(cell.fault);
        expect([end, text]).toEqual([expected[0], typeof expected[1] === 'string' ? expected[1] : expect.stringMatching(expected[1])]);
        expect({ rows, requests }).toEqual(rest);
        if (wayOf(cell).group) expect(groups).toEqual([name]);
        if (isRetried(cell)) expectRetry(cell, of(cell));
      }
      asExpected.add(name);
    });
  });

  test.each(cutCells.map((cell) => [nameOf(cell), cell] as const))('only the first events: %s', (name, cell) => {
    const { answers, late, deltas, text, end, rows } = of(cell);
    expect({ answers, late }).toEqual({ answers: 1, late: 0 });
    expect(deltas).toBe(text);
    expect(all.startsWith(text)).toBe(true);
    if (isWhole(cell)) expect(end).toBe(cell.fault.startsWith('text') ? 'end' : 'stepLimit');
    else {
      expect(cell.fault.endsWith('cut') ? ['providerError, retryable'] : ['providerError, retryable', 'interrupted']).toContain(end);
      expect(rows).toEqual(['error providerError']);
    }
    asExpected.add(name);
  });

  describe.each(sidecars)('the sidecar %s', (_, index) => {
    test('lets every connection go that was not at its end', async () => {
      const { open } = matrices[index]!.upstream;
      const deadline = performance.now() + 40_000;
      while (open.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
      expect([...open]).toEqual([]);
    });

    test('still answers, ends in order, and had nothing to say on stderr', async () => {
      const { host } = matrices[index]!.sidecar;
      expect((await host.request('ping')).result).toEqual({});
      expect((await host.request('shutdown')).result).toBe(null);
      host.notify('exit');
      expect(await host.closed).toEqual({ code: 0, signal: null, stderr: '' });
    });

    test('has nothing open or held in its ledger, which adds up', async () => {
      const budget: Budget = {
        name: 'all',
        match: {},
        each: [],
        limitNanocents: parseUsd('1000'),
        per: 'total',
        timeZone: 'UTC',
        windowAt: createWindows('total', 'UTC'),
      };
      const { responses, groups } = await checkLedger(storages[index], [budget], { ended: true });
      const ran = parts[index];
      expect(responses.length).toBeGreaterThan(ran.length - cells.get('cancelled')!.length);
      expect(groups).toHaveLength(ran.filter((cell) => wayOf(cell).group).length);
    });
  });
});

/** That it has tried again or not, when, and that it says so. */
function expectRetry(cell: Cell, { warnings, waited, retryAfterMs }: Outcome): void {
  const { streamed, retryAfter } = wayOf(cell);
  const isTold = isAskedAgain(cell) || (cell.fault === 'refused' && streamed);
  expect(warnings).toEqual(isTold ? ['retry'] : []);
  if (retryAfter === '1') expect(waited).toBeGreaterThan(980);
  expect(retryAfterMs).toBe(retryAfter === '60' ? 60_000 : undefined);
}

function beginningOf(text: string | RegExp): string {
  return typeof text === 'string' ? text : 'Grüße yyyy';
}
