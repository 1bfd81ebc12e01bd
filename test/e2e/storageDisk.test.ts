import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startReady, type Sidecar } from '../support/sidecar.ts';
import { mountSmallDisk } from '../support/smallDisk.ts';

const disk = mountSmallDisk();
if (!disk) console.warn('\nSKIPPED: a sidecar whose disk is full or read-only: that wants Linux and the right to mount one\n');
afterAll(() => disk?.remove());

const free = 'default_model: echo\nhistory: { content: true }\n';
const limited = `${free}budgets: [{ name: all, limit_usd: 1, per: total }]\nunpriced: allow\n`;

async function prompt({ host }: Sidecar, text: string) {
  return host.request('llm/prompt', { prompt: text });
}

async function rowsOf({ host }: Sidecar): Promise<number> {
  return (await host.request('history/list', {})).result.responses.length;
}

describe.skipIf(!disk)('a disk that', () => {
  test.each<[string, () => () => void]>([
    ['is full', () => disk!.fill()],
    [
      'has become read-only',
      () => {
        disk!.setReadOnly(true);
        return () => disk!.setReadOnly(false);
      },
    ],
  ])(
    '%s from the start: prompts without a budget are answered with a warning, those with one refused; later all is written',
    async (name, spoil) => {
      const location = join(disk!.folder, `${name.replaceAll(' ', '-')}.db`);
      const mend = spoil();
      await using sidecar = await startReady({ config: `storage: ${location}\n${free}` });
      await using strict = await startReady({ config: `storage: ${location}\n${limited}` });
      try {
        expect((await prompt(sidecar, 'one')).result).toMatchObject({
          stopReason: 'end',
          _meta: { warnings: [{ code: 'historyUnavailable' }] },
        });
        expect((await prompt(strict, 'refused')).error).toMatchObject({
          message: expect.stringMatching(/the disk is full|read-only|cannot be opened/),
          data: { kind: 'storageUnavailable' },
        });
      } finally {
        mend();
      }
      await expect.poll(async () => (await prompt(strict, 'two')).result?.stopReason, { timeout: 40_000, interval: 300 }).toBe('end');
      await expect.poll(async () => rowsOf(strict), { timeout: 40_000, interval: 300 }).toBe(2);
    },
  );

  test('is full in the middle: what was kept stays, prompts go on with a warning, and with space they are kept again', async () => {
    const location = join(disk!.folder, 'middle.db');
    await using sidecar = await startReady({ config: `storage: ${location}\n${free}` });
    await prompt(sidecar, 'kept');
    const mend = disk!.fill();
    const long = 'a long text '.repeat(2000);
    // Its row is written in the background: the first prompt cannot know yet.
    await expect
      .poll(
        async () => {
          const { result } = await prompt(sidecar, long);
          return [result.stopReason, ...(result._meta?.warnings ?? []).map(({ code }: { code: string }) => code)];
        },
        { timeout: 40_000, interval: 300 },
      )
      .toEqual(['end', 'historyUnavailable']);
    mend();
    await expect
      .poll(async () => (await prompt(sidecar, 'again')).result._meta?.warnings ?? [], { timeout: 40_000, interval: 300 })
      .toEqual([]);
    const { result } = await sidecar.host.request('history/list', { query: 'kept' });
    expect(result.responses).toHaveLength(1);
  });
});
