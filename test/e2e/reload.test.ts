import { mkdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startReady, startSidecar, type Sidecar } from '../support/sidecar.ts';

const before = 'default_model: test-fast\nmodel_options: { test-fast: { chunks: 1 } }\ntest_models: true\n';
const after = 'default_model: test-slow\nmodel_options: { test-slow: { chunks: 2, delay_ms: 1 } }\ntest_models: true\n';
const textBefore = '0 grün 東京 🚀 ';
const textAfter = '0 grün 東京 🚀 1 grün 東京 🚀 ';

/** How a file can come to say something else. */
const ways: Record<string, (path: string, text: string) => Promise<void>> = {
  'written in place': async (path, text) => writeFile(path, text),
  'renamed over': async (path, text) => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  },
  'with a backup, as editors do': async (path, text) => {
    await rename(path, `${path}~`);
    await writeFile(path, text);
    await unlink(`${path}~`);
  },
  'deleted and created': async (path, text) => {
    await rm(path);
    await writeFile(path, text);
  },
  'replaced by a symbolic link': async (path, text) => {
    await writeFile(`${path}.target`, text);
    await symlink(`${path}.target`, `${path}.link`);
    await rename(`${path}.link`, path);
  },
};

/** Both, without and with a prompt: what llm/models says and what a prompt without a model gets. */
async function seen({ host }: Sidecar): Promise<{ default: string; text: string }> {
  const [models, prompt] = await Promise.all([host.request('llm/models'), host.request('llm/prompt', { prompt: 'x' })]);
  return { default: models.result.default, text: prompt.result.text };
}

const changed = async ({ host }: Sidecar) => host.next(({ method }) => method === 'llm/modelsChanged');
const diagnosed = async ({ host }: Sidecar) => (await host.next(({ method }) => method === 'config/diagnostics')).params;

/** That a change is told is promised, and not that nothing else is. */
async function untilSeen(sidecar: Sidecar, expected: { default: string; text: string }): Promise<void> {
  while (!isDeepStrictEqual(await seen(sidecar).catch(() => null), expected)) await changed(sidecar);
}

test.each(Object.keys(ways))('a file that is %s takes effect without a restart, within 2 s', async (way) => {
  await using sidecar = await startReady({ config: before });
  expect(await seen(sidecar)).toEqual({ default: 'test-fast', text: textBefore });
  const times: number[] = [];
  for (const [text, expected] of [
    [after, { default: 'test-slow', text: textAfter }],
    [before, { default: 'test-fast', text: textBefore }],
  ] as const) {
    const saved = performance.now();
    await ways[way]!(sidecar.configPath, text);
    await changed(sidecar);
    const took = performance.now() - saved;
    times.push(took);
    await untilSeen(sidecar, expected);
    if (process.env['LLM_SIDECAR_REPORT'] === '1') console.log(`${way}: ${took.toFixed(0)} ms from save to effect`);
    if (way === 'replaced by a symbolic link') await unlink(`${sidecar.configPath}.target`).catch(() => {});
  }
  // A busy machine may take longer once.
  expect(Math.min(...times)).toBeLessThan(2000);
});

test('a re-pointed link to a folder, as Kubernetes mounts a configuration, takes effect', async () => {
  await using sidecar = await startSidecar({ args: ['--config', 'mounted/config.yaml'] });
  const inDir = (...names: string[]) => join(sidecar.dir, 'mounted', ...names);
  await mkdir(inDir('v1'), { recursive: true });
  await mkdir(inDir('v2'));
  await writeFile(inDir('v1', 'config.yaml'), before);
  await writeFile(inDir('v2', 'config.yaml'), after);
  await symlink('v1', inDir('..data'));
  await symlink(join('..data', 'config.yaml'), inDir('config.yaml'));
  await sidecar.initialize();
  await untilSeen(sidecar, { default: 'test-fast', text: textBefore });
  await symlink('v2', inDir('..data_tmp'));
  await rename(inDir('..data_tmp'), inDir('..data'));
  await untilSeen(sidecar, { default: 'test-slow', text: textAfter });
});

