import { chmod, mkdir, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryOf } from '../support/gone.ts';
import type { RawMessage } from '../support/rawHost.ts';
import { startReady, type Sidecar } from '../support/sidecar.ts';
import { uncaught } from './support/fuzz.ts';

/** Which configuration answered is in the text: so many chunks. */
const configOf = (chunks: number): string =>
  `default_model: test-fast\ntest_models: true\nmodel_options:\n  test-fast: { chunks: ${chunks} }\n`;
const textOf = (chunks: number): string => Array.from({ length: chunks }, (_, index) => `${index} grün 東京 🚀 `).join('');
const good = configOf(1);

/** Ten levels of ten: a billion laughs. */
const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  .concat(
    Array.from({ length: 9 }, (_, level) => `a${level + 1}: &a${level + 1} [${Array.from({ length: 10 }, () => `*a${level}`).join(', ')}]`),
  )
  .join('\n');
const mergeBomb = ['b0: &b0 { k: v }']
  .concat(Array.from({ length: 20 }, (_, level) => `b${level + 1}: &b${level + 1} { l: *b${level}, r: *b${level} }`))
  .join('\n');

const replace = async (path: string, text: string | Buffer): Promise<void> => {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
};

/** What becomes of the file. */
const wrongs: Readonly<Record<string, (path: string) => Promise<void>>> = {
  'saved half-written': async (path) => writeFile(path, configOf(2).slice(0, -8)),
  emptied: async (path) => writeFile(path, 'models: ['),
  removed: async (path) => rm(path),
  'a directory': async (path) => {
    await rm(path);
    await mkdir(path);
  },
  'a link to itself': async (path) => {
    await rm(path);
    await symlink(path, path);
  },
  'a link to nowhere': async (path) => {
    await rm(path);
    await symlink(`${path}.nowhere`, path);
  },
  'a link to a device': async (path) => {
    await rm(path);
    await symlink('/dev/zero', path);
  },
  'not text': async (path) => replace(path, Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256))),
  'UTF-16': async (path) => replace(path, Buffer.from(`\ufeff${configOf(2)}`, 'utf16le')),
  // Root may read everything.
  ...(process.getuid?.() === 0 ? {} : { unreadable: async (path: string) => chmod(path, 0) }),
  'a list': async (path) => replace(path, '- default_model\n- echo\n'),
  'a bomb of aliases': async (path) => replace(path, `${bomb}\ndefault_model: *a9\n`),
  'a bomb of merged aliases': async (path) => replace(path, `${mergeBomb}\npurposes: *b20\n`),
  'an alias of itself': async (path) => replace(path, 'purposes: &p\n  chat: *p\n'),
  'ten thousand levels deep': async (path) => replace(path, `purposes: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`),
  'ten thousand lines of the same key': async (path) => replace(path, 'default_model: echo\n'.repeat(10_000)),
};
/** What was read before stays, and that is all there is to say. */
const isGone = ['removed', 'a link to nowhere'];

async function makeGood(path: string, chunks: number): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await writeFile(path, configOf(chunks));
}

const prompt = async ({ host }: Sidecar): Promise<RawMessage> => host.request('llm/prompt', { prompt: 'x' });

describe('the file is', () => {
  let sidecar: Sidecar;
  let chunks = 1;
  beforeAll(async () => {
    sidecar = await startReady({ config: good, timeoutMs: 60_000 });
  });
  afterAll(async () => void (await sidecar.stop()));

  test.each(Object.keys(wrongs))(
    '%s: the last good one serves, it is told, and mended it is in force',
    { timeout: 120_000 },
    async (what) => {
      const { host, configPath } = sidecar;
      const seen = new Set<string>();
      const load = loadWith(sidecar, 1, (end) => seen.add(end));
      await wrongs[what]!(configPath);
      const severity = isGone.includes(what) ? 'warning' : 'error';
      const told = await host.next(({ method, params }) => method === 'config/diagnostics' && params.diagnostics[0]?.severity === severity);
      expect(told.params.diagnostics[0]).toMatchObject({ source: configPath, message: expect.stringMatching(/\w+/) });
      expect(endOf(await prompt(sidecar))).toBe(textOf(chunks));
      await load.stop();
      expect([...seen]).toEqual([textOf(chunks)]);
      chunks = (chunks % 7) + 1;
      await makeGood(configPath, chunks);
      await untilInForce(sidecar, chunks);
    },
  );

  test('and none of it took much memory, or was a defect', async () => {
    if (process.platform === 'linux') expect(memoryOf(sidecar.host.pid!).peak).toBeLessThan(600);
    expect(sidecar.host.stderr).not.toMatch(uncaught);
  });
});

