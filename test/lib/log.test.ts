import { expect, test } from 'vitest';
import { createLog, type LogFacts, type LogFormat, type LogLevel } from '../../src/lib/log.ts';

function lines(
  format: LogFormat | undefined,
  level: LogLevel | undefined,
  entries: readonly [message: string, facts?: LogFacts][],
): string[] {
  const written: string[] = [];
  const log = createLog({ write: (line) => written.push(line), redact: (text) => text.replaceAll('sk-1234', '***'), format, level });
  for (const entry of entries) log(...entry);
  return written;
}

const ofEachLevel: [string, LogFacts?][] = [
  ['e', { level: 'error' }],
  ['w', { level: 'warn' }],
  ['plain'],
  ['i', { level: 'info' }],
  ['d', { level: 'debug' }],
];

test.each<[level: LogLevel | undefined, shown: string[]]>([
  ['error', ['e']],
  ['warn', ['e', 'w', 'plain']],
  ['info', ['e', 'w', 'plain', 'i']],
  [undefined, ['e', 'w', 'plain', 'i']],
  ['debug', ['e', 'w', 'plain', 'i', 'd']],
])('the level %s shows %j', (level, shown) => {
  expect(lines('text', level, ofEachLevel)).toEqual(shown);
});

test('text is the message alone, without secrets', () => {
  expect(lines(undefined, undefined, [['it was sk-1234', { level: 'error', errorId: 'e1', promptId: 'p1' }]])).toEqual(['it was ***']);
});

test('json is one object a line, whatever the message holds', () => {
  const written = lines('json', undefined, [
    ['first\n  "second"', { level: 'error', errorId: 'e1' }],
    ['it was sk-1234', { promptId: 'p-sk-1234' }],
  ]);
  expect(written.map((line) => line.includes('\n'))).toEqual([false, false]);
  const entries = written.map((line) => JSON.parse(line) as Record<string, string>);
  expect(entries.map(({ time: _, ...rest }) => rest)).toEqual([
    { level: 'error', msg: 'first\n  "second"', errorId: 'e1' },
    { level: 'warn', msg: 'it was ***', promptId: 'p-***' },
  ]);
  for (const { time = '' } of entries) expect(new Date(time).toISOString()).toBe(time);
});
