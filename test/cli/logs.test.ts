import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { fillDatabase } from '../history/support/database.ts';
import { running, type Row } from '../history/support/rows.ts';
import { folderWith } from './support/folder.ts';
import { runCli, startCli } from './support/runCli.ts';
import { hasPseudoTerminals, openTerminal, withoutWaiting } from './support/terminalCli.ts';

const config = 'storage: logs.db\nhistory: { content: true }\ndefault_model: echo\n';
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const rows: Row[] = [
  {
    id: 'r-1',
    purpose: 'chat',
    actor_id: 'ann',
    started_at: at(1),
    duration_ms: 1250,
    content: { system: 'Be brief.', asked: 'Name a pelican', answered: 'Alba\nor Bruno' },
  },
  {
    id: 'r-2',
    started_at: at(2),
    outcome: 'error',
    stop_reason: null,
    error_kind: 'rateLimited',
    cost_nanocents: 0n,
    duration_ms: 80,
    input_tokens: null,
    output_tokens: null,
  },
  {
    id: 'r-3',
    model: 'gpt-5.4',
    started_at: at(3),
    cost_nanocents: 123n,
    first_delta_ms: 300,
    duration_ms: 12_600,
    content: { asked: 'Name a walrus', answered: 'Wally' },
  },
  { id: 'r-4', started_at: at(4), ...running },
];

async function filled(more: readonly Row[] = rows): Promise<string> {
  const folder = folderWith({ 'llm-sidecar.yaml': config });
  await fillDatabase(join(folder, 'logs.db'), more);
  return folder;
}

const idsOf = (out: string): string[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { responseId: string }).responseId);

