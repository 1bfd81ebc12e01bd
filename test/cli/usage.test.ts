import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toCsv } from '../../src/cli/csv.ts';
import { bar } from '../../src/cli/bar.ts';
import { roundedDollars } from '../../src/cli/summaries.ts';
import { fillDatabase } from '../history/support/database.ts';
import { running, type Row } from '../history/support/rows.ts';
import { folderWith } from './support/folder.ts';
import { runCli } from './support/runCli.ts';
import { hasPseudoTerminals, openTerminal, withoutWaiting } from './support/terminalCli.ts';

const config = 'storage: usage.db\ndefault_model: echo\ntime_zone: Europe/Berlin\n';
const rows: Row[] = [
  {
    id: 'a',
    model: 'gpt-5.4',
    purpose: 'chat',
    started_at: '2026-01-01T22:59:59.999Z',
    input_tokens: 1_234_567,
    cost_nanocents: 123_400_000_000n,
  },
  { id: 'b', model: 'gpt-5.4', actor_id: 'ann', started_at: '2026-01-01T23:00:00.000Z', cache_read_tokens: 8, cost_nanocents: 10n },
  { id: 'c', model: 'echo', actor_id: '=cmd|"x",y', started_at: '2026-01-02T10:00:00.000Z', cost_nanocents: null },
  { id: 'd', model: 'echo', started_at: '2026-01-02T11:00:00.000Z', ...running },
];

async function filled(more: readonly Row[] = rows): Promise<string> {
  const folder = folderWith({ 'llm-sidecar.yaml': config });
  await fillDatabase(join(folder, 'usage.db'), more);
  return folder;
}

