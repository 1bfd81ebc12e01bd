import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readLedger } from '../ledger/support/checkLedger.ts';
import { startReady } from '../support/sidecar.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-reload-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configOf = (file: string): string =>
  `default_model: echo\ntest_models: true\nstorage: ${JSON.stringify(file)}\nbudgets: [{name: all, limit_usd: 10, per: total}]\nprices: {echo: {input: 1, output: 2}, test-slow: {input: 1, output: 2}}\n`;

test('a prompt that runs while the storage is set to another place is settled where it was reserved', { timeout: 120_000 }, async () => {
  const [before, after] = [join(folder, 'before.db'), join(folder, 'after.db')];
  await using sidecar = await startReady({ config: configOf(before), timeoutMs: 60_000 });
  const { host, configPath } = sidecar;
  const slow = { promptId: 'slow', prompt: 'x', model: 'test-slow', options: { chunks: 160, delay_ms: 50 }, stream: {} };
  host.send({ jsonrpc: '2.0', id: 'slow', method: 'llm/prompt', params: slow });
  await host.next(({ method }) => method === 'llm/delta');
  writeFileSync(configPath, configOf(after));
  await expect
    .poll(
      async () => {
        await host.request('llm/prompt', { prompt: 'x' });
        return (await readLedger(after)).responses.length;
      },
      { timeout: 40_000, interval: 100 },
    )
    .toBeGreaterThan(0);
  const { result } = await host.next((message) => message.id === 'slow' && message.method === undefined);
  expect(result.stopReason).toBe('end');
  expect((await readLedger(before)).responses.find((row) => row.prompt_id === 'slow')).toMatchObject({ state: 'settled', outcome: 'ok' });
  expect((await readLedger(after)).responses.map((row) => row.prompt_id)).not.toContain('slow');
  expect((await readLedger(before)).budgets).toMatchObject([{ reserved_nanocents: 0n }]);
});
