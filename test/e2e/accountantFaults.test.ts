import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { parseUsd } from '../../src/pricing/price.ts';
import type { Budget } from '../../src/policy/moneyRules.ts';
import { createWindows } from '../../src/policy/window.ts';
import { checkLedger, readLedger } from '../ledger/support/checkLedger.ts';
import { startReady, type Sidecar, type SidecarOptions } from '../support/sidecar.ts';
import { wholeLines } from '../support/wholeLines.ts';

/** behaviour 9.6: each fault of the original, by its name there, with the real process and a real file. */

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const prices =
  'prices:\n  echo: {input: 1, output: 2}\n  test-slow: {input: 1, output: 2}\n  test-fails: {input: 1, output: 2}\n  test-endless: {input: 1, output: 2}\n';

interface World extends Sidecar {
  readonly file: string;
}

/** With one budget named `all`, 10 dollars unless the configuration has others. */
async function open(more = '', options: SidecarOptions & { file?: string; limit?: string; priced?: boolean } = {}): Promise<World> {
  const { file = join(folder, String(++files), 'sidecar.db'), limit = '10', priced = true, ...rest } = options;
  const budgets = more.includes('budgets:') ? '' : `budgets: [{name: all, limit_usd: ${limit}, per: total}]\n`;
  const sidecar = await startReady({
    config: `default_model: echo\ntest_models: true\nstorage: ${JSON.stringify(file)}\n${budgets}${priced ? prices : ''}${more}`,
    ...rest,
  });
  return { ...sidecar, file };
}

const all = (limit = '10', more: Partial<Budget> = {}): Budget => ({
  name: 'all',
  match: {},
  each: [],
  limitNanocents: parseUsd(limit),
  per: 'total',
  timeZone: 'UTC',
  windowAt: createWindows('total', 'UTC'),
  ...more,
});

/** The rows, after the sidecar has written all; throws where the ledger is not what they add up to. */
const ledgerOf = async ({ file }: World, budgets = [all()]) => checkLedger(file, budgets);

/** Resolves with the first text of a prompt that streams. */
async function started({ host }: World, id: string, params: object): Promise<void> {
  host.send({ jsonrpc: '2.0', id, method: 'llm/prompt', params: { promptId: id, prompt: 'x', stream: {}, ...params } });
  await host.next(
    ({ method, params }) =>
      method === 'llm/delta' && params.promptId === id && params.deltas.some(({ type }: { type: string }) => type === 'text'),
  );
}

const answerTo = async ({ host }: World, id: string) => host.next((message) => message.id === id && message.method === undefined);

/** A plugin with one accountant that writes down what it is told; `change` replaces members of it. */
const books = (change = ''): Pick<SidecarOptions, 'llmFolder'> => ({
  llmFolder: {
    'books.ts': `import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { BudgetExceeded, definePlugin } from 'llm-sidecar/plugin';
const record = (...event: unknown[]): void => appendFileSync(join(import.meta.dirname, 'events.ndjson'), JSON.stringify(event) + String.fromCharCode(10));
export default definePlugin({
  name: 'books',
  registerAccountants: () => [
    {
      name: 'a',
      reserve: (request) => (record('reserve', request), request.step),
      settle: (step, { costUsd, outcome }) => record('settle', step, costUsd, outcome),
      release: (step) => record('release', step),
      ${change}
    },
  ],
  registerTools: () => [{ name: 'add', execute: () => 'done' }],
});
`,
  },
});
const withBooks = 'plugins: [./books.ts]\n';
const eventsOf = ({ dir }: World): any[] => wholeLines(join(dir, 'events.ndjson'));
const callsAdd = JSON.stringify({ tool_calls: [{ name: 'add', arguments: {} }] });