describe('logs', () => {
  test('is a table, the latest at the end', async () => {
    expect(await runCli(['logs'], { folder: await filled() })).toEqual({
      code: 0,
      out: `TIME                      OUTCOME      MODEL    IN  OUT        COST   TOOK  PURPOSE  ACTOR  ID
2026-01-01T00:00:01.000Z  ok           echo     10    1   $0.010000  1.3 s  chat     ann    r-1
2026-01-01T00:00:02.000Z  rateLimited  echo      ?    ?   $0.000000  80 ms  -        -      r-2
2026-01-01T00:00:03.000Z  ok           gpt-5.4  10    1  <$0.000001   13 s  -        -      r-3
2026-01-01T00:00:04.000Z  running      echo      ?    ?           -      -  -        -      r-4
`,
      err: '',
    });
  });

  test.each([
    [
      ['-n', '2'],
      ['r-3', 'r-4'],
    ],
    [['-q', 'name -walrus'], ['r-1']],
    [['--errors'], ['r-2']],
    [['-m', 'gpt-5.4'], ['r-3']],
    [['--purpose', 'chat', '--actor', 'ann'], ['r-1']],
    [
      ['--purpose', ''],
      ['r-2', 'r-3', 'r-4'],
    ],
  ])('%j', async (words, ids) => {
    expect(idsOf((await runCli(['logs', '--json', ...words], { folder: await filled() })).out)).toEqual(ids);
  });

  test('more than a page', async () => {
    const many = Array.from({ length: 1105 }, (_, index) => ({ id: `r-${String(index).padStart(4, '0')}` }));
    const ids = idsOf((await runCli(['logs', '--json', '-n', '1100'], { folder: await filled(many) })).out);
    expect(ids).toEqual(many.slice(5).map(({ id }) => id));
  });

  test('-q shows the place', async () => {
    expect((await runCli(['logs', '-q', 'walrus'], { folder: await filled() })).out).toMatch(/ r-3 {2}Name a walrus Wally\n$/);
  });

  test('nothing is said on stderr', async () => {
    expect(await runCli(['logs', '-m', 'none'], { folder: await filled() })).toEqual({
      code: 0,
      out: '',
      err: 'There are no such responses.\n',
    });
  });

  test.each([['r-1'], ['show', 'r-1']])('%s shows one whole', async (...words) => {
    expect((await runCli(['logs', ...words], { folder: await filled() })).out).toBe(`response      r-1
prompt        prompt of r-1, step 0, attempt 0
kind          prompt
model         echo of echo
began         2026-01-01T00:00:01.000Z
took          1.3 s
outcome       ok, end
tokens        10 in, 1 out
cost          $0.01, computed
purpose       chat
actor         ann

system
  Be brief.

user
  Name a pelican

assistant
  Alba
  or Bruno
`);
  });

  test('one whose content is not kept', async () => {
    const { out } = await runCli(['logs', 'show', 'r-2'], { folder: await filled() });
    expect(out).toContain('outcome       error, rateLimited\n');
    expect(out).toMatch(/\nWhat was asked and answered is not kept: .*\n$/);
  });

  test('one by the beginning or the end of its id', async () => {
    const folder = await filled([{ id: '01a20c51-95ee-78db' }, { id: '01a20c51-95ee-99ff' }]);
    expect((await runCli(['logs', '78db'], { folder })).out).toMatch(/^response {6}01a20c51-95ee-78db\n/);
    const both = await runCli(['logs', '01a20'], { folder });
    expect([both.code, both.err.split('\n')[0]]).toEqual([
      2,
      'error: several responses are called 01a20: 01a20c51-95ee-99ff, 01a20c51-95ee-78db',
    ]);
    const none = await runCli(['logs', 'x'], { folder });
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/^error \(invalidParams\): There is no response "x"/)]);
  });

  test('--json of one is what history/read answers', async () => {
    expect(JSON.parse((await runCli(['logs', 'r-3', '--json'], { folder: await filled() })).out)).toMatchObject({
      responseId: 'r-3',
      cost: { usd: '0.00000000123' },
      messages: [{ role: 'user', content: 'Name a walrus' }],
      answer: [{ type: 'text', text: 'Wally' }],
    });
  });

  test.each([
    [['-n', 'x'], /-n takes a number/],
    [['show'], /takes an ID/],
    [['a', 'b'], /words to search for are given with -q/],
  ])('%j is not understood', async (words, message) => {
    const { code, err } = await runCli(['logs', ...words]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test('where nothing is kept says how it is turned on', async () => {
    const { code, err } = await runCli(['logs'], { folder: folderWith({ 'llm-sidecar.yaml': 'default_model: echo\n' }) });
    expect(code).toBe(1);
    expect(err).toMatch(/^error \(storageUnavailable\): .*`history: true`/);
    const search = await runCli(['logs', '-q', 'x'], { folder: folderWith({ 'llm-sidecar.yaml': 'storage: x.db\n' }) });
    expect(search.err).toMatch(/^error \(invalidParams\): .*`history: \{content: true\}`/);
  });
});

describe('logs --follow', () => {
  test('writes what ends meanwhile, once, and Ctrl-C is its end', async () => {
    const folder = await filled();
    const { child, ended, wrote } = startCli(['logs', '--follow', '--json', '-n', '1'], { folder, input: null });
    await wrote('out', '"r-4"');
    await runCli(['prompt', 'something new'], { folder });
    await wrote('out', '\n{');
    await fillDatabase(join(folder, 'logs.db'), [{ id: 'late', started_at: at(5) }]);
    await runCli(['prompt', 'another'], { folder });
    await wrote('out', '}\n{"responseId":"01');
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(new Set(idsOf(out)).size).toBe(lines.length);
    expect(idsOf(out)[0]).toBe('r-4');
    expect(lines.length).toBeGreaterThanOrEqual(2);
  });

  test('says again what still ran when it began', async () => {
    const folder = await filled();
    const { child, ended, wrote } = startCli(['logs', '-f', '-n', '1'], { folder, input: null });
    await wrote('out', 'running');
    await settle(join(folder, 'logs.db'), 'r-4');
    await wrote('out', 'r-4\n2026');
    child.kill('SIGINT');
    const { out } = await ended;
    expect(out.split('\n').map((line) => line.split(/ +/)[1])).toEqual(['OUTCOME', 'running', 'ok', undefined]);
  });
});

describe.skipIf(!hasPseudoTerminals)('logs in a terminal', () => {
  test('fits its width, with short ids where whole ones have no room', async () => {
    const long = rows.map((row) => ({ ...row, id: `01a20c51-95ee-78db-ae31-33f85f14${row.id.replace('r-', '000')}` }));
    const folder = await filled(long);
    for (const columns of [160, 100, 60]) {
      const { screen } = await openTerminal(['logs'], { folder, columns, env: { NO_COLOR: '1', TZ: 'UTC' } }).ended;
      const lines = withoutWaiting(screen).trimEnd().split('\r\n');
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
      expect(lines[1]).toMatch(columns === 160 ? /^2026-01-01 00:00:01 .*01a20c51-95ee-78db-ae31-33f85f140001$/ : / 5f140001$/);
    }
  });

  test('shows the place of a match on a line of its own, and no control character', async () => {
    const folder = await filled([
      { id: 'r', content: { asked: `${'word '.repeat(100)}pelican \u001b[2J ${'word '.repeat(100)}`, answered: 'yes' } },
    ]);
    const { screen } = await openTerminal(['logs', '-q', 'pelican'], { folder, columns: 80, env: { NO_COLOR: '1' } }).ended;
    expect(screen).not.toContain('\u001b[2J');
    const lines = withoutWaiting(screen).trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/^ {2}….*pelican.*…$/);
    expect(lines[2]!.length).toBeLessThanOrEqual(80);
  });
});

async function settle(path: string, id: string): Promise<void> {
  const store = createStore(path, migrations);
  await (
    await store.open()
  ).write(async (tx) => tx.updateTable('llm_sidecar_responses').set({ state: 'settled', outcome: 'ok' }).where('id', '=', id).execute());
  await store.close();
}
