import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { loadApi } from '../../src/telemetry/loadApi.ts';
import { setUpSdk } from './support/sdk.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A folder in which this is `@opentelemetry/api`; without a text there is none. */
function folderWith(text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-api-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = join(folder, 'node_modules/@opentelemetry/api');
  mkdirSync(at, { recursive: true });
  if (text !== undefined) writeFileSync(join(at, 'index.js'), text);
  return folder;
}

const problemOf = (folders: string[]): string => {
  const loaded = loadApi(folders);
  return 'problem' in loaded ? loaded.problem : '';
};

test('the first folder that has it gives it, and every copy sees the SDK', () => {
  setUpSdk();
  const loaded = loadApi([folderWith(), here]);
  expect('api' in loaded && typeof loaded.api.trace.getTracer('t').startSpan).toBe('function');
});

test('a process without an SDK exports nothing', () => {
  expect(problemOf([here])).toContain('nothing in this process exports what is measured');
});

test('no copy at all', () => {
  expect(problemOf([folderWith()])).toBe(
    'telemetry is off: there is no @opentelemetry/api. Install it where this file is: npm install @opentelemetry/api',
  );
});

test('a copy that is broken', () => {
  const folder = folderWith('throw new TypeError("sk-secret");');
  expect(problemOf([folder])).toBe(`telemetry is off: @opentelemetry/api, found from ${folder}, cannot be loaded. Install it again.`);
});

test('a copy that does not see the SDK, since it is later', () => {
  setUpSdk();
  const folder = folderWith('exports.trace = { getTracerProvider: () => ({}) }; exports.metrics = { getMeterProvider: () => ({}) };');
  expect(problemOf([folder])).toBe(
    `telemetry is off: the SDK was set up with @opentelemetry/api 1.10.0, and the one found from ${folder} is later. Install the same.`,
  );
});