describe('9.6', () => {
  test('chains cost nothing', async () => {
    await using sidecar = await open(withBooks, books());
    const { result } = await sidecar.host.request('llm/prompt', { prompt: callsAdd, toolNames: ['add'] });
    expect(result.steps).toHaveLength(2);
    const { responses, budgets } = await ledgerOf(sidecar);
    expect(responses.map(({ step, state, outcome }) => [step, state, outcome])).toEqual([
      [0, 'settled', 'ok'],
      [1, 'settled', 'ok'],
    ]);
    for (const { charged_nanocents: charged } of responses) expect(charged).toBeGreaterThan(0n);
    expect(budgets).toMatchObject([{ spent_nanocents: parseUsd(result.cost.usd), reserved_nanocents: 0n }]);
    expect(eventsOf(sidecar).filter(([what]) => what === 'settle')).toEqual([
      ['settle', 0, result.steps[0].cost.usd, 'ok'],
      ['settle', 1, result.steps[1].cost.usd, 'ok'],
    ]);
  });

  test('the exceeded error is swallowed', async () => {
    await using sidecar = await open('auto_reservation_usd: 0.02\n', { limit: '0.01' });
    const { host } = sidecar;
    const exceeded = {
      code: -31060,
      message: expect.stringContaining('"all"'),
      data: { kind: 'budgetExceeded', limit: { budget: 'all', limitUsd: '0.01', spentUsd: '0', requiredUsd: '0.02' } },
    };
    expect((await host.request('llm/prompt', { prompt: 'x' })).error).toMatchObject(exceeded);
    expect((await host.request('llm/prompt', { prompt: 'x', promptId: 's', stream: {} })).error).toMatchObject(exceeded);
    expect((await host.request('llm/groupOpen', { groupId: 'g', reserveUsd: '0.02' })).error).toMatchObject(exceeded);
    expect(host.messages.filter(({ method }) => method === 'llm/delta')).toEqual([]);
    expect(await ledgerOf(sidecar, [all('0.01')])).toMatchObject({ responses: [], groups: [], holds: [] });
  });

  test('the exceeded error is swallowed: of an accountant, too', async () => {
    const refusal = `reserve: () => { throw new BudgetExceeded('The project is out of money.', { project: 7 }); },`;
    await using sidecar = await open(withBooks, books(refusal));
    expect((await sidecar.host.request('llm/prompt', { prompt: 'x' })).error).toMatchObject({
      code: -31060,
      message: 'The project is out of money.',
      data: { kind: 'budgetExceeded', registrationId: 'books/a', data: { project: 7 } },
    });
    expect((await ledgerOf(sidecar)).responses).toEqual([]);
  });

  test('concurrent first prompts of a group reserve twice', async () => {
    await using sidecar = await open('auto_reservation_usd: 0.10\n', { limit: '0.55' });
    const { host } = sidecar;
    await host.request('llm/groupOpen', { groupId: 'g', model: 'test-endless' });
    await Promise.all([started(sidecar, 'p1', { groupId: 'g' }), started(sidecar, 'p2', { groupId: 'g' })]);
    const held = await ledgerOf(sidecar, [all('0.55')]);
    expect(held.responses.map(({ drawn_nanocents: drawn }) => drawn)).toEqual([parseUsd('0.1'), parseUsd('0.1')]);
    expect(held.budgets).toMatchObject([{ spent_nanocents: 0n, reserved_nanocents: parseUsd('0.5') }]);
    // There is no room for a prompt beside the group.
    expect((await host.request('llm/prompt', { prompt: 'x' })).error.data.kind).toBe('budgetExceeded');
    const { result } = await host.request('llm/groupClose', { groupId: 'g', mode: 'cancel' });
    const { budgets, groups } = await ledgerOf(sidecar, [all('0.55')]);
    expect(budgets).toMatchObject([{ spent_nanocents: parseUsd(result.cost.usd), reserved_nanocents: 0n }]);
    expect(groups).toMatchObject([{ state: 'settled' }]);
  });

  test.each([
    ['cancelled', 'test-endless', 'cancelled'],
    ['failed', 'test-fails', 'error'],
  ])('a cancelled or failed stream leaks its reservation or is billed as zero: %s', async (_, model, outcome) => {
    await using sidecar = await open();
    await started(sidecar, 'p', { model });
    if (outcome === 'cancelled') sidecar.host.notify('$/cancelRequest', { id: 'p' });
    const { result, error } = await answerTo(sidecar, 'p');
    const cost = result?.cost ?? error.data.partial.cost;
    expect(cost).toMatchObject({ source: 'estimated' });
    const { responses, budgets, holds } = await ledgerOf(sidecar);
    expect(responses).toMatchObject([{ state: 'settled', outcome, cost_source: 'estimated', output_tokens: null }]);
    expect(responses[0]!.charged_nanocents).toBeGreaterThan(0n);
    expect([budgets, holds]).toMatchObject([[{ spent_nanocents: parseUsd(cost.usd), reserved_nanocents: 0n }], []]);
  });

  test('a cancelled or failed stream leaks its reservation or is billed as zero: the host is lost', async () => {
    const sidecar = await open();
    await started(sidecar, 'p', { model: 'test-endless' });
    await sidecar.stop();
    const { responses, budgets, holds } = await ledgerOf(sidecar);
    expect(responses).toMatchObject([{ state: 'settled', outcome: 'cancelled' }]);
    expect([budgets, holds]).toMatchObject([[{ spent_nanocents: responses[0]!.charged_nanocents, reserved_nanocents: 0n }], []]);
    expect(responses[0]!.charged_nanocents).toBeGreaterThan(0n);
  });

  test("one accountant's failure turns a paid answer into an error", async () => {
    await using sidecar = await open(withBooks, books(`settle: () => { throw new Error('the books are shut'); },`));
    const { result } = await sidecar.host.request('llm/prompt', { prompt: '{"raw": "paid"}' });
    expect(result).toMatchObject({
      text: 'paid',
      stopReason: 'end',
      _meta: { hookErrors: [{ registrationId: 'books/a', message: 'the books are shut' }] },
    });
    expect((await ledgerOf(sidecar)).responses).toMatchObject([{ outcome: 'ok', charged_nanocents: parseUsd(result.cost.usd) }]);
    await expect.poll(() => sidecar.host.stderr, { timeout: 40_000 }).toContain('the books are shut');
  });

  test('reservations live in memory and die with the process', async () => {
    const first = await open('auto_reservation_usd: 0.10\n', { limit: '0.15' });
    await started(first, 'p', { model: 'test-endless' });
    first.host.kill('SIGKILL');
    await first.host.closed;
    const { file } = first;
    expect((await ledgerOf(first, [all('0.15')])).budgets).toMatchObject([{ reserved_nanocents: parseUsd('0.1') }]);
    await using second = await open('auto_reservation_usd: 0.10\n', { file, limit: '0.15' });
    // It is not known yet that the other one is gone.
    expect((await second.host.request('llm/prompt', { prompt: 'x' })).error.data).toMatchObject({
      kind: 'budgetExceeded',
      limit: { reservedUsd: '0.1', spentUsd: '0' },
    });
    const database = new DatabaseSync(file, { timeout: 20_000 });
    database.exec(`update llm_sidecar_intake set lease_until = '2020-01-01T00:00:00.000Z' where state = 'open'`);
    database.close();
    expect((await second.host.request('llm/prompt', { prompt: 'x' })).result.stopReason).toBe('end');
    const { responses, budgets } = await ledgerOf(second, [all('0.15')]);
    expect(responses).toMatchObject([
      { state: 'expired', outcome: 'lost', cost_source: 'estimated' },
      { state: 'settled', outcome: 'ok' },
    ]);
    for (const { charged_nanocents: charged } of responses) expect(charged).toBeGreaterThan(0n);
    expect(budgets).toMatchObject([{ reserved_nanocents: 0n }]);
    await first.stop();
  });

  test('unknown price counts as free', async () => {
    await using denies = await open('', { priced: false });
    const { error } = await denies.host.request('llm/prompt', { prompt: 'x' });
    expect(error).toMatchObject({ code: -31060, message: expect.stringMatching(/price of echo is unknown.*prices:/) });
    expect((await readLedger(denies.file)).responses).toEqual([]);
    await using estimates = await open(`unpriced: estimate\n${withBooks}`, { priced: false, ...books() });
    const { result } = await estimates.host.request('llm/prompt', { prompt: 'x' });
    expect(result.cost).toEqual({ usd: null, source: 'unknown' });
    expect(await ledgerOf(estimates)).toMatchObject({
      responses: [{ cost_nanocents: null, cost_source: 'unknown', charged_nanocents: parseUsd('0.1') }],
      budgets: [{ spent_nanocents: parseUsd('0.1') }],
    });
    expect(eventsOf(estimates)).toMatchObject([
      ['reserve', { reserveUsd: null }],
      ['settle', 0, null, 'ok'],
    ]);
  });

  test('cached tokens are mispriced', async () => {
    await using upstream = await serveCached();
    await using sidecar = await open(
      `providers:\n  up: {type: openai-compatible, base_url: ${upstream.url}, models: [{id: cached}]}\nprices:\n  cached: {input: 2, output: 10, cache_read: 0.5}\n`,
      { priced: false },
    );
    const { result } = await sidecar.host.request('llm/prompt', { model: 'cached', prompt: 'x' });
    expect(result.usage).toMatchObject({ inputTokens: 1000, outputTokens: 100, cacheReadTokens: 900 });
    // 100 at 2 dollars, 900 at 0.50 and 100 at 10 for a million.
    expect(result.cost).toMatchObject({ usd: '0.00165', source: 'computed' });
    expect((await ledgerOf(sidecar)).responses).toMatchObject([
      { input_tokens: 1000, cache_read_tokens: 900, charged_nanocents: 165_000_000n },
    ]);
  });

  test('actor never reaches accountants', async () => {
    const budget = 'budgets: [{name: all, limit_usd: 0.15, per: total, each: actor}]\nauto_reservation_usd: 0.10\n';
    await using sidecar = await open(budget + withBooks, books());
    const { host } = sidecar;
    await started(sidecar, 'p', { model: 'test-endless', actor: { id: 'ann' } });
    expect((await host.request('llm/prompt', { prompt: 'x', actor: { id: 'ann' } })).error.data.kind).toBe('budgetExceeded');
    expect((await host.request('llm/prompt', { prompt: 'x', actor: { id: 'bob' }, purpose: 'chat' })).result.stopReason).toBe('end');
    expect(eventsOf(sidecar).filter(([what]) => what === 'reserve')).toMatchObject([
      ['reserve', { actor: { id: 'ann' }, model: 'test-endless', promptId: 'p', step: 0 }],
      ['reserve', { actor: { id: 'ann' }, model: 'echo' }],
      ['reserve', { actor: { id: 'bob' }, model: 'echo', purpose: 'chat' }],
    ]);
    const { responses } = await ledgerOf(sidecar, [all('0.15', { each: ['actor'] })]);
    expect(responses.map(({ actor_id: actor }) => actor)).toEqual(['ann', 'bob']);
  });

  test('binary-float dollars (0.29 → 28999999999)', async () => {
    await using sidecar = await open(`auto_reservation_usd: 0.29\n${withBooks}`, { limit: '0.29', ...books() });
    await started(sidecar, 'p', { model: 'test-endless' });
    // Exactly the limit fits, and is used up.
    const { responses, budgets } = await ledgerOf(sidecar, [all('0.29')]);
    expect(responses).toMatchObject([{ reserved_nanocents: 29_000_000_000n }]);
    expect(budgets).toMatchObject([{ reserved_nanocents: 29_000_000_000n }]);
    expect((await sidecar.host.request('llm/prompt', { prompt: 'x' })).error.data.limit).toMatchObject({
      limitUsd: '0.29',
      reservedUsd: '0.29',
    });
    expect(eventsOf(sidecar)[0]).toMatchObject(['reserve', { reserveUsd: '0.29' }]);
  });
});

/** A server whose every answer has 900 of 1000 tokens from its cache. */
async function serveCached(): Promise<AsyncDisposable & { url: string }> {
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100, prompt_tokens_details: { cached_tokens: 900 } };
  const choices = [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }];
  const server = createServer((_, response) => {
    const body = { id: 'c', object: 'chat.completion', created: 1, model: 'cached', choices, usage };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
