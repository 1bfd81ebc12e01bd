import { expect, test } from 'vitest';
import { describeEngines } from '../support/engines.ts';
import { checkLedger } from './support/checkLedger.ts';
import { budget, cent, end, groupIntent, intent, noon, openLedger } from './support/ledgers.ts';

describeEngines('the reservation of a group', (engine) => {
  test('is drawn on by its prompts, gets back what they leave, and is free at the end', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    await using ledger = openLedger(location);
    const group = await ledger.openGroup(groupIntent('g', 8n * cent, budgets));
    const counts = async () => {
      const {
        budgets: [counter],
        groups: [row],
      } = await checkLedger(location, budgets);
      return { spent: counter!.spent_nanocents / cent, reserved: counter!.reserved_nanocents / cent, left: row!.reserved_nanocents / cent };
    };
    expect(await counts()).toEqual({ spent: 0n, reserved: 8n, left: 8n });
    const first = await ledger.reserve(intent('a', { budgets, group, nanocents: 5n * cent }));
    expect(await counts()).toEqual({ spent: 0n, reserved: 8n, left: 3n });
    await first.settle(end(2n * cent));
    expect(await counts()).toEqual({ spent: 2n, reserved: 6n, left: 6n });
    const second = await ledger.reserve(intent('b', { budgets, group, nanocents: 7n * cent }));
    expect(await counts(), 'topped up by one').toEqual({ spent: 2n, reserved: 7n, left: 0n });
    await expect(ledger.reserve(intent('c', { budgets, group, nanocents: 2n * cent }))).rejects.toMatchObject({ kind: 'budgetExceeded' });
    expect(await counts()).toEqual({ spent: 2n, reserved: 7n, left: 0n });
    await second.settle(end(7n * cent));
    expect(await counts()).toEqual({ spent: 9n, reserved: 0n, left: 0n });
    await (await ledger.reserve(intent('d', { budgets, group, nanocents: cent }))).settle(end(0n));
    expect(await counts()).toEqual({ spent: 9n, reserved: 0n, left: 0n });
    await group.close();
    await group.close();
    expect((await checkLedger(location, budgets, { ended: true })).groups).toMatchObject([
      { id: 'g', group_id: "host's g", state: 'settled', settled_at: '2026-03-10T12:00:00.000Z', lease_until: null },
    ]);
  });

  test('is there for all of its prompts even where the budget is used up by others', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    await using ledger = openLedger(location);
    await using other = openLedger(location, { instanceId: 'two' });
    const group = await ledger.openGroup(groupIntent('g', 8n * cent, budgets));
    await (await other.reserve(intent('x', { budgets, nanocents: 2n * cent }))).settle(end(5n * cent));
    await expect(other.reserve(intent('y', { budgets, nanocents: cent }))).rejects.toMatchObject({ kind: 'budgetExceeded' });
    await (await ledger.reserve(intent('a', { budgets, group, nanocents: 8n * cent }))).settle(end(8n * cent));
    await group.close();
    await checkLedger(location, budgets, { ended: true, over: true });
  });

  test('concurrent first prompts of a group do not reserve twice', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 6n * cent)];
    await using ledger = openLedger(location);
    const group = await ledger.openGroup(groupIntent('g', 6n * cent, budgets));
    const reservations = await Promise.all(
      ['a', 'b', 'c'].map((id) => ledger.reserve(intent(id, { budgets, group, nanocents: 2n * cent }))),
    );
    const state = await checkLedger(location, budgets);
    expect(state.budgets).toMatchObject([{ reserved_nanocents: 6n * cent }]);
    expect(state.groups).toMatchObject([{ reserved_nanocents: 0n }]);
    expect(state.responses.map(({ drawn_nanocents: drawn }) => drawn)).toEqual([2n * cent, 2n * cent, 2n * cent]);
    await Promise.all(reservations.map((reservation) => reservation.settle(end(cent))));
    expect((await checkLedger(location, budgets)).groups).toMatchObject([{ reserved_nanocents: 3n * cent }]);
    await group.close();
    await checkLedger(location, budgets, { ended: true });
  });

  test('a group that has no room is not opened', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 3n * cent)];
    await using ledger = openLedger(location);
    await expect(ledger.openGroup(groupIntent('g', 4n * cent, budgets))).rejects.toMatchObject({
      kind: 'budgetExceeded',
      detail: { limit: { requiredUsd: '0.04' } },
    });
    expect((await checkLedger(location, budgets, { ended: true })).groups).toEqual([]);
  });

  test('a prompt that other budgets count needs room in those, too', async () => {
    const location = await engine.create();
    const all = budget('all', 10n * cent);
    const chat = budget('chat', 2n * cent, { match: { purpose: ['chat'] } });
    const budgets = [all, chat];
    await using ledger = openLedger(location);
    const group = await ledger.openGroup(groupIntent('g', 8n * cent, budgets));
    await expect(ledger.reserve(intent('a', { budgets, group, purpose: 'chat' }))).rejects.toMatchObject({
      detail: { limit: { budget: 'chat' } },
    });
    expect((await checkLedger(location, budgets)).groups).toMatchObject([{ reserved_nanocents: 8n * cent }]);
    const reservation = await ledger.reserve(intent('a', { budgets, group, purpose: 'chat', nanocents: 2n * cent }));
    await reservation.settle(end(cent));
    expect((await checkLedger(location, budgets)).groups).toMatchObject([{ reserved_nanocents: 7n * cent }]);
    await group.close();
    await checkLedger(location, budgets, { ended: true });
  });

  test('what a budget of the group alone has given up is not taken back', async () => {
    const location = await engine.create();
    const budgets = [budget('echo', 5n * cent, { match: { model: ['echo'] } }), budget('all', 50n * cent)];
    await using ledger = openLedger(location);
    const group = await ledger.openGroup(groupIntent('g', 5n * cent, budgets));
    const other = await ledger.reserve(intent('a', { budgets, group, model: 'other', nanocents: 4n * cent }));
    const echo = await ledger.reserve(intent('b', { budgets, nanocents: 4n * cent }));
    await other.settle(end(cent));
    await checkLedger(location, budgets);
    await echo.settle(end(4n * cent));
    await group.close();
    await checkLedger(location, budgets, { ended: true });
  });

  test('goes on over midnight', async () => {
    const location = await engine.create();
    const budgets = [budget('day', 5n * cent, { per: 'day' })];
    let clock = new Date('2026-03-10T23:59:00.000Z');
    await using ledger = openLedger(location, { now: () => clock });
    const group = await ledger.openGroup(groupIntent('g', 5n * cent, budgets, clock));
    const first = await ledger.reserve(intent('a', { budgets, group, startedAt: clock }));
    clock = new Date('2026-03-11T00:00:30.000Z');
    const second = await ledger.reserve(intent('b', { budgets, group, startedAt: clock }));
    await expect(ledger.reserve(intent('c', { budgets, group, startedAt: clock }))).rejects.toMatchObject({ kind: 'budgetExceeded' });
    await first.settle(end(cent));
    await second.settle(end(2n * cent));
    await group.close();
    const { budgets: counters } = await checkLedger(location, budgets, { ended: true });
    expect(Object.fromEntries(counters.map((row) => [row.window_start, row.spent_nanocents]))).toEqual({
      '2026-03-10T00:00:00.000Z': cent,
      '2026-03-11T00:00:00.000Z': 2n * cent,
    });
  });

  test('prompts that are still running when it closes free their part themselves', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    await using ledger = openLedger(location);
    const group = await ledger.openGroup(groupIntent('g', 8n * cent, budgets));
    const reservation = await ledger.reserve(intent('a', { budgets, group }));
    await group.close();
    expect((await checkLedger(location, budgets)).budgets).toMatchObject([{ reserved_nanocents: 3n * cent }]);
    await (await ledger.reserve(intent('late', { budgets, group, startedAt: noon }))).settle(end(cent));
    await reservation.settle(end(cent));
    await checkLedger(location, budgets, { ended: true });
  });
});
