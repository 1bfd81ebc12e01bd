import { expect, test } from 'vitest';
import type { Budget } from '../../src/policy/moneyRules.ts';
import { createWindows } from '../../src/policy/window.ts';
import { formatUsd, parseUsd } from '../../src/pricing/price.ts';
import { checkLedger } from '../ledger/support/checkLedger.ts';
import { describeEngines } from '../support/engines.ts';
import { startReady, type Sidecar } from '../support/sidecar.ts';

const budget = (limitUsd: string): Budget => ({
  name: 'all',
  match: {},
  each: [],
  limitNanocents: parseUsd(limitUsd),
  per: 'total',
  timeZone: 'UTC',
  windowAt: createWindows('total', 'UTC'),
});
const configOf = (location: string, limitUsd: string, more: string): string =>
  `default_model: echo
test_models: true
storage: ${JSON.stringify(location)}
prices:
  echo: {input: 1, output: 2}
  test-endless: {input: 1, output: 2}
budgets: [{name: all, limit_usd: ${JSON.stringify(limitUsd)}, per: total}]
${more}`;

async function four(config: string): Promise<Sidecar[]> {
  return Promise.all(Array.from({ length: 4 }, async () => startReady({ config, timeoutMs: 60_000 })));
}

async function stopAll(sidecars: readonly Sidecar[]): Promise<void> {
  await Promise.all(sidecars.map(async (sidecar) => sidecar.stop()));
}

/** 'admitted' when the first text of its answer is there, or the kind of its error. */
async function admission({ host }: Sidecar, id: string): Promise<string> {
  host.send({ jsonrpc: '2.0', id, method: 'llm/prompt', params: { promptId: id, prompt: 'x', model: 'test-endless', stream: {} } });
  const { error } = await host.next(
    (message) => (message.method === 'llm/delta' && message.params.promptId === id) || (message.id === id && message.method === undefined),
  );
  return error === undefined ? 'admitted' : error.data.kind;
}

describeEngines('four sidecars and one budget', (engine) => {
  test('admit exactly as many prompts at once as it is for, and hold nothing when those are cancelled', { timeout: 120_000 }, async () => {
    const location = await engine.create();
    const sidecars = await four(configOf(location, '1.79', 'auto_reservation_usd: 0.10\n'));
    try {
      const ids = sidecars.flatMap((sidecar, index) => Array.from({ length: 10 }, (_, number) => ({ sidecar, id: `${index}-${number}` })));
      const answers = await Promise.all(ids.map(async ({ sidecar, id }) => ({ sidecar, id, answer: await admission(sidecar, id) })));
      const admitted = answers.filter(({ answer }) => answer === 'admitted');
      expect(admitted).toHaveLength(17);
      expect(new Set(answers.map(({ answer }) => answer))).toEqual(new Set(['admitted', 'budgetExceeded']));
      const state = await checkLedger(location, [budget('1.79')]);
      expect(state.responses.map((row) => row.prompt_id).toSorted()).toEqual(admitted.map(({ id }) => id).toSorted());
      expect(state.budgets).toMatchObject([{ spent_nanocents: 0n, reserved_nanocents: 170_000_000_000n }]);
      for (const { sidecar, id } of admitted) sidecar.host.notify('$/cancelRequest', { id });
      await Promise.all(
        admitted.map(async ({ sidecar, id }) => sidecar.host.next((message) => message.id === id && message.method === undefined)),
      );
      const { budgets, responses } = await checkLedger(location, [budget('1.79')], { ended: true });
      expect(budgets).toMatchObject([{ reserved_nanocents: 0n }]);
      expect(responses.every((row) => row.outcome === 'cancelled' && row.charged_nanocents > 0n)).toBe(true);
    } finally {
      await stopAll(sidecars);
    }
  });

  test('answer exactly as many prompts as it pays for', { timeout: 120_000 }, async () => {
    await using alone = await startReady({ config: configOf(await engine.create(), '1', '') });
    const usd: string = (await alone.host.request('llm/prompt', { prompt: 'what does this cost?' })).result.cost.usd;
    const limit = formatUsd(parseUsd(usd) * 13n);
    const location = await engine.create();
    const sidecars = await four(configOf(location, limit, `reservations: {echo: ${JSON.stringify(usd)}}\n`));
    try {
      const answers = await Promise.all(
        sidecars.flatMap(({ host }) =>
          Array.from({ length: 10 }, async () => host.request('llm/prompt', { prompt: 'what does this cost?' })),
        ),
      );
      expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(13);
      expect(answers.filter(({ error }) => error?.data.kind === 'budgetExceeded')).toHaveLength(27);
      const { budgets } = await checkLedger(location, [budget(limit)], { ended: true });
      expect(budgets).toMatchObject([{ spent_nanocents: parseUsd(usd) * 13n, reserved_nanocents: 0n }]);
    } finally {
      await stopAll(sidecars);
    }
  });
});
