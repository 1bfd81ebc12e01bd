import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeEngines } from '../support/engines.ts';
import { checkLedger, readLedger } from './support/checkLedger.ts';
import { attempt, budget, cent, end, intent, openLedger } from './support/ledgers.ts';
import { openSwitched } from './support/switched.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-gathered-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Longer than a test: what is written is written because something asks for it. */
const gatherMs = 3_600_000;

describeEngines('what no budget counts', (engine) => {
  const idsOf = async (location: string) => (await readLedger(location)).responses.map(({ id, state }) => `${id} ${state}`);
  /** The first row is waited for, so that it can be told if the storage is away. */
  const begun = async (options: Parameters<typeof openSwitched>[1] = {}) => {
    const location = await engine.create();
    const ledger = openSwitched(location, { gatherMs, ...options });
    await (await ledger.reserve(intent('first'))).settle(end(cent));
    await ledger.flush();
    await expect.poll(async () => idsOf(location)).toEqual(['first settled']);
    return { location, ledger };
  };

  test('is written together, at the latest a moment later', async () => {
    const { location, ledger } = await begun({ gatherMs: 20 });
    await using _ = ledger;
    const open = await ledger.reserve(intent('open'));
    await (await ledger.reserve(intent('short'))).settle(end(2n * cent));
    await expect.poll(async () => idsOf(location)).toEqual(['first settled', 'open open', 'short settled']);
    await open.settle(end(3n * cent));
    await expect.poll(async () => idsOf(location)).toEqual(['first settled', 'open settled', 'short settled']);
    const { responses } = await checkLedger(location, [], { ended: true });
    expect(responses.map((row) => row.cost_nanocents)).toEqual([1_000_000_000n, 3_000_000_000n, 2_000_000_000n]);
  });

  test('is there for whoever asks the same process, whole, with attempts that failed and what was said', async () => {
    const { location, ledger } = await begun();
    await using _ = ledger;
    const running = await ledger.reserve(intent('running'));
    const ended = await ledger.reserve(intent('ended', { purpose: 'chat', startedAt: new Date('2026-03-10T12:00:01.000Z') }));
    await ended.settle(
      end(2n * cent, {
        attempts: [attempt('rateLimited')],
        content: { system: undefined, messages: [{ role: 'user', content: 'Where is the cat?' }], answer: [] },
      }),
    );
    expect(await idsOf(location)).toEqual(['first settled']);
    await ledger.flush();
    const { responses, contents } = await checkLedger(location, []);
    expect(responses).toMatchObject([
      { id: 'ended', attempt: 1, purpose: 'chat', state: 'settled', lease_until: null, duration_ms: 40, first_delta_ms: 12.5 },
      { id: 'ended.0', attempt: 0, purpose: 'chat', state: 'settled', error_kind: 'rateLimited' },
      { id: 'first', state: 'settled' },
      { id: 'running', state: 'open', outcome: null, lease_until: '2026-03-10T12:01:00.000Z' },
    ]);
    expect(contents).toMatchObject([{ response_id: 'ended', search_text: 'Where is the cat?' }]);
    await running.settle(end(cent));
    await running.settle(end(9n * cent));
    await ledger.flush();
    await ledger.flush();
    expect((await checkLedger(location, [], { ended: true })).responses.at(-1)).toMatchObject({ id: 'running', cost_nanocents: cent });
  });

  test('is counted by a budget that is new', async () => {
    const { location, ledger } = await begun();
    await using _ = ledger;
    const budgets = [budget('all', 6n * cent)];
    const running = await ledger.reserve(intent('running'));
    await (await ledger.reserve(intent('ended'))).settle(end(4n * cent));
    const { charges } = intent('x', { budgets });
    expect(await ledger.standings(charges)).toMatchObject([{ spent: 5_000_000_000n, reserved: 0n }]);
    await (await ledger.reserve(intent('late'))).settle(end(cent));
    await expect(ledger.reserve(intent('refused', { budgets, nanocents: 1n }))).rejects.toMatchObject({
      detail: { limit: { spentUsd: '0.06' } },
    });
    const more = [budget('all', 9n * cent)];
    await (await ledger.reserve(intent('paid', { budgets: more, nanocents: cent }))).settle(end(cent));
    await running.settle(end(cent));
    await ledger.flush();
    const state = await checkLedger(location, more, { ended: true });
    expect(state.budgets).toMatchObject([{ spent_nanocents: 8_000_000_000n, reserved_nanocents: 0n }]);
  });

  test('waits for nothing, and what a budget counts is written before it goes on', async () => {
    const { location, ledger } = await begun();
    await using _ = ledger;
    const budgets = [budget('paid', 10n * cent, { match: { purpose: ['paid'] } })];
    const paid = await ledger.reserve(intent('paid', { budgets, purpose: 'paid' }));
    expect(await idsOf(location)).toEqual(['first settled', 'paid open']);
    await paid.settle(end(cent));
    expect(await idsOf(location)).toEqual(['first settled', 'paid settled']);
    ledger.state.is = 'hung';
    const free = await ledger.reserve(intent('free'));
    expect(free.warning).toBeUndefined();
    await free.settle(end(cent));
    ledger.state.is = 'there';
    await ledger.flush();
    expect(await idsOf(location)).toEqual(['first settled', 'free settled', 'paid settled']);
  });

  test('is kept while the storage is away, also when its beginning and its end meet that apart; the next one says so', async () => {
    const { location, ledger } = await begun({ patienceMs: 1000 });
    await using _ = ledger;
    const before = await ledger.reserve(intent('before'));
    await ledger.flush();
    const [apart, late] = [await ledger.reserve(intent('apart')), await ledger.reserve(intent('late'))];
    ledger.state.is = 'hung';
    const flushed = ledger.flush();
    await expect.poll(() => ledger.state.hanging, { interval: 5 }).toBe(1);
    await apart.settle(end(2n * cent));
    await flushed;
    expect((await ledger.reserve(intent('warned'))).warning?.code).toBe('historyUnavailable');
    await ledger.flush();
    await before.settle(end(3n * cent));
    expect(ledger.lines.filter((line) => line.startsWith('Usage is kept in memory'))).not.toEqual([]);
    ledger.state.is = 'there';
    await expect
      .poll(async () => idsOf(location))
      .toEqual(['apart settled', 'before settled', 'first settled', 'late open', 'warned open']);
    await late.settle(end(cent));
    await ledger.flush();
    await expect
      .poll(async () => (await readLedger(location)).responses.map(({ id, cost_nanocents: cost }) => `${id} ${cost}`))
      .toEqual(['apart 2000000000', 'before 3000000000', 'first 1000000000', 'late 1000000000', 'warned null']);
  });

  test('is written before the end, or is in the file that the next one writes', async () => {
    const spillPath = join(folder, engine.kind, 'unwritten-usage');
    const { location, ledger } = await begun({ spillPath });
    {
      await using _ = ledger;
      await (await ledger.reserve(intent('ended'))).settle(end(2n * cent));
      await ledger.reserve(intent('open'));
      ledger.state.is = 'away';
    }
    expect(await idsOf(location)).toEqual(['first settled']);
    expect(readdirSync(join(folder, engine.kind))).toEqual(['unwritten-usage.one.ndjson']);
    {
      await using next = openLedger(location, { instanceId: 'two', spillPath, gatherMs });
      await (await next.reserve(intent('next'))).settle(end(cent));
      await (await next.reserve(intent('last'))).settle(end(cent));
      await expect.poll(() => readdirSync(join(folder, engine.kind))).toEqual([]);
    }
    expect(await idsOf(location)).toEqual(['ended settled', 'first settled', 'last settled', 'next settled', 'open open']);
  });

  test('one that cannot be written at all is lost alone, and many at once are all written', async () => {
    const { location, ledger } = await begun();
    await using _ = ledger;
    // No response is without a provider.
    await (await ledger.reserve(intent('wrong', { provider: undefined as never }))).settle(end(cent));
    await (await ledger.reserve(intent('right'))).settle(end(cent));
    await ledger.flush();
    await expect.poll(() => ledger.lines.join('\n')).toContain('Usage of one response cannot be written and is lost');
    await expect.poll(async () => idsOf(location)).toEqual(['first settled', 'right settled']);
    const many = Array.from({ length: 400 }, (_, index) => `many ${index}`);
    await Promise.all(many.map(async (id) => (await ledger.reserve(intent(id))).settle(end(cent))));
    await ledger.close();
    expect((await checkLedger(location, [], { ended: true })).responses).toHaveLength(402);
  });
});
