import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { logLevels } from '../../src/lib/log.ts';
import { metricNames, names } from '../../src/telemetry/semanticNames.ts';
import { createFolder } from './support/folder.ts';
import { filesOf, readPage } from './support/pages.ts';

const page = readPage('docs/operations.md');

test('the otel.mjs of the page shows the spans of a command', () => {
  const { path, env } = createFolder(filesOf(page));
  writeFileSync(join(path, 'llm-sidecar.yaml'), 'telemetry: true\n');
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(path, 'node_modules'));
  const { stdout, stderr } = spawnSync('sh', ['-c', `NODE_OPTIONS="--import=$PWD/otel.mjs" llm-sidecar prompt -m echo '{"raw":"Hello"}'`], {
    cwd: path,
    env,
    encoding: 'utf8',
  });
  expect(stdout).toBe('Hello\n');
  expect([...stderr.matchAll(/^ {2}name: '(.+)'/gm)].map(([, name]) => name)).toEqual(['attempt echo', 'chat echo']);
});

test('it names every attribute, metric and level', () => {
  const { text } = page;
  const said = (name: string): boolean =>
    name.startsWith('gen_ai.usage.')
      ? text.includes(`\`${name.slice('gen_ai.usage.'.length)}\``)
      : text.includes(name.replace('llm_sidecar', ''));
  expect([...Object.values(names), ...Object.values(metricNames).map(({ name }) => name)].filter((name) => !said(name))).toEqual([]);
  expect(logLevels.filter((level) => !text.includes(`\`${level}\``))).toEqual([]);
});
