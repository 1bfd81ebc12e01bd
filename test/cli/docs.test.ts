import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cleanEnvironment, folderWith } from './support/folder.ts';
import { mainFile } from './support/runCli.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(console|yaml)\n([^]*?)^```$/gm)].map(([, kind, text = '']) => ({ kind, text }));
const hasJq = spawnSync('sh', ['-c', 'command -v jq']).status === 0;
if (!hasJq) console.warn('SKIPPED: the examples of docs/cli.md that use jq, because it is not on this machine');

const files = Object.fromEntries(blocks.filter(({ kind }) => kind === 'yaml').map(({ text }) => [/^# (\S+)/.exec(text)?.[1] ?? '', text]));
const examples = blocks.filter(({ kind }) => kind === 'console').map(({ text }) => text);

test('the page has its files and examples', () => {
  expect(Object.keys(files)).toEqual(['llm-sidecar.yaml', 'broken.yaml']);
  expect(examples.length).toBeGreaterThan(10);
});

const usable = examples.filter((example) => hasJq || !example.includes('jq '));

test.each(usable.map((example) => [example.split('\n')[0], example] as const))('%s', { timeout: 120_000 }, (_, example) => {
  const folder = folderWith({ ...files, 'bin/llm-sidecar': `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n` });
  chmodSync(`${folder}/bin/llm-sidecar`, 0o755);
  const env = cleanEnvironment(folder);
  const [, ...steps] = example.split(/^\$ /m);
  // The commands in one shell, each with its output between two marks.
  const script = steps.map((step) => `${step.split('\n')[0]}\nprintf '\\001'`).join('\n');
  const { stdout } = spawnSync('sh', ['-c', `exec 2>&1\n${keepStatus(script)}`], {
    cwd: folder,
    env: { ...env, PATH: `${folder}/bin:${env['PATH']}` },
    encoding: 'utf8',
  });
  // A page has no spaces at the end of a line.
  const written = stdout.replaceAll(/ +$/gm, '').split('\u0001').slice(0, -1);
  expect(written.map((text, index) => matchEllipses(steps[index] ?? '', text))).toEqual(
    steps.map((step) => step.slice(step.indexOf('\n') + 1)),
  );
});

/** `$?` is the one of the step before, not of the mark. */
function keepStatus(script: string): string {
  return script.replaceAll("printf '\\001'", "status=$?; printf '\\001'; (exit $status)");
}

/** The expected text where `…` in it stands for what was written, else what was written. */
function matchEllipses(step: string, written: string): string {
  const expected = step.slice(step.indexOf('\n') + 1);
  const pattern = expected.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(written) ? expected : written;
}
