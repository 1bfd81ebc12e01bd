import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { GroupReservation } from '../../../src/engine/moneyPorts.ts';
import { createSqlLedger } from '../../../src/ledger/sqlLedger.ts';
import { Failure } from '../../../src/lib/failure.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { createStore, type LazyStore } from '../../../src/store/store.ts';
import { budget, cent, end, groupIntent, intent } from './ledgers.ts';

/** Where a process kills itself. */
export const killPoints = [
  'in the middle of a transaction',
  'before it is sent',
  'in the middle of the answer',
  'before it is settled',
  'after it was settled',
] as const;
export type KillPoint = (typeof killPoints)[number];

export interface WorkerPlan {
  readonly location: string;
  readonly instance: string;
  readonly limit: string;
  /** Calls of three cents at most: this many, in so many loops at once. */
  readonly calls: number;
  readonly loops: number;
  readonly settle: boolean;
  readonly groups: boolean;
  readonly leaseMs: number;
  /** What is certain is appended here as it becomes so. */
  readonly journal: string;
  readonly kill: KillPoint | null;
  /** The how manieth time that it is there. */
  readonly killAt: number;
}

/** What test/ledger runs in processes of their own: reserves, pretends to send, settles; says `ready`, begins on `go`, ends with the ids it was given. */
export const workerBudgets = (limit: bigint) => [
  budget('all', limit),
  budget('hour', limit, { per: 'hour' }),
  budget('actor', limit, { per: 'day', each: ['actor'] }),
];

if (process.argv[2] !== undefined) await work(JSON.parse(process.argv[2]) as WorkerPlan);

async function work(plan: WorkerPlan): Promise<void> {
  const { location, instance, calls, loops, settle, leaseMs, journal } = plan;
  let until = plan.killAt;
  const point = (name: KillPoint): void => {
    if (plan.kill === name && until-- === 0) process.kill(process.pid, 'SIGKILL');
  };
  const note = (line: string): void => appendFileSync(journal, `${line}\n`);
  const budgets = workerBudgets(BigInt(plan.limit));
  const store = dyingStore(createStore(location, migrations), point);
  // Patient: what `settle` says is then in the database, however slow the machine.
  const ledger = createSqlLedger({
    patienceMs: 60_000,
    store,
    instanceId: instance,
    log: (line) => void process.stderr.write(`${line}\n`),
    leaseMs,
  });
  await ledger.standings(intent('x', { budgets }).charges);
  process.stdout.write('ready\n');
  for await (const line of createInterface({ input: process.stdin })) if (line === 'go') break;
  const admitted: string[] = [];
  const numbers = counting(calls);
  const call = async (id: string, group: GroupReservation | undefined): Promise<void> => {
    try {
      const reservation = await ledger.reserve(
        intent(id, { budgets, group, startedAt: new Date(), actor: { id: `actor ${id.length % 2}` } }),
      );
      admitted.push(id);
      point('before it is sent');
      note(`sent ${id}`);
      await setTimeout(Math.random() * 4);
      reservation.seen(cent + 5n);
      point('in the middle of the answer');
      await setTimeout(Math.random() * 4);
      point('before it is settled');
      if (!settle) return;
      const charged = cent + 5n + BigInt(Math.floor(Math.random() * 1_000_000_000));
      await reservation.settle(end(charged));
      note(`settled ${id} ${charged}`);
      point('after it was settled');
    } catch (error) {
      if (!isExceeded(error)) throw error;
    }
  };
  const openGroup = async (id: string): Promise<GroupReservation | undefined> => {
    try {
      return await ledger.openGroup(groupIntent(id, 5n * cent, budgets, new Date()));
    } catch (error) {
      if (isExceeded(error)) return undefined;
      throw error;
    }
  };
  const loop = async (name: string): Promise<void> => {
    // All loops take from the same numbers.
    for (const number of numbers) {
      const ids = (plan.groups ? ['x', 'y', 'z'] : ['x']).map((part) => `${instance} ${name} ${number}${part}`);
      const group = plan.groups ? await openGroup(`group of ${ids[0]}`) : undefined;
      await Promise.all(ids.map(async (id) => call(id, group)));
      await group?.close();
      await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: loops }, async (_, index) => loop(`loop ${index}`)));
  process.stdout.write(`${JSON.stringify(admitted)}\n`);
  await ledger.close();
  await store.close();
  process.exit(0);
}

function* counting(end: number): Generator<number> {
  for (let number = 0; number < end; number++) yield number;
}

/** Dies after the work of a transaction and before its end. */
function dyingStore(store: LazyStore, point: (name: KillPoint) => void): LazyStore {
  return {
    async open() {
      const db = await store.open();
      return {
        ...db,
        transact: async (work) =>
          db.transact(function* (made, kind) {
            const result = yield* work(made, kind);
            point('in the middle of a transaction');
            return result;
          }),
      };
    },
    close: async () => store.close(),
  };
}

function isExceeded(error: unknown): boolean {
  return error instanceof Failure && error.kind === 'budgetExceeded';
}
