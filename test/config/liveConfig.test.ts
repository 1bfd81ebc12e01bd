import { mkdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLiveConfig, type LiveConfig, type LiveState } from '../../src/config/liveConfig.ts';
import { toRules } from '../../src/config/toSnapshot.ts';
import { providerTypes, show } from './support.ts';

interface House {
  readonly folder: string;
  readonly live: LiveConfig;
  readonly write: (path: string, text: string) => Promise<void>;
  /** The next state in which something is so; what was published before counts too. */
  readonly until: (holds: (state: LiveState) => boolean) => Promise<LiveState>;
  readonly published: LiveState[];
}

/** A working folder with files in it, a home folder, and a configuration that is followed. */
async function house(files: Record<string, string> = {}, options: { path?: string; env?: Record<string, string> } = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-sidecar-config-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  // At once: between its opening and its writing a file is empty, for as long as a busy machine likes.
  const write = async (path: string, text: string): Promise<void> => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const live = openLiveConfig({
    path: options.path,
    surroundings: {
      env: { LLM_USER_PATH: join(folder, 'llm'), ...options.env },
      cwd: folder,
      home: join(folder, 'home'),
      platform: 'linux',
    },
    providerTypes,
    log: (line) => expect(line).toBe('nothing to say'),
  });
  onTestFinished(async () => live.close());
  const published: LiveState[] = [];
  const waiting = new Set<() => void>();
  live.onChange((state) => {
    published.push(state);
    for (const look of waiting) look();
  });
  const until = async (holds: (state: LiveState) => boolean): Promise<LiveState> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!holds(live.current)) return;
        waiting.delete(look);
        resolve(live.current);
      };
      waiting.add(look);
      look();
    });
  await live.start();
  return { folder, live, write, until, published };
}

const defaultOf = ({ config }: LiveState): string | undefined =>
  toRules(config, { resolve: (name) => name, suggest: () => [] }).rules.defaultModel?.model;

describe('a file that is emptied', () => {
  test('only for a moment, as by a slow save, is never in force: it would allow everything', async () => {
    const { live, write, until, published } = await house({ 'llm-sidecar.yaml': 'default_model: old' });
    await live.watching();
    await write('llm-sidecar.yaml', '\n');
    // Longer than two readings that are the same, and far less than the second after which it is believed.
    await setTimeout(200);
    await write('llm-sidecar.yaml', 'default_model: new');
    await until((state) => defaultOf(state) === 'new');
    expect(published.map(defaultOf)).not.toContain(undefined);
  });

  test('and stays so is in force, with everything allowed', async () => {
    const { live, write, until } = await house({ 'llm-sidecar.yaml': 'default_model: old' });
    await live.watching();
    await write('llm-sidecar.yaml', '');
    const { problems } = await until((state) => defaultOf(state) === undefined);
    expect(problems).toEqual([]);
  });
});

