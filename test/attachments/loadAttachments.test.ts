import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContentPart } from '../../protocol/index.ts';
import { createLoadAttachments } from '../../src/attachments/loadAttachments.ts';
import type { FileRules } from '../../src/attachments/readAttachment.ts';

const png = '\x89PNG\r\n\x1a\n';
const data = Buffer.from(png, 'latin1').toString('base64');
let base = '';
let root = '';

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'llm-sidecar-attachments-')));
  root = join(base, 'root');
  await mkdir(join(root, 'inner/deep'), { recursive: true });
  await mkdir(join(base, 'outside'));
  await mkdir(join(base, 'root-and-more'));
  for (const place of ['root/a.png', 'root/inner/deep/b.png', 'outside/secret.png', 'root-and-more/c.png', 'root/..name.png'])
    await writeFile(join(base, place), png, 'latin1');
  await symlink('a.png', join(root, 'within.png'));
  await symlink(join(base, 'outside/secret.png'), join(root, 'leads-out.png'));
  await symlink(join(base, 'outside'), join(root, 'folder-out'));
  await symlink(root, join(base, 'also-root'));
  await symlink('nowhere.png', join(root, 'dangling.png'));
  await symlink('circle.png', join(root, 'circle.png'));
});
afterAll(async () => rm(base, { recursive: true }));

const load = async (parts: ContentPart[], rules: Partial<FileRules> = {}): Promise<string | ContentPart[]> => {
  const loadAttachments = createLoadAttachments(() => ({ roots: [root], maxBytes: 1000, maxTotalBytes: 10_000, cwd: root, ...rules }));
  const [message] = await loadAttachments([{ role: 'user', content: parts }], new AbortController().signal);
  return message!.content;
};
const read = async (path: string, rules?: Partial<FileRules>) => load([{ type: 'attachment', path }], rules);

describe('a file under a root is read', () => {
  test.each(['a.png', './inner/../a.png', 'inner/deep/b.png', 'within.png', '..name.png'])('%s', async (path) => {
    expect(await read(path)).toEqual([{ type: 'attachment', path, data, mediaType: 'image/png' }]);
  });

  test('named in full, or by another name of the root', async () => {
    for (const path of [join(root, 'a.png'), join(base, 'also-root/a.png')]) expect(await read(path)).toMatchObject([{ data }]);
    expect(await read('a.png', { roots: [join(base, 'also-root')] })).toMatchObject([{ data }]);
  });

  test('under the second of several, and anywhere where there are none to mind', async () => {
    const path = join(base, 'outside/secret.png');
    expect(await read(path, { roots: [root, join(base, 'outside')] })).toMatchObject([{ data }]);
    expect(await read(path, { roots: null })).toMatchObject([{ data }]);
    expect(await read(path, { roots: ['/'] })).toMatchObject([{ data }]);
  });

  test('in the result of a tool too', async () => {
    const result: ContentPart = { type: 'toolResult', toolCallId: 't', content: [{ type: 'attachment', path: 'a.png' }] };
    expect(await load([result])).toEqual([{ ...result, content: [{ type: 'attachment', path: 'a.png', data, mediaType: 'image/png' }] }]);
  });
});

