import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeEngines } from '../support/engines.ts';
import { postgresFolder, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { checkLedger } from './support/checkLedger.ts';
import { attempt, budget, cent, end, groupIntent, intent, lookedAround, noon, openLedger } from './support/ledgers.ts';
import { openSwitched } from './support/switched.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-spill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeEngines('while the storage is away', (engine) => {
  test('budgets fail closed, and history goes on with a warning and is written later', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    await using ledger = openSwitched(location);
    ledger.state.is = 'away';
    await expect(ledger.reserve(intent('x', { budgets }))).rejects.toMatchObject({
      kind: 'storageUnavailable',
      message: 'The storage is away. Nothing is sent while the budget "all" cannot be counted.',
      detail: { retryable: true },
    });
    await expect(ledger.openGroup(groupIntent('g', cent, budgets))).rejects.toMatchObject({ kind: 'storageUnavailable' });
    await expect(ledger.standings(intent('x', { budgets }).charges)).rejects.toMatchObject({ kind: 'storageUnavailable' });
    const content = { system: undefined, messages: [{ role: 'user', content: 'a secret of mine' }], answer: [] };
    const first = await ledger.reserve(intent('a'));
    const second = await ledger.reserve(intent('b'));
    expect(first.warning).toEqual({
      code: 'historyUnavailable',
      message:
        'This response is not written down yet, since the storage cannot be used. It is kept in memory and written when the storage is back.',
    });
    await second.settle(end(cent, { content, attempts: [attempt('overloaded')] }));
    ledger.state.is = 'there';
    await expect
      .poll(async () => (await checkLedger(location, budgets)).responses.map(({ id, state }) => `${id} ${state}`))
      .toEqual(['a open', 'b settled', 'b.0 settled']);
    await first.settle(end(cent));
    expect((await ledger.reserve(intent('c'))).warning).toBeUndefined();
    const state = await checkLedger(location, budgets);
    expect(state.contents).toHaveLength(1);
    await expect.poll(() => ledger.lines.join('\n')).toContain('rows that waited for it are written');
    expect(ledger.lines.join('\n')).not.toContain('secret');
  });

  test('what was held is settled when it is back, and nobody else ends it meanwhile', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    let clock = noon;
    await using ledger = openSwitched(location, { now: () => clock });
    const group = await ledger.openGroup(groupIntent('g', 4n * cent, budgets));
    const reservation = await ledger.reserve(intent('a', { budgets, group }));
    ledger.state.is = 'away';
    await reservation.settle(end(2n * cent));
    await group.close();
    clock = new Date(noon.getTime() + 120_000);
    await ledger.tick();
    ledger.state.is = 'there';
    await ledger.tick();
    await expect.poll(async () => (await checkLedger(location, budgets)).responses.map(({ state }) => state)).toEqual(['settled']);
    await ledger.close();
    expect((await checkLedger(location, budgets, { ended: true })).budgets).toMatchObject([{ spent_nanocents: 2n * cent }]);
  });

  test('a reservation whose answer got lost is undone, and an end whose answer got lost is written once', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 10n * cent)];
    await using ledger = openSwitched(location);
    const kept = await ledger.reserve(intent('kept', { budgets }));
    ledger.state.is = 'lost';
    await expect(ledger.reserve(intent('lost', { budgets }))).rejects.toMatchObject({ kind: 'storageUnavailable' });
    await expect(ledger.openGroup(groupIntent('g', cent, budgets))).rejects.toMatchObject({ kind: 'storageUnavailable' });
    await kept.settle(end(2n * cent));
    expect((await checkLedger(location, budgets)).responses).toHaveLength(2);
    ledger.state.is = 'there';
    await ledger.close();
    const state = await checkLedger(location, budgets, { ended: true });
    expect(state.budgets).toMatchObject([{ spent_nanocents: 2n * cent }]);
    expect(state.responses).toMatchObject([
      { id: 'kept', outcome: 'ok' },
      { id: 'lost', outcome: 'error', cost_nanocents: 0n, error_kind: 'storageUnavailable' },
    ]);
  });

  test('an answer does not wait for a storage that hangs', async () => {
    const location = await engine.create();
    await using ledger = openSwitched(location, { patienceMs: 1000 });
    const reservation = await ledger.reserve(intent('a'));
    ledger.state.is = 'hung';
    const other = await ledger.reserve(intent('b'));
    expect(other.warning?.code).toBe('historyUnavailable');
    await reservation.settle(end(cent));
    ledger.state.is = 'there';
    await other.settle(end(2n * cent));
    // `close` has no more patience than that.
    await expect.poll(async () => (await checkLedger(location, [])).responses.map((row) => row.cost_nanocents)).toEqual([cent, 2n * cent]);
    await ledger.close();
    await checkLedger(location, [], { ended: true });
  });

  test('an end that comes while its beginning is being written is written, too', async () => {
    const location = await engine.create();
    await using ledger = openSwitched(location);
    await lookedAround(ledger);
    ledger.state.is = 'away';
    const reservation = await ledger.reserve(intent('a'));
    ledger.state.is = 'hung';
    await expect.poll(() => ledger.state.hanging).toBe(1);
    await reservation.settle(end(cent));
    ledger.state.is = 'there';
    await ledger.close();
    expect((await checkLedger(location, [], { ended: true })).responses).toMatchObject([{ state: 'settled', cost_nanocents: cent }]);
  });

  test('a row that cannot be written at all does not keep others waiting', async () => {
    const location = await engine.create();
    await using ledger = openSwitched(location);
    // No response is without a provider.
    expect((await ledger.reserve(intent('a', { provider: undefined as never }))).warning?.code).toBe('historyUnavailable');
    await expect.poll(() => ledger.lines.join('\n')).toContain('Usage of one response cannot be written and is lost');
    await expect.poll(async () => (await ledger.reserve(intent(`b${Math.random()}`))).warning).toBeUndefined();
  });

  test('no more is kept than there is room for: the oldest go, and a line counts them', async () => {
    const location = await engine.create();
    await using ledger = openSwitched(location, { maxUnwritten: 3 });
    ledger.state.is = 'away';
    for (const id of ['a', 'b', 'c', 'd', 'e']) await (await ledger.reserve(intent(id))).settle(end(cent));
    ledger.state.is = 'there';
    await ledger.close();
    expect((await checkLedger(location, [], { ended: true })).responses.map(({ id }) => id)).toEqual(['c', 'd', 'e']);
    expect(ledger.lines).toContain('More than 3 rows wait for the storage: the oldest are dropped (1 by now).');
    expect(ledger.lines.at(-1)).toBe('The storage is back: 3 rows that waited for it are written, 2 were dropped.');
  });

  test('what still waits at the end is kept in a file, which the next one writes', async () => {
    const location = await engine.create();
    const budgets = [budget('paid', 10n * cent, { match: { purpose: ['paid'] } })];
    const spillPath = join(folder, engine.kind, 'unwritten-usage');
    const content = { system: 'be brief', messages: [], answer: [] };
    {
      await using ledger = openSwitched(location, { spillPath });
      const reservation = await ledger.reserve(intent('held', { budgets, purpose: 'paid' }));
      ledger.state.is = 'away';
      await reservation.settle(end(2n * cent));
      await (await ledger.reserve(intent('free'))).settle(end(cent, { content }));
    }
    const [file] = readdirSync(join(folder, engine.kind));
    expect(file).toBe('unwritten-usage.one.ndjson');
    expect(statSync(join(folder, engine.kind, file!)).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, engine.kind, 'unwritten-usage.cut.ndjson'), '{"what":"response","id":"x"');
    await using next = openLedger(location, { instanceId: 'two', spillPath, now: () => new Date(noon.getTime() + 61_000) });
    await next.standings([]);
    await expect.poll(() => readdirSync(join(folder, engine.kind))).toEqual([]);
    const state = await checkLedger(location, budgets, { ended: true });
    expect(state.responses).toMatchObject([
      { id: 'free', cost_nanocents: cent },
      { id: 'held', cost_nanocents: 2n * cent, state: 'settled' },
    ]);
    expect(state.contents).toHaveLength(1);
  });

  test('without such a file a line says how many are lost', async () => {
    await using ledger = openSwitched(await engine.create());
    ledger.state.is = 'away';
    await (await ledger.reserve(intent('a'))).settle(end(cent));
    await ledger.close();
    expect(ledger.lines.at(-1)).toContain('1 rows of usage that waited for the storage are lost');
  });
});