describe('1.10 each kind of save takes effect', () => {
  test.each<[what: string, before: Record<string, string>, save: (house: House) => Promise<void>]>([
    [
      'written in place',
      { 'llm-sidecar.yaml': 'default_model: old' },
      async ({ write }) => write('llm-sidecar.yaml', 'default_model: new'),
    ],
    ['the same length', { 'llm-sidecar.yaml': 'default_model: old' }, async ({ write }) => write('llm-sidecar.yaml', 'default_model: new')],
    [
      'renamed over',
      { 'llm-sidecar.yaml': 'default_model: old' },
      async ({ folder, write }) => {
        await write('.llm-sidecar.yaml.swp', 'default_model: new');
        await rename(join(folder, '.llm-sidecar.yaml.swp'), join(folder, 'llm-sidecar.yaml'));
      },
    ],
    [
      "an editor's backup: moved away, then written",
      { 'llm-sidecar.yaml': 'default_model: old' },
      async ({ folder, write }) => {
        await rename(join(folder, 'llm-sidecar.yaml'), join(folder, 'llm-sidecar.yaml~'));
        await write('llm-sidecar.yaml', 'default_model: new');
      },
    ],
    [
      'deleted, noticed, written again',
      { 'llm-sidecar.yaml': 'default_model: old' },
      async ({ folder, write, until }) => {
        await rm(join(folder, 'llm-sidecar.yaml'));
        await until(({ problems }) => problems.some(({ code }) => code === 'fileMissing'));
        await write('llm-sidecar.yaml', 'default_model: new');
      },
    ],
    ['created', {}, async ({ write }) => write('llm-sidecar.yaml', 'default_model: new')],
    [
      "created in the user's folder, which was not there",
      {},
      async ({ write }) => write('home/.config/llm-sidecar/config.yaml', 'default_model: new'),
    ],
    [
      "created before the user's, which it precedes",
      { 'home/.config/llm-sidecar/config.yaml': 'default_model: old' },
      async ({ write }) => write('llm-sidecar.yaml', 'default_model: new'),
    ],
  ])('%s', async (_what, before, save) => {
    const all = await house(before);
    await all.live.watching();
    await save(all);
    expect(defaultOf(await all.until((state) => defaultOf(state) === 'new'))).toBe('new');
    expect(all.live.current.problems).toEqual([]);
  });

  test('a symbolic link re-pointed', async () => {
    const { folder, live, until } = await house({ 'a.yaml': 'default_model: old', 'b.yaml': 'default_model: new' }, { path: 'link.yaml' });
    await symlink('a.yaml', join(folder, 'link.yaml'));
    await live.watching();
    await until((state) => defaultOf(state) === 'old');
    await symlink('b.yaml', join(folder, 'next'));
    await rename(join(folder, 'next'), join(folder, 'link.yaml'));
    await until((state) => defaultOf(state) === 'new');
  });

  test('a volume of Kubernetes: ..data flips', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'llm-sidecar-volume-'));
    onTestFinished(async () => rm(folder, { recursive: true, force: true }));
    const volume = async (version: string, text: string): Promise<void> => {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'config.yaml'), text);
      await symlink(version, join(folder, '..data_tmp'));
      await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    await volume('..2026_11_01', 'default_model: old');
    await symlink('..data/config.yaml', join(folder, 'config.yaml'));
    const { live, until } = await house({}, { path: join(folder, 'config.yaml') });
    await live.watching();
    expect(defaultOf(live.current)).toBe('old');
    await volume('..2026_11_02', 'default_model: new');
    await rm(join(folder, '..2026_11_01'), { recursive: true });
    await until((state) => defaultOf(state) === 'new');
  });

  test('a link to the folder re-pointed, as deployments do, and the old folder stays', async () => {
    const files = { 'releases/1/config.yaml': 'default_model: old', 'releases/2/config.yaml': 'default_model: new' };
    const { folder, live, until } = await house(files, { path: 'current/config.yaml' });
    await symlink('releases/1', join(folder, 'current'));
    await live.watching();
    await until((state) => defaultOf(state) === 'old');
    await symlink('releases/2', join(folder, 'next'));
    await rename(join(folder, 'next'), join(folder, 'current'));
    await until((state) => defaultOf(state) === 'new');
  });

  test('what is written while the watcher starts is not lost', async () => {
    const { live, write, until } = await house({ 'llm-sidecar.yaml': 'default_model: old' });
    await write('llm-sidecar.yaml', 'default_model: new');
    await live.watching();
    await until((state) => defaultOf(state) === 'new');
  });
});

describe('1.10 the last good configuration keeps serving', () => {
  test('while the file is invalid; every problem is published, then none', async () => {
    const { live, write, until } = await house({ 'llm-sidecar.yaml': 'default_model: good' });
    await live.watching();
    await write('llm-sidecar.yaml', 'default_model: 4\nmodels: {a: b}\n');
    const bad = await until(({ problems }) => problems.length > 0);
    expect(bad.problems.map(show)).toEqual(['error wrongType default_model 0:15-0:16', 'error wrongType models 1:8-1:14']);
    expect(defaultOf(bad)).toBe('good');
    await write('llm-sidecar.yaml', 'default_model: better\n');
    const mended = await until(({ problems }) => problems.length === 0);
    expect(defaultOf(mended)).toBe('better');
  });

  test('while the file is gone', async () => {
    const { folder, live, until } = await house({
      'llm-sidecar.yaml': 'default_model: good',
      'home/.config/llm-sidecar/config.yaml': 'default_model: other',
    });
    await live.watching();
    await rm(join(folder, 'llm-sidecar.yaml'));
    const gone = await until(({ problems }) => problems.length > 0);
    expect(gone.problems).toEqual([
      {
        severity: 'warning',
        code: 'fileMissing',
        message: 'This file is gone. What was last read from it stays in force.',
        path: '',
        source: join(folder, 'llm-sidecar.yaml'),
      },
    ]);
    expect(defaultOf(gone)).toBe('good');
  });

  test('a state that was taken stays as it was', async () => {
    const { live, write, until } = await house({ 'llm-sidecar.yaml': 'default_model: old' });
    await live.watching();
    const taken = live.current;
    await write('llm-sidecar.yaml', 'default_model: new');
    await until((state) => defaultOf(state) === 'new');
    expect(defaultOf(taken)).toBe('old');
  });
});

