import { expect, test } from 'vitest';
import { endGroup } from '../../src/ledger/groupRows.ts';
import { expireResponse } from '../../src/ledger/settle.ts';
import { migrations } from '../../src/store/migrations.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEngines } from '../support/engines.ts';
import { checkLedger } from './support/checkLedger.ts';
import { attempt, budget, cent, end, groupIntent, intent, noon, openLedger } from './support/ledgers.ts';

const later = (seconds: number): Date => new Date(noon.getTime() + seconds * 1000);

describeEngines('leases', (engine) => {
  test('what a process that is gone has left is ended by another: charged for what was seen, never zero', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 20n * cent)];
    let clock = noon;
    await using ledger = openLedger(location, { instanceId: 'gone', now: () => clock });
    const group = await ledger.openGroup(groupIntent('g', 9n * cent, budgets));
    await ledger.reserve(intent('unseen', { budgets }));
    (await ledger.reserve(intent('seen', { budgets, group, nanocents: 6n * cent }))).seen(2n * cent);
    await ledger.reserve(intent('free'));
    clock = later(20);
    await ledger.tick();
    await using other = openLedger(location, { now: () => clock });
    clock = later(79);
    await other.tick();
    expect((await checkLedger(location, budgets)).responses.map(({ state }) => state)).toEqual(['open', 'open', 'open']);
    clock = later(81);
    await other.tick();
    const state = await checkLedger(location, budgets, { ended: true });
    expect(state.responses).toMatchObject([
      { id: 'free', state: 'expired', outcome: 'lost', cost_nanocents: null, cost_source: 'unknown', charged_nanocents: 0n },
      { id: 'seen', state: 'expired', outcome: 'lost', cost_nanocents: 2n * cent, cost_source: 'estimated', charged_nanocents: 2n * cent },
      { id: 'unseen', state: 'expired', outcome: 'lost', cost_nanocents: cent, cost_source: 'estimated', charged_nanocents: cent },
    ]);
    expect(state.groups).toMatchObject([{ state: 'expired', reserved_nanocents: 0n }]);
    expect(state.budgets).toMatchObject([{ spent_nanocents: 3n * cent, reserved_nanocents: 0n }]);
  });

  test('a process that was only asleep corrects what was charged meanwhile, once', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 20n * cent)];
    await using sleeper = openLedger(location, { instanceId: 'sleeper' });
    const group = await sleeper.openGroup(groupIntent('g', 9n * cent, budgets));
    const reservation = await sleeper.reserve(intent('a', { budgets, group }));
    await using other = openLedger(location, { now: () => later(61) });
    await other.tick();
    expect((await checkLedger(location, budgets, { ended: true })).budgets).toMatchObject([{ spent_nanocents: cent }]);
    await reservation.settle(end(2n * cent, { attempts: [attempt('rateLimited')] }));
    await reservation.settle(end(2n * cent));
    await (await sleeper.reserve(intent('b', { budgets, group }))).settle(end(cent));
    await group.close();
    const state = await checkLedger(location, budgets, { ended: true });
    expect(state.budgets).toMatchObject([{ spent_nanocents: 3n * cent }]);
    expect(state.responses).toMatchObject([
      { id: 'a', state: 'settled', outcome: 'ok', cost_source: 'computed', attempt: 1 },
      { id: 'a.0' },
      { id: 'b' },
    ]);
  });

  test('room that only a dead process holds is found before a call is refused', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    await using gone = openLedger(location, { instanceId: 'gone' });
    await gone.openGroup(groupIntent('g', 5n * cent, budgets));
    await gone.reserve(intent('a', { budgets, nanocents: 5n * cent }));
    let clock = later(59);
    // Its own ticks are far away.
    await using ledger = openLedger(location, { now: () => clock, leaseMs: 600_000 });
    await expect(ledger.reserve(intent('b', { budgets }))).rejects.toMatchObject({ kind: 'budgetExceeded' });
    clock = later(61);
    await ledger.reserve(intent('b', { budgets, startedAt: clock, nanocents: 9n * cent }));
    expect((await checkLedger(location, budgets)).budgets).toMatchObject([{ spent_nanocents: cent, reserved_nanocents: 9n * cent }]);
  });

  test('its own are left alone, however late it is', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    let clock = noon;
    await using ledger = openLedger(location, { now: () => clock });
    const reservation = await ledger.reserve(intent('a', { budgets, nanocents: 6n * cent }));
    const group = await ledger.openGroup(groupIntent('g', 4n * cent, budgets));
    clock = later(3600);
    await expect(ledger.reserve(intent('b', { budgets }))).rejects.toMatchObject({ kind: 'budgetExceeded' });
    await ledger.tick();
    expect((await checkLedger(location, budgets)).responses).toMatchObject([{ state: 'open', lease_until: '2026-03-10T13:01:00.000Z' }]);
    await reservation.settle(end(cent));
    await group.close();
    await checkLedger(location, budgets, { ended: true });
  });

  test('one that was renewed between being found and being ended goes on', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    await using ledger = openLedger(location);
    await ledger.reserve(intent('a', { budgets }));
    await ledger.openGroup(groupIntent('g', cent, budgets));
    const store = createStore(location, migrations);
    try {
      const { transact } = await store.open();
      const before = later(59).toISOString();
      expect(await transact((db, kind) => expireResponse(db, kind, 'a', before))).toBe(false);
      expect(await transact((db, kind) => endGroup(db, kind, 'g', { state: 'expired', at: before }))).toBe(false);
      const after = later(61).toISOString();
      expect(await transact((db, kind) => expireResponse(db, kind, 'a', after))).toBe(true);
      expect(await transact((db, kind) => expireResponse(db, kind, 'a', after))).toBe(false);
      expect(await transact((db, kind) => endGroup(db, kind, 'g', { state: 'expired', at: after }))).toBe(true);
    } finally {
      await store.close();
    }
    await checkLedger(location, budgets, { ended: true });
  });

  test('are renewed by themselves', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    await using ledger = openLedger(location, { leaseMs: 300, now: () => new Date() });
    const reservation = await ledger.reserve(intent('a', { budgets }));
    const group = await ledger.openGroup(groupIntent('g', cent, budgets));
    reservation.seen(2n * cent);
    const before = await checkLedger(location, budgets);
    await expect
      .poll(async () => {
        const { responses, groups } = await checkLedger(location, budgets);
        return [
          responses[0]!.lease_until! > before.responses[0]!.lease_until!,
          groups[0]!.lease_until! > before.groups[0]!.lease_until!,
          responses[0]!.seen_nanocents,
        ];
      })
      .toEqual([true, true, 2n * cent]);
    await reservation.settle(end(cent));
    await group.close();
    await ledger.idle();
    await checkLedger(location, budgets, { ended: true });
  });
});