describe.skipIf(postgresFolder() === null)('PostgreSQL that stops and starts again', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  }, 120_000);
  afterAll(async () => server.remove(), 120_000);

  test('loses no usage and charges nothing twice', { timeout: 120_000 }, async () => {
    const location = await server.createDatabase();
    const budgets = [budget('paid', 10n * cent, { match: { purpose: ['paid'] } })];
    await using ledger = openLedger(location);
    const held = await ledger.reserve(intent('held', { budgets, purpose: 'paid' }));
    await server.stop();
    const free = await ledger.reserve(intent('free'));
    expect(free.warning?.code).toBe('historyUnavailable');
    await expect(ledger.reserve(intent('refused', { budgets, purpose: 'paid' }))).rejects.toMatchObject({ kind: 'storageUnavailable' });
    await held.settle(end(2n * cent));
    await free.settle(end(cent));
    await server.start();
    await expect
      .poll(async () => (await checkLedger(location, budgets).catch(() => null))?.responses.map(({ id, state }) => `${id} ${state}`), {
        timeout: 30_000,
      })
      .toEqual(['free settled', 'held settled']);
    await (await ledger.reserve(intent('again', { budgets, purpose: 'paid' }))).settle(end(cent));
    expect((await checkLedger(location, budgets, { ended: true })).budgets).toMatchObject([{ spent_nanocents: 3n * cent }]);
  });
});