test('a file that did not exist at the start takes effect when it is created', async () => {
  await using sidecar = await startSidecar({ args: ['--config', 'later/config.yaml'] });
  const { result } = await sidecar.initialize();
  expect(result.config.diagnostics).toMatchObject([{ severity: 'error', code: 'fileMissing' }]);
  await mkdir(join(sidecar.dir, 'later'));
  await writeFile(join(sidecar.dir, 'later', 'config.yaml'), after);
  await untilSeen(sidecar, { default: 'test-slow', text: textAfter });
});

test('a call in flight keeps the configuration it started with', async () => {
  await using sidecar = await startReady({ config: 'default_model: test-slow\ntest_models: true\n' });
  const { host } = sidecar;
  const running = host.request('llm/prompt', { prompt: 'x', promptId: 'r', options: { chunks: 10, delay_ms: 100 }, stream: {} });
  await host.next(({ method }) => method === 'llm/delta');
  await writeFile(sidecar.configPath, 'default_model: echo\nmodels: [echo]\n');
  await changed(sidecar);
  expect((await host.request('llm/prompt', { model: 'test-slow', prompt: 'x' })).error.data.kind).toBe('modelNotFound');
  expect((await host.request('llm/prompt', { prompt: '{"raw": "new"}' })).result).toMatchObject({ model: 'echo', text: 'new' });
  expect((await running).result).toMatchObject({ model: 'test-slow', stopReason: 'end', usage: { outputTokens: 10 } });
});

describe('an invalid file', () => {
  const start = (line: number, character: number) => ({ range: expect.objectContaining({ start: { line, character } }) });
  test.each<[name: string, text: string, diagnostic: object]>([
    ['a wrong value', `${after}require_keys: perhaps\n`, { severity: 'error', path: 'require_keys', ...start(3, 14) }],
    ['YAML that is none', `${after}models: [echo\n`, { severity: 'error', range: expect.any(Object) }],
    ['a wrong value deep inside', `${after}purposes:\n  chat:\n    models: [echo, 5]\n`, { severity: 'error', ...start(5, 19) }],
  ])('%s changes nothing, and is told with line and column', async (_, text, diagnostic) => {
    await using sidecar = await startReady({ config: before });
    await writeFile(sidecar.configPath, text);
    expect(await diagnosed(sidecar)).toMatchObject({
      path: sidecar.configPath,
      diagnostics: [{ source: sidecar.configPath, ...diagnostic }],
    });
    expect(await seen(sidecar)).toEqual({ default: 'test-fast', text: textBefore });
    // And when it is mended, the problem is gone.
    await writeFile(sidecar.configPath, after);
    expect(await diagnosed(sidecar)).toEqual({ path: sidecar.configPath, diagnostics: [] });
    await untilSeen(sidecar, { default: 'test-slow', text: textAfter });
  });

  test('an unknown key is a warning with what may be meant; the rest takes effect', async () => {
    await using sidecar = await startReady({ config: before });
    await writeFile(sidecar.configPath, `${after}defualt_model: echo\n`);
    const { diagnostics } = await diagnosed(sidecar);
    expect(diagnostics).toMatchObject([{ severity: 'warning', message: expect.stringContaining('default_model'), ...start(3, 0) }]);
    expect(await seen(sidecar)).toEqual({ default: 'test-slow', text: textAfter });
  });
});

test('a save that changes nothing is not told', async () => {
  await using sidecar = await startReady({ config: before });
  await writeFile(sidecar.configPath, before);
  await writeFile(sidecar.configPath, after);
  await changed(sidecar);
  expect(sidecar.host.messages.filter(({ method }) => method === 'llm/modelsChanged')).toHaveLength(1);
});
