import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFolder } from './support/folder.ts';
import { pages, readPage } from './support/pages.ts';

const root = new URL('../../', import.meta.url);
const { text, blocks } = readPage('README.md');
const examples = blocks.flatMap(({ language, text: program, line }, index) =>
  language === 'ts' ? [{ program, line, output: blocks[index + 1]?.text }] : [],
);

describe('the programs of README.md write what it says', () => {
  test('there is one', () => expect(examples.length).toBe(1));

  test.each(examples)('line $line', ({ program, output }) => expect(run(program)).toBe(output));

  test('the quickstart', () => {
    const quickstart = readFileSync(new URL('docs/examples/quickstart.ts', root), 'utf8');
    const index = blocks.findIndex((block) => block.text === 'npm ci && npm run quickstart\n');
    expect(run(quickstart)).toBe(blocks[index + 1]?.text);
  });

  test('the host in Python is docs/examples/host.py', () => {
    const programs = blocks.filter(({ language }) => language === 'python').map((block) => block.text);
    expect(programs).toEqual([readFileSync(new URL('docs/examples/host.py', root), 'utf8')]);
  });

  test('the host in Python', ({ skip }) => {
    const index = blocks.findIndex(({ language }) => language === 'python');
    const folder = createFolder({ 'host.py': blocks[index]?.text ?? '' });
    const { stdout, error } = spawnSync('python3', ['host.py'], { cwd: folder.path, env: folder.env, encoding: 'utf8', timeout: 50_000 });
    if (error !== undefined) console.warn('SKIPPED: the host in Python of README.md, because python3 is not on this machine');
    skip(error !== undefined);
    expect(stdout).toBe(blocks[index + 1]?.text);
  });
});

test('the commands of .ci/run are lines of README.md', () => {
  const commands = [...readFileSync(new URL('.ci/run', root), 'utf8').matchAll(/^readme_command '(.*)'$/gm)].map(
    ([, command = '']) => command,
  );
  expect(commands.length).toBe(2);
  for (const command of commands) expect(text.split('\n')).toContain(command);
});

test('names every page of docs', () => {
  const all = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
  const index = readPage('docs/README.md').text;
  expect(all.filter((path) => !text.includes(`(${path})`) && !index.includes(`(${path.slice('docs/'.length)})`))).toEqual([]);
});

/** What a program writes to stdout, with this project's client and no key of the developer's. */
function run(program: string): string {
  const folder = createFolder({});
  const file = join(folder.path, 'program.ts');
  const client = new URL(process.env['LLM_SIDECAR_BUILT'] === '1' ? 'dist/index.js' : 'client/index.ts', root);
  expect(existsSync(client)).toBe(true);
  writeFileSync(file, program.replace("from 'llm-sidecar'", `from '${client.href}'`));
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
    cwd: folder.path,
    env: folder.env,
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}
