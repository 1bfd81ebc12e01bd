import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { GroupReservation, Reservation } from '../../src/engine/moneyPorts.ts';
import { Failure } from '../../src/lib/failure.ts';
import { describeEngines } from '../support/engines.ts';
import { checkLedger } from './support/checkLedger.ts';
import { budget, cent, end, groupIntent, intent, noon, openLedger, type TestLedger } from './support/ledgers.ts';

const budgets = [
  budget('all', 40n * cent),
  budget('hour', 15n * cent, { per: 'hour' }),
  budget('purpose', 12n * cent, { per: 'day', each: ['purpose'], timeZone: 'Asia/Kolkata' }),
  budget('model', 20n * cent, { match: { model: ['echo'] } }),
];

const process = fc.integer({ min: 0, max: 2 });
const index = fc.nat({ max: 20 });
const cents = fc.integer({ min: 0, max: 9 });
const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('reserve' as const),
      process,
      cents,
      purpose: fc.constantFrom('x', 'y', undefined),
      model: fc.constantFrom('echo', 'other'),
      group: fc.option(index, { nil: undefined }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('settle' as const), index, share: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('seen' as const), index, share: fc.integer({ min: 0, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('more' as const), index, cents }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('openGroup' as const), process, cents }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('closeGroup' as const), index }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('tick' as const), process }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('die' as const), process }) },
);
// Less than a lease: who is there renews in time.
const seconds = fc.integer({ min: 0, max: 50 });
const steps = fc.array(fc.record({ together: fc.array(command, { minLength: 1, maxLength: 4 }), seconds }), {
  minLength: 1,
  maxLength: 25,
});

interface Open {
  readonly of: TestLedger;
  readonly reservation: Reservation;
  nanocents: bigint;
}

/** Several processes on one database; looked at after every step. */
async function run(location: string, plan: readonly { together: readonly Command[]; seconds: number }[], sleepers: boolean): Promise<void> {
  let clock = noon;
  let count = 0;
  const start = (): TestLedger => openLedger(location, { instanceId: `instance ${++count}`, now: () => clock });
  const ledgers = [start(), start(), start()];
  const all = [...ledgers];
  const open: Open[] = [];
  const groups: { of: TestLedger; group: GroupReservation }[] = [];
  // What a process is given after it has died reaches nobody. One that is only asleep goes on where it was.
  const isThere = (of: TestLedger): boolean => sleepers || ledgers.includes(of);
  const take = <Item>(items: Item[], at: number): Item | undefined => items.splice(at % Math.max(1, items.length), 1)[0];
  const perform = async (step: Command): Promise<void> => {
    if (step.type === 'reserve') {
      const of = ledgers[step.process]!;
      const nanocents = BigInt(step.cents) * cent;
      const among = groups.filter((group) => group.of === of);
      const group = step.group === undefined ? undefined : among[step.group % Math.max(1, among.length)]?.group;
      const { purpose, model } = step;
      const reservation = await of.reserve(
        intent(`response ${++count}`, { budgets, startedAt: clock, nanocents, atLeastNanocents: nanocents / 3n, purpose, model, group }),
      );
      if (isThere(of)) open.push({ of, reservation, nanocents });
    } else if (step.type === 'settle') {
      const settled = take(open, step.index);
      await settled?.reservation.settle(end((settled.nanocents * BigInt(step.share)) / 4n));
    } else if (step.type === 'seen') {
      const seen = open[step.index % Math.max(1, open.length)];
      seen?.reservation.seen((seen.nanocents * BigInt(step.share)) / 4n);
    } else if (step.type === 'more') {
      const held = open[step.index % Math.max(1, open.length)];
      await held?.reservation.more?.(BigInt(step.cents) * cent);
      if (held) held.nanocents += BigInt(step.cents) * cent;
    } else if (step.type === 'openGroup') {
      const of = ledgers[step.process]!;
      const group = await of.openGroup(groupIntent(`group ${++count}`, BigInt(step.cents) * cent, budgets, clock));
      if (isThere(of)) groups.push({ of, group });
    } else if (step.type === 'closeGroup') await take(groups, step.index)?.group.close();
    else if (step.type === 'tick') await ledgers[step.process]!.tick();
    else {
      ledgers[step.process] = start();
      all.push(ledgers[step.process]!);
      for (const items of [open, groups]) items.splice(0, items.length, ...(items.filter(({ of }) => isThere(of)) as never[]));
    }
  };
  const performAll = async (together: readonly Command[]): Promise<void> => {
    const refused = (error: unknown): void => {
      if (!(error instanceof Failure && error.kind === 'budgetExceeded')) throw error;
    };
    await Promise.all(together.map(async (step) => perform(step).catch(refused)));
  };
  try {
    for (const { together, seconds } of plan) {
      clock = new Date(clock.getTime() + seconds * 1000);
      await Promise.all(ledgers.map(async (ledger) => ledger.tick()));
      await performAll(together);
      await checkLedger(location, budgets, { over: sleepers });
    }
    for (const { reservation, nanocents } of open) await reservation.settle(end(nanocents));
    for (const { group } of groups) await group.close();
    clock = new Date(clock.getTime() + 61_000);
    await start().tick();
    const { budgets: counters } = await checkLedger(location, budgets, { over: sleepers, ended: true });
    expect(counters.every((row) => row.reserved_nanocents === 0n)).toBe(true);
  } finally {
    for (const ledger of all) await ledger[Symbol.asyncDispose]();
  }
}

/** A process dies while what it asked for is being given. */
const diesWhileAsking: Parameters<typeof run>[1] = [
  {
    together: [
      { type: 'reserve', process: 1, cents: 3, purpose: 'x', model: 'echo', group: undefined },
      { type: 'die', process: 1 },
    ],
    seconds: 0,
  },
  { together: [{ type: 'reserve', process: 0, cents: 3, purpose: 'x', model: 'echo', group: undefined }], seconds: 43 },
  {
    together: [
      { type: 'reserve', process: 0, cents: 5, purpose: 'x', model: 'echo', group: undefined },
      { type: 'reserve', process: 0, cents: 5, purpose: 'y', model: 'echo', group: undefined },
    ],
    seconds: 18,
  },
];

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

describeEngines('whatever processes do', (engine) => {
  const numRuns = engine.kind === 'sqlite' ? 40 : 8;

  test('what is spent and held stays within every limit, and is what the rows say', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => run(await engine.create(), plan, false)),
      { numRuns, examples: [[diesWhileAsking]] },
    );
  });

  test('and the rows are right even where processes that were given up go on', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => run(await engine.create(), plan, true)),
      { numRuns, examples: [[diesWhileAsking]] },
    );
  });
});