describe('at the start', () => {
  test('no file: everything is allowed', async () => {
    const { live } = await house();
    expect(live.current).toMatchObject({ path: null, problems: [], extraProviders: [], aliases: new Map() });
    expect(defaultOf(live.current)).toBeUndefined();
  });

  test.each([
    ['--config', { path: 'missing.yaml' }],
    ['LLM_SIDECAR_CONFIG', { env: { LLM_SIDECAR_CONFIG: 'missing.yaml' } }],
  ])('a file asked for by %s that is missing is an error, and is used when it comes', async (asked, options) => {
    const { folder, live, write, until } = await house({ 'llm-sidecar.yaml': 'default_model: not-this' }, options);
    expect(live.current.problems).toEqual([
      {
        severity: 'error',
        code: 'fileMissing',
        message: `This file was asked for by ${asked} and does not exist. Create it, and it takes effect at once.`,
        path: '',
        source: join(folder, 'missing.yaml'),
      },
    ]);
    expect(live.current.path).toBe(join(folder, 'missing.yaml'));
    await live.watching();
    await write('missing.yaml', 'default_model: new');
    expect((await until((state) => defaultOf(state) === 'new')).problems).toEqual([]);
  });

  test('an invalid file: defaults, and its problems', async () => {
    const { folder, live } = await house({ 'llm-sidecar.yaml': 'default_model: [' });
    expect(live.current.problems.map(({ code }) => code)).toEqual(['syntaxError']);
    expect(live.current.path).toBe(join(folder, 'llm-sidecar.yaml'));
    expect(defaultOf(live.current)).toBeUndefined();
  });

  test('a folder in place of the file', async () => {
    const { live } = await house({ 'llm-sidecar.yaml/file': '' });
    expect(live.current.problems.map(({ severity, code, message }) => [severity, code, message])).toEqual([
      ['error', 'fileUnreadable', 'This file cannot be read: it is a folder. There is no configuration until it can be.'],
    ]);
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    const { folder, live, write, until } = await house();
    await live.watching();
    await write('llm-sidecar.yaml', 'default_model: a');
    await chmod(join(folder, 'llm-sidecar.yaml'), 0o000);
    await until(({ problems }) => problems.some(({ message }) => message.includes('permission was denied')));
  });
});

describe('the files of llm', () => {
  test('aliases, extra models and keys take effect', async () => {
    const { live, write, until, published } = await house({ 'llm/aliases.json': '{"a": "b"}' });
    expect([...live.current.aliases]).toEqual([['a', 'b']]);
    await live.watching();
    await write('llm/aliases.json', '{"a": "c"}');
    await until(({ aliases }) => aliases.get('a') === 'c');
    await write('llm/extra-openai-models.yaml', '- model_id: mine\n  api_base: http://localhost:1/v1\n');
    await until(({ extraProviders }) => extraProviders.some(({ models }) => models.some(({ id }) => id === 'mine')));
    const before = published.length;
    await write('llm/keys.json', '{"openai": "canary"}');
    await until(() => published.length > before);
    expect(JSON.stringify(live.current)).not.toContain('canary');
  });

  test('broken ones are warnings beside the configuration', async () => {
    const { live } = await house({
      'llm-sidecar.yaml': 'default_model: good',
      'llm/aliases.json': '{',
      'llm/extra-openai-models.yaml': 'a: b',
    });
    expect(live.current.problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning syntaxError', 'warning wrongType']);
    expect(defaultOf(live.current)).toBe('good');
  });
});

test('after close nothing is called, and closing twice or before the start is fine', async () => {
  const { live, write, published } = await house({ 'llm-sidecar.yaml': 'default_model: a' });
  await live.close();
  await live.close();
  await write('llm-sidecar.yaml', 'default_model: b');
  await live.start();
  await live.watching();
  expect(published).toEqual([]);
  expect(defaultOf(live.current)).toBe('a');
});

test('the same content again is not a change', async () => {
  const { live, write, until, published } = await house({ 'llm-sidecar.yaml': 'default_model: a' });
  await live.watching();
  await write('llm-sidecar.yaml', 'default_model: a');
  await write('llm/aliases.json', '{"a": "b"}');
  await until(({ aliases }) => aliases.size === 1);
  expect(published.length).toBe(1);
});

test('a listener that fails does not keep the others from hearing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-sidecar-config-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const live = openLiveConfig({
    surroundings: { env: {}, cwd: folder, home: join(folder, 'home'), platform: 'linux' },
    providerTypes,
    log: (line) => void lines.push(line),
  });
  onTestFinished(async () => live.close());
  live.onChange(() => {
    throw new TypeError('secret');
  });
  const heard = new Promise<LiveState>((resolve) => void live.onChange(resolve));
  await live.start();
  await live.watching();
  await writeFile(join(folder, 'llm-sidecar.yaml'), 'default_model: a');
  expect(defaultOf(await heard)).toBe('a');
  expect(lines).toEqual(['config: a listener failed: TypeError']);
});
