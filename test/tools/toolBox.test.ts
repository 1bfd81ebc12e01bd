import { describe, expect, test } from 'vitest';
import type { Tool } from '../../src/engine/ports.ts';
import { modelToolName, type ToolServer } from '../../src/tools/serverTool.ts';
import { createToolBox } from '../../src/tools/toolBox.ts';

const never = new AbortController().signal;
const tool = (name: string, registeredBy: string): Tool => ({
  spec: { name, inputSchema: {} },
  registeredBy,
  answer: async () => ({ content: registeredBy }),
});
const server = (name: string, ...tools: string[]): ToolServer => ({
  name,
  tools: async () => tools.map((one) => ({ name: one, tool: tool(modelToolName(name, one), name) })),
});
const box = createToolBox(
  [tool('lookUp', 'plugin'), tool('lookUp', 'second plugin'), tool('a_b', 'plugin')],
  [server('a', 'b', 'b_c', 'say hello'), server('a_b', 'c'), server('empty')],
);
const pick = async (...names: string[]) => (await box.pick(names, never)).map(({ spec, registeredBy }) => `${spec.name} ${registeredBy}`);

describe('the tools of a prompt', () => {
  test.each([
    ['nothing', [], []],
    ['a tool of a plugin; the first that registered it', ['lookUp'], ['lookUp plugin']],
    ['one of a server', ['a/b_c'], ['a_b_c a']],
    ['all of a server', ['a/*'], ['a_b a', 'a_b_c a', 'a_say_hello_2e6182 a']],
    ['one that is named twice', ['a/b', 'a/*', 'a/b'], ['a_b a', 'a_b_c a', 'a_say_hello_2e6182 a']],
    ['a server without tools', ['empty/*'], []],
    ['two servers whose names meet: the second gets a hash', ['a/b_c', 'a_b/c'], ['a_b_c a', 'a_b_c_02d730 a_b']],
    ['a plugin and a server whose names meet: the plugin keeps it', ['a/b', 'a_b'], ['a_b plugin', 'a_b_c14cdd a']],
  ])('%s', async (_, names, picked) => {
    expect(await pick(...names)).toEqual(picked);
  });

  test.each([
    ['nobody', 'There is no tool "nobody". Known: lookUp, a_b, a/*, a_b/*, empty/*.'],
    ['b/*', 'There is no tool "b/*". Known: lookUp, a_b, a/*, a_b/*, empty/*.'],
    ['a/x', 'There is no tool "a/x". Known: a/b, a/b_c, a/say hello.'],
    ['empty/x', 'There is no tool "empty/x". The MCP server "empty" has no tools.'],
    ['a', 'There is no tool "a". Known: lookUp, a_b, a/*, a_b/*, empty/*.'],
  ])('%s is not there', async (name, message) => {
    await expect(box.pick(['lookUp', name], never)).rejects.toMatchObject({ kind: 'toolNotFound', message });
  });

  test('what there is, without starting a server', () => {
    expect(box.list()).toEqual([
      { name: 'lookUp', registeredBy: 'plugin' },
      { name: 'a_b', registeredBy: 'plugin' },
      { name: 'a/*', registeredBy: 'a' },
      { name: 'a_b/*', registeredBy: 'a_b' },
      { name: 'empty/*', registeredBy: 'empty' },
    ]);
  });
});

test.each([
  ['files', 'read', /^files_read$/],
  ['files', 'read file!', /^files_read_file__[0-9a-f]{6}$/],
  ['files', 'x'.repeat(58), /^files_x{58}$/],
  ['files', 'x'.repeat(59), /^files_x{51}_[0-9a-f]{6}$/],
  ['files', 'ünïcode', /^files__n_code_[0-9a-f]{6}$/],
])('%s/%s as the model sees it', (name, own, expected) => {
  expect(modelToolName(name, own)).toMatch(expected);
  expect(modelToolName(name, own).length).toBeLessThanOrEqual(64);
});
