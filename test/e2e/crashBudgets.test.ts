import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Budget } from '../../src/policy/moneyRules.ts';
import { createWindows } from '../../src/policy/window.ts';
import { formatUsd, parseUsd } from '../../src/pricing/price.ts';
import { checkLedger } from '../ledger/support/checkLedger.ts';
import { openLedger } from '../ledger/support/ledgers.ts';
import { describeEngines } from '../support/engines.ts';
import { startReady } from '../support/sidecar.ts';

const all: Budget = {
  name: 'all',
  match: {},
  each: [],
  limitNanocents: parseUsd('100'),
  per: 'total',
  timeZone: 'UTC',
  windowAt: createWindows('total', 'UTC'),
};
const configOf = (location: string): string =>
  `test_models: true
storage: ${JSON.stringify(location)}
prices: {echo: {input: 1, output: 2}, test-slow: {input: 1, output: 2}, test-endless: {input: 1, output: 2}}
budgets: [{name: all, limit_usd: 100, per: total}]
`;

describeEngines('a sidecar that is killed', (engine) => {
  const kills = engine.kind === 'sqlite' ? 12 : 4;

  test(
    `${kills} times: what was answered is charged what it said, what had begun is charged something, and nothing is held`,
    {
      timeout: 240_000,
    },
    async () => {
      const location = await engine.create();
      const answered = new Map<string, string>();
      const begun = new Set<string>();
      const life = async (run: number): Promise<void> => {
        await using sidecar = await startReady({ config: configOf(location), timeoutMs: 60_000 });
        const { host } = sidecar;
        await host.request('llm/groupOpen', { groupId: 'g', model: 'test-slow' });
        for (let number = 0; number < 12; number++) {
          const id = `${run}-${number}`;
          const slow = { model: 'test-slow', options: { chunks: 10, delay_ms: number * 3 } };
          const params = { promptId: id, prompt: 'x', stream: {}, ...(number % 3 === 0 ? { model: 'echo' } : slow) };
          const group = number % 2 === 0 ? { groupId: 'g' } : {};
          host.send({ jsonrpc: '2.0', id, method: 'llm/prompt', params: { ...params, ...group } });
        }
        const endless = { promptId: `${run}-endless`, prompt: 'x', model: 'test-endless', stream: {} };
        host.send({ jsonrpc: '2.0', id: endless.promptId, method: 'llm/prompt', params: endless });
        // However slow the machine is: each life ends while something runs, some while nothing was answered, and some after something was.
        await host.next(({ method, params }) => method === 'llm/delta' && params.promptId === endless.promptId);
        if (run % 2 === 0) await host.next(({ id, method }) => typeof id === 'string' && method === undefined);
        await setTimeout(Math.random() * 300);
        host.kill('SIGKILL');
        await host.closed;
        for (const { id, method, params, result } of host.messages) {
          if (method === 'llm/delta') begun.add(params.promptId);
          else if (typeof id === 'string' && result?.cost !== undefined) answered.set(id, result.cost.usd);
        }
      };
      for (let run = 0; run < kills; run += 2) await Promise.all([life(run), life(run + 1)]);

      // An hour later, in another process.
      await using ledger = openLedger(location, { now: () => new Date(Date.now() + 3_600_000) });
      await ledger.tick();
      const { responses, groups } = await checkLedger(location, [all], { ended: true });
      const charged = new Map(responses.map((row) => [row.prompt_id, row.charged_nanocents]));
      expect(charged.size).toBe(responses.length);
      for (const [id, usd] of answered) expect([id, formatUsd(charged.get(id) ?? 0n)]).toEqual([id, usd]);
      expect([...begun].filter((id) => (charged.get(id) ?? 0n) === 0n)).toEqual([]);
      expect(begun.size).toBeGreaterThanOrEqual(kills);
      expect(groups).toHaveLength(kills);
      expect(groups.every(({ state }) => state === 'expired')).toBe(true);
      expect(responses.some(({ state }) => state === 'expired')).toBe(true);
      expect(answered.size).toBeGreaterThan(0);
    },
  );
});