test(
  '200 reloads under load, many of them wrong: no prompt fails, each has one of the good ones, and the last is in force',
  { timeout: 240_000 },
  async () => {
    await using sidecar = await startReady({ config: good, timeoutMs: 60_000 });
    const { configPath } = sidecar;
    const seen = new Map<string, number>();
    const load = loadWith(sidecar, 8, (end) => seen.set(end, (seen.get(end) ?? 0) + 1));
    const half = configOf(9).slice(0, -6);
    for (let number = 0; number < 200; number += 1) {
      const chunks = 1 + (number % 7);
      if (number % 5 === 3) await writeFile(configPath, half);
      else if (number % 5 === 4) await unlink(configPath).catch(() => {});
      else if (number % 2 === 0) await replace(configPath, configOf(chunks));
      else await writeFile(configPath, configOf(chunks));
      await setTimeout(75);
    }
    await makeGood(configPath, 8);
    await untilInForce(sidecar, 8);
    await load.stop();
    const goodTexts = Array.from({ length: 8 }, (_, index) => textOf(index + 1));
    expect([...seen.keys()].filter((end) => !goodTexts.includes(end))).toEqual([]);
    // It was not only the first and the last that were ever in force.
    expect(seen.size).toBeGreaterThan(3);
    const { code, stderr } = await sidecar.stop();
    expect(code).toBe(1);
    expect(stderr).not.toMatch(uncaught);
    if (process.env['LLM_SIDECAR_REPORT'] === '1')
      console.log(`${[...seen.values()].reduce((sum, count) => sum + count, 0)} prompts, ${seen.size} configurations seen`);
  },
);

test('blank for an instant after it has been saved again and again: nothing is allowed by that', async () => {
  await using sidecar = await startReady({ config: good });
  const { configPath } = sidecar;
  const seen = new Set<string>();
  const load = loadWith(sidecar, 1, (end) => seen.add(end));
  const until = performance.now() + 1500;
  for (let number = 0; performance.now() < until; number += 1) {
    await replace(configPath, `${configOf(1)}# ${number}\n`);
    await setTimeout(20);
  }
  await replace(configPath, '');
  await setTimeout(300);
  await replace(configPath, configOf(2));
  await untilInForce(sidecar, 2);
  await load.stop();
  expect([textOf(1), textOf(2)]).toEqual(expect.arrayContaining([...seen]));
});

/** So many prompts at a time, one after the other, until it is stopped. */
function loadWith(sidecar: Sidecar, atOnce: number, see: (end: string) => void): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loads = Array.from({ length: atOnce }, async () => {
    while (!stopping.signal.aborted) see(endOf(await prompt(sidecar)));
  });
  // Where the test has failed before, nobody waits for them.
  for (const load of loads) load.catch(() => {});
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loads);
    },
  };
}

async function untilInForce(sidecar: Sidecar, chunks: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (let end = ''; end !== textOf(chunks); await setTimeout(20)) {
    if (performance.now() > deadline) throw new Error(`${chunks} chunks are not in force, but ${end}`);
    end = endOf(await prompt(sidecar));
  }
}

function endOf({ result, error }: RawMessage): string {
  return result?.stopReason === 'end' ? result.text : `failed: ${JSON.stringify(error ?? result)}`;
}