describe('usage', () => {
  test('is a table by day, exact days of the time zone, with a total', async () => {
    expect(await runCli(['usage', '--from', '2026-01-01'], { folder: await filled() })).toEqual({
      code: 0,
      out: `DAY         RESPONSES         IN  CACHED  OUT        COST  UNPRICED
2026-01-01          1  1,234,567            1   $1.234000
2026-01-02          3         20       8    2  <$0.000001         1
total               4  1,234,587       8    3   $1.234000         1
`,
      err: '',
    });
  });

  test.each([
    ['model', ['gpt-5.4', 'echo', 'total']],
    ['purpose', ['chat', '-', 'total']],
    ['model,actor', ['gpt-5.4  -', 'gpt-5.4  ann', 'echo     -', 'echo     =cmd|"x",y', 'total']],
    ['none', ['4']],
  ])('--by %s', async (by, names) => {
    const { out } = await runCli(['usage', '--by', by, '--from', '2026-01-01'], { folder: await filled() });
    const [, ...lines] = out.trimEnd().split('\n');
    expect(lines.map((line, index) => line.trimStart().slice(0, names[index]?.length))).toEqual(names);
  });

  test('of the last 30 days, or so many as are asked for', async () => {
    const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
    const folder = await filled([0, 5, 28, 31].map((days) => ({ id: String(days), started_at: ago(days) })));
    const counted = async (...words: string[]): Promise<number> => {
      const { out } = await runCli(['usage', '--by', 'none', '--json', ...words], { folder });
      return (JSON.parse(out) as { rows: { responses: number }[] }).rows[0]!.responses;
    };
    expect([await counted(), await counted('--days', '40'), await counted('--days', '2')]).toEqual([3, 4, 1]);
  });

  test('--json is what usage/summary answers', async () => {
    const { out } = await runCli(['usage', '--json', '--by', 'model', '--from', '2026-01-01', '-m', 'gpt-5.4'], { folder: await filled() });
    expect(JSON.parse(out)).toEqual({
      rows: [
        {
          key: { model: 'gpt-5.4' },
          responses: 2,
          usage: { inputTokens: 1_234_577, outputTokens: 2, cacheReadTokens: 8 },
          cost: { usd: '1.2340000001', source: 'computed' },
        },
      ],
    });
  });

  test('--csv is exact, and no formula', async () => {
    expect((await runCli(['usage', '--csv', '--by', 'actor', '--from', '2026-01-01'], { folder: await filled() })).out).toBe(
      [
        'actor,responses,input_tokens,output_tokens,reasoning_tokens,cache_read_tokens,cache_write_tokens,cost_usd,cost_source,unpriced_responses',
        ',2,1234567,1,,,,1.234,computed,0',
        'ann,1,10,1,,8,,0.0000000001,computed,0',
        `"'=cmd|""x"",y",1,10,1,,,,,unknown,1`,
        '',
      ].join('\r\n'),
    );
  });

  test('of nothing says so, and not on stdout', async () => {
    const folder = await filled([]);
    expect(await runCli(['usage'], { folder })).toEqual({ code: 0, out: '', err: 'Nothing was used in that time.\n' });
    expect((await runCli(['usage', '--csv'], { folder })).out.split('\r\n')).toHaveLength(2);
  });

  test('where nothing is kept says how it is turned on', async () => {
    const { code, out, err } = await runCli(['usage'], { folder: folderWith({ 'llm-sidecar.yaml': 'default_model: echo\n' }) });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^error \(storageUnavailable\): .*`history: true`/);
  });

  test.each([
    [['--by', 'week'], /--by takes day, model, purpose, actor, group/],
    [['--days', '0'], /--days takes a number/],
    [['--days', '3', '--from', '2026-01-01'], /give --days, or --from and --to/],
    [['--json', '--csv'], /not both/],
    [['january'], /takes no words/],
  ])('%j is not understood', async (words, message) => {
    const { code, err } = await runCli(['usage', ...words]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test('a wrong time is one line', async () => {
    const { code, err } = await runCli(['usage', '--from', 'yesterday'], { folder: await filled() });
    expect([code, err]).toEqual([
      1,
      'error (invalidParams): "yesterday" is no time: give a day such as 2026-01-31, or a moment such as 2026-01-31T09:00:00Z.\n',
    ]);
  });

  test.skipIf(!hasPseudoTerminals)('in a terminal there are bars, and every line fits', async () => {
    const folder = await filled();
    for (const columns of [100, 80, 40]) {
      const { ended } = openTerminal(['usage', '--from', '2026-01-01', '--by', 'day,model'], { folder, columns, env: { NO_COLOR: '1' } });
      const { screen, code } = await ended;
      expect(code).toBe(0);
      const lines = withoutWaiting(screen).trimEnd().split('\r\n');
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
      expect(lines.some((line) => line.includes('█'))).toBe(columns === 100);
    }
  });
});

test.each([
  [0, 10, ''],
  [1, 10, '██████████'],
  [0.5, 10, '█████'],
  [0.55, 10, '█████▌'],
  [0.0001, 10, '▏'],
])('a bar of %d of %d', (share, width, expected) => expect(bar(share, width)).toBe(expected));

test.each([
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  [' =1', "' =1"],
  ['\t=1', "'\t=1"],
  ['\rx', `"'\rx"`],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
  ['two\nlines', '"two\nlines"'],
  ['plain-text', 'plain-text'],
  ['東京', '東京'],
])('the cell %j', (text, cell) => expect(toCsv([[text, null, -5, { decimal: '0.1' }]])).toBe(`${cell},,-5,0.1\r\n`));

test.each([
  [
    ['1', '2.5'],
    ['$1.00', '$2.50'],
  ],
  [
    ['0.123456789', '12'],
    ['$0.123457', '$12.000000'],
  ],
  [
    ['0.00000001', '0'],
    ['<$0.000001', '$0.000000'],
  ],
])('dollars in a column: %j', (costs, texts) => {
  const all = costs.map((usd) => ({ usd, source: 'computed' as const }));
  expect(all.map(roundedDollars(all))).toEqual(texts);
});

test('dollars that are unknown or estimated', () => {
  const all = [{ usd: null, source: 'unknown' } as const, { usd: '1.5', source: 'estimated' } as const];
  expect(all.map(roundedDollars(all))).toEqual(['unknown', '~$1.50']);
});
