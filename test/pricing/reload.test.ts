import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Diagnostic } from '../../protocol/index.ts';
import { openApp, type App } from '../../src/app.ts';
import { formatUsd } from '../../src/pricing/price.ts';

const folder = mkdtempSync(join(tmpdir(), 'prices-'));
const configPath = join(folder, 'config.yaml');
let app: App;

beforeAll(async () => {
  writeFileSync(configPath, 'prices: {gpt-4o: {input: 1, output: 2}}');
  app = await openApp({ configPath, env: { HOME: folder, LLM_USER_PATH: folder }, cwd: folder, write: () => {} });
});

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const million = { inputTokens: 1_000_000, outputTokens: 0 };
const found = () => app.engine.snapshot().catalogue.find('gpt-4o')!;

async function costNow(model = found()): Promise<string> {
  return formatUsd((await app.engine.prices.cost(model, million, new Date()))!.nanocents);
}

/** The problems after the file has been written and read again. */
async function save(yaml: string): Promise<Diagnostic[]> {
  const before = app.engine.snapshot();
  const changed = new Promise<Diagnostic[]>((resolve) => {
    app.onChange((diagnostics) => {
      if (app.engine.snapshot() !== before) resolve(diagnostics);
    });
  });
  writeFileSync(configPath, yaml);
  return changed;
}

test('a saved price holds for calls that start after it; a call in flight keeps the one it started with', async () => {
  const inFlight = found();
  expect(await costNow()).toBe('1');
  expect(await save('prices: {openai/gpt-4o: {input: 3, output: 4}}')).toEqual([]);
  expect(await costNow()).toBe('3');
  expect(await costNow(inFlight)).toBe('1');
  const unknown = await save('prices: {gpt-99: {input: 3, output: 4}}');
  expect(unknown.map(({ severity, code, path }) => [severity, code, path])).toEqual([['warning', 'unknownModel', 'prices.gpt-99']]);
  expect(await costNow()).toBe('2.5');
});
