import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { createFolder } from './support/folder.ts';
import { filesOf, pages } from './support/pages.ts';
import { playConsole } from './support/playConsole.ts';

// docs/cli.md has a test of its own, which runs its examples: test/cli/docs.test.ts.
const played = pages.filter(({ path }) => path !== 'docs/cli.md');
const examples = played.flatMap((page) =>
  page.blocks.filter(({ language }) => language === 'console').map((block) => ({ page, block, name: `${page.path}:${block.line}` })),
);
const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const usable = examples.filter(({ block, name }) => {
  const missing = /\bjq\b/.test(block.text) && !has('jq');
  if (missing) console.warn(`SKIPPED: the example ${name}, because jq is not on this machine`);
  return !missing;
});

test('there are examples', () => expect(examples.length).toBeGreaterThan(7));

describe('what a page says of a command line is what it does', () => {
  test.each(usable)('$name', { timeout: 120_000 }, ({ page, block }) => {
    const steps = playConsole(block.text, createFolder(filesOf(page)));
    expect(steps.length).toBeGreaterThan(0);
    for (const { command, expected, written } of steps) expect({ command, written }).toEqual({ command, written: expected });
  });
});

test('an output that differs is seen', () => {
  const [first, second] = playConsole('$ echo one two\none … two\n$ echo three\nthree\n', createFolder({}));
  expect(first).toEqual({ command: 'echo one two', expected: 'one … two\n', written: 'one two\n' });
  expect(second).toEqual({ command: 'echo three', expected: 'three\n', written: 'three\n' });
});