describe('another is not', () => {
  const refused = (path: string) => ({
    kind: 'invalidParams',
    message: `The attachment ${path} is not read: only files in ${root} are. Add its folder to attachments.roots in the configuration, or give its content as data.`,
    detail: { required: { setting: 'attachments.roots' } },
  });

  test.each([
    '../outside/secret.png',
    'inner/../../outside/secret.png',
    '../root-and-more/c.png',
    'leads-out.png',
    'folder-out/secret.png',
    '/etc/passwd',
    '..',
  ])('%s', async (path) => {
    await expect(read(path)).rejects.toMatchObject(refused(path));
  });

  test.each(['/etc/none.png', '../outside/none.png', '../none/none.png'])('%s, and whether it exists is not told', async (path) => {
    await expect(read(path)).rejects.toMatchObject(refused(path));
  });

  test('in the result of a tool', async () => {
    const result: ContentPart = { type: 'toolResult', toolCallId: 't', content: [{ type: 'attachment', path: '/etc/passwd' }] };
    await expect(load([result])).rejects.toMatchObject(refused('/etc/passwd'));
  });

  test('where no root is configured', async () => {
    await expect(read('a.png', { roots: [] })).rejects.toMatchObject({
      message:
        'The attachment a.png is not read: no file is. Add its folder to attachments.roots in the configuration, or give its content as data.',
    });
  });

  test.each([
    ['none.png', 'The attachment none.png cannot be read: ENOENT.'],
    ['dangling.png', 'The attachment dangling.png cannot be read: ENOENT.'],
    ['circle.png', 'The attachment circle.png cannot be read: ELOOP.'],
    ['inner', 'The attachment inner is not a file.'],
    ['a.png\0', 'The attachment a.png\0 cannot be read: ERR_INVALID_ARG_VALUE.'],
  ])('%s', async (path, message) => {
    await expect(read(path)).rejects.toMatchObject({ kind: 'invalidParams', message });
  });

  test.skipIf(process.platform === 'win32')('a pipe, which nobody writes to', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.png')]);
    await expect(read('pipe.png')).rejects.toMatchObject({ message: 'The attachment pipe.png is not a file.' });
    await expect(read('/dev/zero', { roots: ['/'] })).rejects.toMatchObject({ message: 'The attachment /dev/zero is not a file.' });
  });

  // A reader that checks a path and then opens it lets some through.
  test('a file whose folder becomes a link to outside meanwhile', async () => {
    await mkdir(join(root, 'swapped'));
    await writeFile(join(root, 'swapped/secret.png'), 'allowed');
    const over = new AbortController();
    const swapping = (async () => {
      while (!over.signal.aborted) {
        await rename(join(root, 'swapped'), join(root, 'kept'));
        await symlink(join(base, 'outside'), join(root, 'swapped'));
        await rm(join(root, 'swapped'));
        await rename(join(root, 'kept'), join(root, 'swapped'));
        await setImmediate();
      }
    })();
    const found = new Set<string>();
    for (let attempt = 0; attempt < 500; attempt++) {
      const parts = await read('swapped/secret.png').catch(() => null);
      if (parts !== null) found.add((parts[0] as { data: string }).data);
    }
    over.abort();
    await swapping;
    found.delete(Buffer.from('allowed').toString('base64'));
    expect([...found]).toEqual([]);
  });

  test('a hard link is a file like another', async () => {
    await link(join(root, 'a.png'), join(root, 'hard.png'));
    expect(await read('hard.png')).toMatchObject([{ data }]);
  });
});

describe('attachments.max_bytes', () => {
  const tooLarge = (what: string, most: number) => ({
    kind: 'invalidParams',
    message: `The attachment ${what} is larger than ${most} bytes. Raise attachments.max_bytes in the configuration.`,
  });

  test('is of a file', async () => {
    expect(await read('a.png', { maxBytes: 8 })).toMatchObject([{ data }]);
    await expect(read('a.png', { maxBytes: 7 })).rejects.toMatchObject(tooLarge('a.png', 7));
  });

  test('is of what is given as data', async () => {
    expect(await load([{ type: 'attachment', data }], { maxBytes: 8 })).toMatchObject([{ data }]);
    await expect(load([{ type: 'attachment', data }], { maxBytes: 7 })).rejects.toMatchObject(tooLarge('given as data', 7));
  });

  test('all together, files and content', async () => {
    const two: ContentPart[] = [
      { type: 'attachment', data },
      { type: 'attachment', path: 'a.png' },
    ];
    expect(await load(two, { maxTotalBytes: 16 })).toHaveLength(2);
    const message =
      'The attachments are larger than 15 bytes together. Raise attachments.max_total_bytes in the configuration, or ask in several prompts.';
    await expect(load(two, { maxTotalBytes: 15 })).rejects.toMatchObject({ kind: 'invalidParams', message });
  });

  test.skipIf(process.platform !== 'linux')('is of a file that says it is empty', async () => {
    await expect(read('/proc/self/status', { roots: null, maxBytes: 100 })).rejects.toMatchObject(tooLarge('/proc/self/status', 100));
  });
});
