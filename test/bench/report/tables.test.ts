import { describe, expect, test } from 'vitest';
import { causeOf } from './causes.ts';
import { goalsOf, shownMeasured, verdictOf } from './goals.ts';
import { markdownTable } from './markdownTable.ts';
import { pairedRatio, type Report } from './report.ts';
import { tablesOf } from './tables.ts';

const run = (values: Report['values']): Report => ({
  day: '2026-01-31',
  node: '24.0.0',
  machine: '2 × a processor, linux',
  seconds: 300,
  rounds: 3,
  latencyPrompts: 3,
  chunks: 100,
  peers: { ai: '7.0.0' },
  notes: ['something'],
  values,
});

test('a table is as the formatter leaves it', () => {
  expect(
    markdownTable(
      ['', 'p50'],
      [
        ['a way', '1.0'],
        ['b', '12.25'],
      ],
    ),
  ).toBe(['|       |   p50 |', '| ----- | ----: |', '| a way |   1.0 |', '| b     | 12.25 |'].join('\n'));
});

test('ratios of rounds are not moved by a machine that gets slower', () => {
  expect(pairedRatio(run({ a: [2, 20, 200], b: [1, 10, 100] }), 'a', 'b')).toBe(2);
  expect(pairedRatio(run({ a: [2, 20, 200], b: [1, 10] }), 'a', 'b')).toBe(2);
  expect(pairedRatio(run({}), 'a', 'b')).toBeNaN();
});

describe('a goal', () => {
  test.each([
    [
      'is met by both clients',
      { 'first/typescriptSdk': [1.2], 'first/leanHost': [1.3], 'first/providerPackage': [1] },
      'SDK 1.20 ×, raw 1.30 ×',
      'met',
    ],
    [
      'is missed by one',
      { 'first/typescriptSdk': [1.4], 'first/leanHost': [1.2], 'first/providerPackage': [1] },
      'SDK 1.40 ×, raw 1.20 ×',
      'missed',
    ],
    ['is not measured', { 'first/typescriptSdk': [1.4], 'first/providerPackage': [1] }, 'SDK 1.40 ×, raw –', 'not measured'],
  ])('%s', (_, values, shown, verdict) => {
    const goal = goalsOf(run(values)).find(({ text }) => text === 'first delta, p50, of the provider package')!;
    expect([shownMeasured(goal), verdictOf(goal)]).toEqual([shown, verdict]);
  });

  test('may be a least one, or megabytes', () => {
    const values = {
      'perSecond/1/typescriptSdk': [80],
      'perSecond/1/leanHost': [95],
      'perSecond/1/providerPackage': [100],
      'memory/added/leanHost': [151],
    };
    const goals = new Map(goalsOf(run(values)).map((goal) => [goal.text, goal]));
    expect(verdictOf(goals.get('deltas a second, 1 stream, of the provider package')!)).toBe('missed');
    expect(shownMeasured(goals.get('memory at 1000 streams, over idle')!)).toBe('151 MB');
    expect(verdictOf(goals.get('memory at 1000 streams, over idle')!)).toBe('missed');
  });
});

test('every goal has a cause that is told where it is missed', () => {
  expect(goalsOf(run({})).filter(({ text }) => causeOf(text) === 'Not known.')).toEqual([]);
  const text = tablesOf(run({ 'memory/idle/bare': [40], 'memory/idle/sidecar': [80], 'memory/added/leanHost': [10] }));
  expect(text).toContain('- memory idle, of a bare Node: What is loaded stays');
  expect(text).not.toContain('- memory at 1000 streams');
});

test('what was not measured has no table', () => {
  const text = tablesOf(run({ 'cold/bare': [20, 30, 40], 'cold/initialize': [50, 60, 70] }));
  expect(text.split('\n')[0]).toBe('2026-01-31, 2 × a processor, linux, Node 24.0.0, ai 7.0.0; 3 rounds, 300 s.');
  expect(text).toContain('| `initialize` ');
  expect(text).toMatch(/^\| `initialize` +\| +60 \| +70 \| +2\.00 \|$/m);
  expect(text).not.toContain('Resident memory');
  expect(text.split('\n').at(-1)).toBe('- something');
});
