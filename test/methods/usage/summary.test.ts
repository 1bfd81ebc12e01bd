import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../cli/support/folder.ts';
import { fillDatabase } from '../../history/support/database.ts';
import { startReady } from '../../support/sidecar.ts';

const config = 'storage: usage.db\ndefault_model: echo\ntest_models: true\nprices: { echo: { input: 1, output: 2 } }\n';

describe('usage/summary', () => {
  test('of what was just prompted, exact', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    for (const [prompt, purpose] of [
      ['{"raw": "one"}', 'chat'],
      ['{"raw": "one two"}', 'chat'],
      ['{"raw": "one"}', undefined],
    ])
      expect((await host.request('llm/prompt', { prompt, purpose, actor: { id: 'ann' } })).error).toBeUndefined();
    const { rows } = (await host.request('usage/summary', { by: ['purpose', 'actor'] })).result;
    expect(rows).toEqual([
      {
        key: { purpose: 'chat', actor: 'ann' },
        responses: 2,
        usage: { inputTokens: 5, outputTokens: 3 },
        cost: { usd: '0.000011', source: 'computed' },
      },
      {
        key: { purpose: '', actor: 'ann' },
        responses: 1,
        usage: { inputTokens: 2, outputTokens: 1 },
        cost: { usd: '0.000004', source: 'computed' },
      },
    ]);
    expect((await host.request('usage/summary', {})).result.rows).toMatchObject([{ key: {}, responses: 3, cost: { usd: '0.000015' } }]);
  });

  test('of another sidecar, by the days of the time zone of the configuration', async () => {
    const path = join(folderWith(), 'usage.db');
    await fillDatabase(path, [
      { id: 'a', started_at: '2026-03-28T22:59:59.999Z' },
      { id: 'b', started_at: '2026-03-28T23:00:00.000Z' },
      { id: 'c', started_at: '2026-03-29T21:59:59.999Z' },
    ]);
    await using sidecar = await startReady({ config: `storage: ${path}\ntime_zone: Europe/Berlin\n` });
    const { rows } = (await sidecar.host.request('usage/summary', { by: ['day'], from: '2026-03-28' })).result;
    expect(rows.map(({ key, responses }: { key: object; responses: number }) => [key, responses])).toEqual([
      [{ day: '2026-03-28' }, 1],
      [{ day: '2026-03-29' }, 2],
    ]);
  });

  test('takes any name of a model', async () => {
    const path = join(folderWith(), 'usage.db');
    await fillDatabase(path, [{ id: 'a', model: 'claude-sonnet-4-6' }]);
    await using sidecar = await startReady({ config: `storage: ${path}\n` });
    const { rows } = (await sidecar.host.request('usage/summary', { filter: { model: 'claude-sonnet-4.6' } })).result;
    expect(rows[0].responses).toBe(1);
  });

  test.each([
    [{ by: ['week'] }, 'by.0'],
    [{ from: '2026-02-30' }, 'from'],
    [{ from: '2026-02-02', to: '2026-02-01' }, 'to'],
  ])('%j is refused', async (params, path) => {
    await using sidecar = await startReady({ config });
    expect((await sidecar.host.request('usage/summary', params)).error).toMatchObject({ code: -32602, data: { issues: [{ path }] } });
  });

  test.each(['usage/summary', 'history/list', 'history/read'])('%s says how usage is kept, where it is not', async (method) => {
    await using sidecar = await startReady({ config: 'default_model: echo\n' });
    const { error } = await sidecar.host.request(method, method === 'history/read' ? { responseId: 'x' } : {});
    expect(error).toMatchObject({ code: -31072, data: { kind: 'storageUnavailable', retryable: false } });
    expect(error!.message).toContain('`history: true`');
  });
});
