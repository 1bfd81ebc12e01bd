import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { lstatSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createLlmKeysFile } from '../../src/keys/llmKeysFile.ts';
import { keyNames, removeKey, setKey } from '../../src/keys/writeKeysFile.ts';
import { Failure } from '../../src/lib/failure.ts';

const program = fileURLToPath(new URL('./support/setKeys.ts', import.meta.url));
let folder = '';
let path = '';
beforeEach(() => {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'llm-sidecar-keys-')));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  folder = made;
  path = join(folder, 'keys.json');
});

const text = (): string => readFileSync(path, 'utf8');
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);
const failureOf = async (run: Promise<unknown>): Promise<Failure> => {
  const error: unknown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
};

describe('set', () => {
  test.each<[what: string, before: string | null, after: string]>([
    [
      'makes the file as llm does',
      null,
      '{\n  "// Note": "This file stores secret API credentials. Do not share!",\n  "openai": "new \\"key\\" ü"\n}\n',
    ],
    [
      'adds at the end',
      '{"// Note": "mine", "b": "1", "a": "2"}',
      '{\n  "// Note": "mine",\n  "b": "1",\n  "a": "2",\n  "openai": "new \\"key\\" ü"\n}\n',
    ],
    ['replaces in its place', '{"b": "1", "openai": "old", "a": "2"}', '{\n  "b": "1",\n  "openai": "new \\"key\\" ü",\n  "a": "2"\n}\n'],
    ['an object without members', ' { } ', '{\n  "openai": "new \\"key\\" ü"\n}\n'],
    ['a name given twice is given once', '{"openai": "1", "b": "2", "openai": "3"}', '{\n  "openai": "new \\"key\\" ü",\n  "b": "2"\n}\n'],
    ['a byte order mark goes', '\ufeff{"b": "1"}', '{\n  "b": "1",\n  "openai": "new \\"key\\" ü"\n}\n'],
    [
      'what is no key of ours stays as it is written: names that are numbers, large numbers, nested things',
      '{"2": "x", "1": "y", "big": 12345678901234567890, "nested": {"a:b": [1, {"c": "}],"}], "d": {}}, "__proto__": "p", "t": true}',
      '{\n  "2": "x",\n  "1": "y",\n  "big": 12345678901234567890,\n  "nested": {"a:b": [1, {"c": "}],"}], "d": {}},\n  "__proto__": "p",\n  "t": true,\n  "openai": "new \\"key\\" ü"\n}\n',
    ],
    [
      'quotes and backslashes in names and values',
      '{"a\\"b\\\\": "c\\\\"}',
      '{\n  "a\\"b\\\\": "c\\\\",\n  "openai": "new \\"key\\" ü"\n}\n',
    ],
  ])('%s', async (_, before, after) => {
    if (before !== null) writeFileSync(path, before);
    await setKey(path, 'openai', 'new "key" ü');
    expect(text()).toBe(after);
    expect(readdirSync(folder)).toEqual(['keys.json']);
    expect(await createLlmKeysFile(path).get('openai')).toBe('new "key" ü');
  });

  test('a name that every object has', async () => {
    await setKey(path, '__proto__', 'one');
    await setKey(path, 'toString', 'two');
    expect(await keyNames(path)).toEqual(['__proto__', 'toString']);
    expect(JSON.parse(text())).toHaveProperty('toString', 'two');
  });

  test.each<[what: string, name: string, value: string, message: string]>([
    ['no name', ' ', 'canary', 'The name of the key is empty.'],
    ['the name of a comment', '// Note', 'canary', 'The name of the key begins with //, as comments do.'],
    ['a name with a line break', 'a\nb', 'canary', 'The name of the key has a space, a control character or =.'],
    ['a name with the key', 'openai=canary', 'canary', 'The name of the key has a space, a control character or =.'],
    ['no key', 'openai', '', 'The key is empty. Nothing was changed.'],
    ['a blank key', 'openai', ' \n', 'The key is empty. Nothing was changed.'],
  ])('refuses %s', async (_, name, value, message) => {
    const failure = await failureOf(setKey(path, name, value));
    expect({ kind: failure.kind, message: failure.message }).toEqual({ kind: 'invalidParams', message });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('remove', () => {
  test('the key, and nothing else', async () => {
    writeFileSync(path, '{"// Note": "mine", "a": "1", "b": "2", "a": "3"}');
    expect(await removeKey(path, 'a')).toBe(true);
    expect(text()).toBe('{\n  "// Note": "mine",\n  "b": "2"\n}\n');
    expect(await removeKey(path, 'b')).toBe(true);
    expect(text()).toBe('{\n  "// Note": "mine"\n}\n');
  });

  test.each(['a', '// Note', 'toString', ''])('%j is no key: nothing is written', async (name) => {
    writeFileSync(path, '{"// Note": "mine"}');
    expect(await removeKey(path, name)).toBe(false);
    expect(text()).toBe('{"// Note": "mine"}');
  });

  test('without a file none is made, nor a folder', async () => {
    expect(await removeKey(join(folder, 'none', 'keys.json'), 'a')).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('names are sorted, without comments and without keys', async () => {
  expect(await keyNames(path)).toEqual([]);
  writeFileSync(path, '{"// Note": "x", "openai": "canary", "anthropic": "canary", "//": "y", "openai": "canary"}');
  expect(await keyNames(path)).toEqual(['anthropic', 'openai']);
});

describe('a file that is not understood is left as it is, and not quoted', () => {
  test.each<[what: string, content: string | Buffer]>([
    ['not JSON', '{"openai": canary}'],
    ['cut short', '{"openai": "canary", '],
    ['empty', ''],
    ['a list', '["canary"]'],
    ['text', '"canary"'],
    ['null', 'null'],
    ['two objects', '{"openai": "canary"}{}'],
    ['not UTF-8', Buffer.from('{"openai": "canary\xff"}', 'latin1')],
  ])('%s', async (_, content) => {
    writeFileSync(path, content);
    for (const run of [() => setKey(path, 'a', 'canary-new'), () => removeKey(path, 'openai'), () => keyNames(path)]) {
      const failure = await failureOf(run());
      expect(failure.kind).toBe('secretsUnavailable');
      expect(failure.message).toBe(`${path} is not a JSON object of names and keys, so it was left as it is. Correct it, or move it away.`);
      expect(`${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`).not.toContain('canary');
    }
    expect(readFileSync(path)).toEqual(Buffer.from(content));
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  test('a folder of that name', async () => {
    mkdirSync(path);
    const failure = await failureOf(setKey(path, 'a', 'canary'));
    expect(failure.message).toBe(`${path} cannot be read or changed (EISDIR). It is a folder. Nothing was changed.`);
  });
});

describe.skipIf(process.platform === 'win32')('modes and links', () => {
  test('the file is 0600 and its folders 0700, whatever the umask', async () => {
    const deep = join(folder, 'a', 'b', 'keys.json');
    const before = process.umask(0);
    try {
      await setKey(deep, 'openai', 'canary');
    } finally {
      process.umask(before);
    }
    expect([modeOf(deep), modeOf(join(folder, 'a', 'b')), modeOf(join(folder, 'a'))]).toEqual(['600', '700', '700']);
  });

  test.each([0o644, 0o666, 0o640, 0o600])('a file that was %o is 0600 after set and after remove', async (mode) => {
    writeFileSync(path, '{"a": "1", "b": "2"}');
    chmodSync(path, mode);
    chmodSync(folder, 0o755);
    await setKey(path, 'c', '3');
    expect(modeOf(path)).toBe('600');
    chmodSync(path, mode);
    await removeKey(path, 'a');
    expect(modeOf(path)).toBe('600');
    // The folder was not made here.
    expect(modeOf(folder)).toBe('755');
  });

  test('a link stays, its target changes', async () => {
    const elsewhere = join(folder, 'dotfiles');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'real.json'), '{"a": "1"}');
    symlinkSync('dotfiles/middle.json', path);
    symlinkSync('real.json', join(elsewhere, 'middle.json'));
    await setKey(path, 'b', '2');
    expect(readlinkSync(path)).toBe('dotfiles/middle.json');
    expect(lstatSync(join(elsewhere, 'middle.json')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(elsewhere, 'real.json'), 'utf8')).toBe('{\n  "a": "1",\n  "b": "2"\n}\n');
    expect(readdirSync(elsewhere)).toEqual(['middle.json', 'real.json']);
    expect(modeOf(join(elsewhere, 'real.json'))).toBe('600');
  });

  test('a link to what is not there yet: the target is made', async () => {
    symlinkSync('dotfiles/real.json', path);
    await setKey(path, 'a', '1');
    expect(readlinkSync(path)).toBe('dotfiles/real.json');
    expect(await keyNames(join(folder, 'dotfiles/real.json'))).toEqual(['a']);
  });

  test('links in a circle', async () => {
    symlinkSync('other', path);
    symlinkSync('keys.json', join(folder, 'other'));
    expect((await failureOf(setKey(path, 'a', 'canary'))).message).toBe(`${path} cannot be read or changed (ELOOP). Nothing was changed.`);
  });

  test('the owner stays who he was', async () => {
    if (process.getuid?.() !== 0) return;
    writeFileSync(path, '{"a": "1"}');
    chownSync(path, 12_345, 12_346);
    await setKey(path, 'b', '2');
    const { uid, gid } = statSync(path);
    expect({ uid, gid, mode: modeOf(path) }).toEqual({ uid: 12_345, gid: 12_346, mode: '600' });
  });
});

describe.skipIf(process.platform === 'win32')('where nothing can be written the old file stays', () => {
  const before = '{"old": "canary-old"}';

  test('the disk is full', () => {
    writeFileSync(path, before);
    // A limit that the kernel holds as it holds the size of the disk.
    const { status, stderr } = spawnSync('sh', ['-c', 'ulimit -f 0 && exec "$@"', 'sh', process.execPath, program, path, 'new'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `Failure: ${path} cannot be read or changed (EFBIG). There is no room for it on the disk, or the user may not take more. Nothing was changed.`,
    });
    expect(text()).toBe(before);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  const { status } = spawnSync(process.execPath, ['-e', `require('fs').readFileSync(process.argv[1])`, program], user());
  if (status !== 0) console.warn('SKIPPED: read-only files, because nobody may not read this folder, and root may write everywhere');

  test.skipIf(status !== 0).each<[what: string, fileMode: number, folderMode: number]>([
    ['a folder that is read-only', 0o600, 0o555],
    ['a file that is read-only', 0o400, 0o755],
    ['a file that cannot be read', 0o200, 0o755],
  ])('%s', (_, fileMode, folderMode) => {
    writeFileSync(path, before);
    for (const one of [path, folder]) chownSync(one, user().uid ?? statSync(one).uid, user().gid ?? statSync(one).gid);
    chmodSync(path, fileMode);
    chmodSync(folder, folderMode);
    const { status, stderr } = spawnSync(process.execPath, [program, path, 'new'], { encoding: 'utf8', ...user() });
    chmodSync(folder, 0o755);
    chmodSync(path, 0o600);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `Failure: ${path} cannot be read or changed (EACCES). Check the permissions of the file and of its folder. Nothing was changed.`,
    });
    expect(text()).toBe(before);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });
});

describe('several processes', () => {
  test('at once lose nothing, and see the file whole at any time', { timeout: 120_000 }, async () => {
    writeFileSync(path, '{"first": "1"}');
    const seen: string[] = [];
    const running = { yes: true };
    const look = (): void => {
      if (!running.yes) return;
      seen.push(text());
      setImmediate(look);
    };
    look();
    const ended = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (prefix) => start(prefix, 12).ended));
    running.yes = false;
    expect(ended.map(({ code, err }) => ({ code, err }))).toEqual(Array.from({ length: 5 }, () => ({ code: 0, err: '' })));
    const names = ['a', 'b', 'c', 'd', 'e'].flatMap((prefix) => Array.from({ length: 12 }, (_, index) => `${prefix}-${index}`));
    expect(await keyNames(path)).toEqual([...names, 'first'].toSorted());
    for (const one of new Set(seen)) expect(() => JSON.parse(one) as unknown).not.toThrow();
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  test(
    'killed at any moment leave a whole file with all that they said is set, and do not stop the next',
    { timeout: 120_000 },
    async () => {
      const said: string[] = [];
      for (let round = 0; round < 8; round++) {
        const children = ['a', 'b'].map((prefix) => start(`${prefix}${round}`, 1000));
        await Promise.all(children.map(async ({ wrote }) => wrote));
        // Each is somewhere between two names.
        await new Promise((resolve) => setTimeout(resolve, round));
        for (const { child } of children) child.kill('SIGKILL');
        for (const { out } of await Promise.all(children.map(async ({ ended }) => ended))) said.push(...out.split('\n').slice(0, -1));
      }
      await setKey(path, 'last', 'one');
      const names = await keyNames(path);
      expect(said.length).toBeGreaterThanOrEqual(16);
      expect(said.filter((name) => !names.includes(name))).toEqual([]);
      expect(readdirSync(folder)).toEqual(['keys.json']);
    },
  );

  test('find the lock of a dead process: one takes it over, and all are served', { timeout: 120_000 }, async () => {
    const gone = spawn(process.execPath, ['-e', '0']);
    await once(gone, 'close');
    writeFileSync(`${path}.lock`, `8f14e45f-0000-4000-8000-000000000000 ${gone.pid} ${machine()}`);
    const ended = await Promise.all(['a', 'b', 'c', 'd'].map(async (prefix) => start(prefix, 5).ended));
    expect(ended.map(({ code, err }) => ({ code, err }))).toEqual(Array.from({ length: 4 }, () => ({ code: 0, err: '' })));
    expect(await keyNames(path)).toHaveLength(20);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  test('what another program writes meanwhile is kept', async () => {
    writeFileSync(path, '{"a": "1"}');
    const setting = setKey(path, 'c', '3');
    // Without a lock, as `llm` does, between our read and our rename: whenever our new file is to be seen.
    const deadline = Date.now() + 5000;
    while (!readdirSync(folder).includes('keys.json.new') && Date.now() < deadline) await new Promise(setImmediate);
    writeFileSync(path, '{"a": "1", "b": "2"}');
    await setting;
    expect(await keyNames(path)).toContain('b');
  });
});

function start(prefix: string, count: number) {
  const child = spawn(process.execPath, [program, path, prefix, String(count)], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const seen = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (seen.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (seen.err += chunk));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, ...seen })),
  );
  const wrote = Promise.race([
    once(child.stdout, 'data'),
    ended.then(({ code, err }) => Promise.reject(new Error(`ended with ${code} before it wrote: ${err}`))),
  ]);
  return { child, ended, wrote };
}

/** Root may write anywhere, so that a child has to be somebody else. */
function user(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
}

/** As the lock has it. */
function machine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
