import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/cli/command.ts';
import { readCommands, readHelp } from '../../../src/cli/completion/helpWords.ts';
import { mainHelp } from '../../../src/cli/help.ts';

const folder = new URL('../../../src/cli/commands/', import.meta.url);
const names = globSync('*.ts', { cwd: folder.pathname }).map((file) => file.replace('.ts', ''));

test('the main help has every command', () => {
  const hidden = ['complete'];
  expect(
    readCommands(mainHelp)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual([...names.filter((name) => !hidden.includes(name)), 'help'].toSorted());
});

test('and the options to serve', () => {
  const { options, actions } = readHelp(mainHelp, '');
  expect(options.map(({ names: known }) => known.at(-1))).toEqual([
    '--stdio',
    '--pipe',
    '--socket',
    '--framing',
    '--max-message-bytes',
    '--log-format',
    '--log-level',
    '--config',
    '--help',
    '--version',
  ]);
  expect(options.find(({ names: known }) => known.includes('-c'))).toMatchObject({ value: 'FILE', description: 'the configuration' });
  expect(actions).toEqual([]);
});

test.each<[string, string[]]>([
  ['secrets', ['generate-key', 'list', 'set', 'delete', 'rollback', 'rotate', 'import']],
  ['keys', ['set', 'list', 'remove', 'path']],
  ['config', ['check', 'path', 'schema']],
  ['prompt', []],
])('the actions of %s', async (name, actions) => {
  const { help } = ((await import(`${folder.href}${name}.ts`)) as Record<string, Command>)[name]!;
  expect(readHelp(help, name).actions.map((action) => action.name)).toEqual(actions);
});

describe.each(names.filter((name) => !['complete', 'completion', 'schema'].includes(name)))('%s', (name) => {
  test('has no option that its help does not say', async () => {
    const { help } = ((await import(`${folder.href}${name}.ts`)) as Record<string, Command>)[name]!;
    const said = readHelp(help, name).options.flatMap((option) => option.names);
    const inText = [...help.matchAll(/(?<![\w-])--[a-z][\w-]+/g)].map(([option]) => option);
    const foreign = ['--all'];
    expect([...new Set(inText)].filter((option) => !said.includes(option) && !foreign.includes(option))).toEqual([]);
  });
});
