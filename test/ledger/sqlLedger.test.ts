import { expect, test } from 'vitest';
import { Failure } from '../../src/lib/failure.ts';
import { describeEngines } from '../support/engines.ts';
import { checkLedger } from './support/checkLedger.ts';
import { attempt, budget, cent, end, groupIntent, intent, openLedger } from './support/ledgers.ts';

describeEngines('the ledger', (engine) => {
  test('writes a response down before it is sent, and completes it', async () => {
    const location = await engine.create();
    const all = [budget('all', 10n * cent)];
    await using ledger = openLedger(location);
    const reservation = await ledger.reserve(
      intent('a', { budgets: all, step: 2, groupId: 'g', conversationId: 'c', purpose: 'chat', actor: { id: 'ann', role: 'admin' } }),
    );
    expect(reservation.warning).toBeUndefined();
    const before = await checkLedger(location, all);
    expect(before.responses).toMatchObject([
      {
        id: 'a',
        prompt_id: 'prompt of a',
        step: 2,
        attempt: 0,
        kind: 'prompt',
        group_id: 'g',
        conversation_id: 'c',
        model: 'echo',
        provider: 'echo',
        purpose: 'chat',
        actor_id: 'ann',
        state: 'open',
        outcome: null,
        reserved_nanocents: 3_000_000_000n,
        seen_nanocents: 1_000_000_000n,
        charged_nanocents: 0n,
        instance_id: 'one',
        started_at: '2026-03-10T12:00:00.000Z',
        lease_until: '2026-03-10T12:01:00.000Z',
      },
    ]);
    expect(before.budgets).toMatchObject([{ spent_nanocents: 0n, reserved_nanocents: 3_000_000_000n }]);
    await reservation.settle(
      end(2n * cent, {
        usage: { inputTokens: 7, outputTokens: 11, reasoningTokens: 2, cacheReadTokens: 3 },
        attempts: [attempt('rateLimited')],
        content: {
          system: 'be brief',
          messages: [{ role: 'user', content: 'Where is the cat?\0' }],
          answer: [{ type: 'text', text: 'On the mat.' }],
        },
      }),
    );
    const after = await checkLedger(location, all, { ended: true });
    expect(after.responses).toMatchObject([
      {
        id: 'a',
        attempt: 1,
        state: 'settled',
        outcome: 'ok',
        stop_reason: 'end',
        error_kind: null,
        input_tokens: 7,
        output_tokens: 11,
        reasoning_tokens: 2,
        cache_read_tokens: 3,
        cache_write_tokens: null,
        cost_nanocents: 2_000_000_000n,
        cost_source: 'computed',
        price_id: 'list',
        charged_nanocents: 2_000_000_000n,
        lease_until: null,
        settled_at: '2026-03-10T12:00:00.000Z',
        first_delta_ms: 12.5,
        duration_ms: 40,
      },
      {
        id: 'a.0',
        prompt_id: 'prompt of a',
        step: 2,
        attempt: 0,
        state: 'settled',
        outcome: 'error',
        error_kind: 'rateLimited',
        cost_nanocents: 0n,
        charged_nanocents: 0n,
        input_tokens: null,
        duration_ms: 5,
      },
    ]);
    expect(after.budgets).toMatchObject([{ spent_nanocents: 2_000_000_000n, reserved_nanocents: 0n }]);
    expect(after.contents).toMatchObject([
      {
        response_id: 'a',
        request: '{"system":"be brief","messages":[{"role":"user","content":"Where is the cat?\\u0000"}]}',
        answer: '[{"type":"text","text":"On the mat."}]',
        search_text: 'be brief\nWhere is the cat?\uFFFD\nOn the mat.',
      },
    ]);
  });

  test('an attempt that cost something: its row has what it used, and its budgets are charged once, where the response began', async () => {
    const location = await engine.create();
    const budgets = [budget('day', 20n * cent, { per: 'day' })];
    await using ledger = openLedger(location);
    const startedAt = new Date('2026-03-10T23:59:59.999Z');
    const broken = attempt('providerError', {
      startedAt: new Date('2026-03-11T00:00:00.000Z'),
      usage: { inputTokens: 3, outputTokens: null, cacheReadTokens: 1 },
      cost: { usd: '0.01', source: 'estimated', priceId: 'list' },
    });
    const reservation = await ledger.reserve(intent('a', { budgets, startedAt }));
    await reservation.settle(end(3n * cent, { cost: { usd: '0.02', source: 'computed' }, attempts: [attempt('rateLimited'), broken] }));
    const next = intent('b', { budgets, startedAt: new Date('2026-03-11T00:00:01.000Z') });
    await (await ledger.reserve(next)).settle(end(4n * cent));
    const { responses, budgets: counters } = await checkLedger(location, budgets, { ended: true });
    expect(responses).toMatchObject([
      { id: 'a', cost_nanocents: 2n * cent, charged_nanocents: 3n * cent },
      { id: 'a.0', cost_nanocents: 0n, cost_source: 'computed', charged_nanocents: 0n, input_tokens: null, output_tokens: null },
      {
        id: 'a.1',
        cost_nanocents: cent,
        cost_source: 'estimated',
        price_id: 'list',
        charged_nanocents: 0n,
        input_tokens: 3,
        output_tokens: null,
        cache_read_tokens: 1,
      },
      { id: 'b', cost_nanocents: 4n * cent },
    ]);
    expect(counters.map((row) => [row.window_start.slice(0, 10), row.spent_nanocents]).toSorted()).toEqual([
      ['2026-03-10', 3n * cent],
      ['2026-03-11', 4n * cent],
    ]);
  });

  test('holds every budget or none, and says which one had no room', async () => {
    const location = await engine.create();
    const budgets = [
      budget('all', 100n * cent),
      budget('team', 5n * cent, { match: { purpose: ['chat'] }, per: 'month', timeZone: 'Europe/Berlin' }),
    ];
    await using ledger = openLedger(location);
    const first = await ledger.reserve(intent('a', { budgets, purpose: 'chat' }));
    const failure = await ledger.reserve(intent('b', { budgets, purpose: 'chat' })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      kind: 'budgetExceeded',
      message:
        'The budget "team" has $0.02 left of $0.05 a month, and this may cost $0.03: $0 is spent and $0.03 is held by what is running. ' +
        'Wait until what is running has ended, ask for less (a cheaper model, a lower limit of tokens), or raise limit_usd of the budget in the configuration. ' +
        'It begins anew at 2026-03-31T22:00:00.000Z.',
      detail: {
        retryable: true,
        limit: {
          budget: 'team',
          limitUsd: '0.05',
          spentUsd: '0',
          reservedUsd: '0.03',
          requiredUsd: '0.03',
          windowEnd: '2026-03-31T22:00:00.000Z',
        },
      },
    });
    const state = await checkLedger(location, budgets);
    expect(state.responses.map(({ id }) => id)).toEqual(['a']);
    expect(state.budgets.map((row) => row.reserved_nanocents)).toEqual([3n * cent, 3n * cent]);
    await ledger.reserve(intent('c', { budgets }));
    await first.settle(end(cent));
    await ledger.reserve(intent('b', { budgets, purpose: 'chat' }));
    await checkLedger(location, budgets);
  });

  test('holds and charges once, however often it is asked', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 5n * cent)];
    await using ledger = openLedger(location);
    await using other = openLedger(location, { instanceId: 'two' });
    const [first, second] = await Promise.all([ledger.reserve(intent('a', { budgets })), ledger.reserve(intent('a', { budgets }))]);
    expect((await checkLedger(location, budgets)).budgets).toMatchObject([{ reserved_nanocents: 3n * cent }]);
    const third = await other.reserve(intent('a', { budgets }));
    await Promise.all([first.settle(end(cent)), first.settle(end(cent)), second.settle(end(2n * cent)), third.settle(end(2n * cent))]);
    const { budgets: counters, responses } = await checkLedger(location, budgets, { ended: true });
    expect(counters[0]?.spent_nanocents).toBe(responses[0]?.charged_nanocents);
    expect(responses).toHaveLength(1);
    await (await ledger.reserve(intent('a', { budgets }))).settle(end(3n * cent));
    expect((await checkLedger(location, budgets, { ended: true })).budgets).toEqual(counters);
  });

  test('charges more than was held where it cost more', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 5n * cent)];
    await using ledger = openLedger(location);
    await (await ledger.reserve(intent('a', { budgets }))).settle(end(7n * cent));
    await checkLedger(location, budgets, { ended: true, over: true });
    await expect(ledger.reserve(intent('b', { budgets, nanocents: 0n }))).rejects.toMatchObject({ kind: 'budgetExceeded' });
  });

  test.each(['at once', 'after it was moved'])('holds more for an attempt that is made again, %s, or as much as before', async (when) => {
    const location = await engine.create();
    const budgets = [budget('all', 6n * cent), budget('each', 50n * cent, { each: ['model'] })];
    const later = budget('new', 9n * cent);
    await using ledger = openLedger(location);
    const held = await ledger.reserve(intent('a', { budgets }));
    // A budget that is new moves what runs.
    if (when === 'after it was moved') await (await ledger.reserve(intent('b', { budgets: [later] }))).settle(end(0n));
    await held.more?.(2n * cent);
    expect((await checkLedger(location, [...budgets, later])).budgets[0]).toMatchObject({ reserved_nanocents: 5n * cent });
    await expect(held.more?.(2n * cent)).rejects.toMatchObject({ kind: 'budgetExceeded', detail: { limit: { reservedUsd: '0.05' } } });
    expect((await checkLedger(location, [...budgets, later])).budgets[0]).toMatchObject({ reserved_nanocents: 5n * cent });
    await held.settle(end(4n * cent));
    const { budgets: counters } = await checkLedger(location, [...budgets, later], { ended: true });
    expect(counters[0]).toMatchObject({ spent_nanocents: 4n * cent, reserved_nanocents: 0n });
  });

  test('counts an unknown cost as what it is charged, and keeps it unknown', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 50n * cent)];
    await using ledger = openLedger(location);
    const reservation = await ledger.reserve(intent('a', { budgets, nanocents: 10n * cent }));
    await reservation.settle(
      end(10n * cent, {
        outcome: 'cancelled',
        stopReason: 'cancelled',
        usage: { inputTokens: null, outputTokens: null },
        cost: { usd: null, source: 'unknown' },
      }),
    );
    const state = await checkLedger(location, budgets, { ended: true });
    expect(state.responses).toMatchObject([
      { outcome: 'cancelled', cost_nanocents: null, cost_source: 'unknown', input_tokens: null, charged_nanocents: 10n * cent },
    ]);
    expect(state.budgets).toMatchObject([{ spent_nanocents: 10n * cent }]);
  });

  test('tells what is left, before and after the first charge', async () => {
    const location = await engine.create();
    const budgets = [budget('all', 50n * cent)];
    await using ledger = openLedger(location);
    const { charges } = intent('x', { budgets });
    expect(await ledger.standings(charges)).toEqual([{ charge: charges[0], spent: 0n, reserved: 0n }]);
    await (await ledger.reserve(intent('a'))).settle(end(2n * cent));
    expect(await ledger.standings(charges)).toEqual([{ charge: charges[0], spent: 2_000_000_000n, reserved: 0n }]);
    await ledger.reserve(intent('b', { budgets }));
    expect(await ledger.standings(charges)).toEqual([{ charge: charges[0], spent: 2_000_000_000n, reserved: 3_000_000_000n }]);
  });

  test('a budget that is new counts what was spent in its window and what is running', async () => {
    const location = await engine.create();
    await using ledger = openLedger(location);
    const before = new Date('2026-03-09T23:59:59.999Z');
    await (await ledger.reserve(intent('yesterday', { startedAt: before }))).settle(end(90n * cent));
    await (await ledger.reserve(intent('a', { actor: { id: 'ann' } }))).settle(end(2n * cent));
    await (await ledger.reserve(intent('nobody'))).settle(end(4n * cent));
    await (await ledger.reserve(intent('other', { actor: { id: 'ann' }, model: 'other' }))).settle(end(8n * cent));
    const old = [budget('old', 1000n * cent)];
    const running = await ledger.reserve(intent('running', { actor: { id: 'ann' }, budgets: old }));
    const each = [budget('each', 6n * cent, { per: 'day', each: ['actor'], match: { model: ['echo'] } })];
    await expect(ledger.reserve(intent('b', { actor: { id: 'ann' }, budgets: each }))).rejects.toMatchObject({
      detail: { limit: { spentUsd: '0.02', reservedUsd: '0.03', requiredUsd: '0.03' } },
    });
    await expect(ledger.reserve(intent('b', { budgets: each }))).rejects.toMatchObject({
      detail: { limit: { spentUsd: '0.04', reservedUsd: '0' } },
    });
    await ledger.reserve(intent('b', { actor: { id: 'ann' }, budgets: each, nanocents: cent }));
    await running.settle(end(cent));
    const { budgets } = await checkLedger(location, [...old, ...each]);
    expect(budgets.find(({ budget: key }) => key.includes('ann'))).toMatchObject({ spent_nanocents: 3n * cent, reserved_nanocents: cent });
  });

  test('keeps apart two budgets with a key that is too long for an index', async () => {
    const location = await engine.create();
    const models = Array.from({ length: 300 }, (_, index) => `provider/model-number-${index}`);
    const budgets = [
      budget('long', 5n * cent, { match: { model: ['echo', ...models] } }),
      budget('long', 50n * cent, { match: { model: ['echo', ...models, 'one more'] } }),
    ];
    await using ledger = openLedger(location);
    await ledger.reserve(intent('a', { budgets }));
    await expect(ledger.reserve(intent('b', { budgets }))).rejects.toMatchObject({ detail: { limit: { limitUsd: '0.05' } } });
  });

  test('names of any length and with any character are kept', async () => {
    const location = await engine.create();
    await using ledger = openLedger(location);
    const actor = { id: `\0${'é'.repeat(5000)}` };
    const reservation = await ledger.reserve(intent('a', { actor, purpose: '\0', promptId: 'p'.repeat(9000) }));
    expect(reservation.warning).toBeUndefined();
    await reservation.settle(
      end(0n, {
        content: {
          system: undefined,
          messages: [{ role: 'user', content: Array.from({ length: 400_000 }, (_, index) => `w${index}`).join(' ') }],
          answer: [],
        },
      }),
    );
    expect((await checkLedger(location, [], { ended: true })).contents).toHaveLength(1);
  });

  test('money is exact up to millions of dollars', async () => {
    const location = await engine.create();
    const limit = 9_000_000_000_000_000_000n * 1000n;
    const budgets = [budget('all', limit)];
    await using ledger = openLedger(location);
    const reservation = await ledger.reserve(intent('a', { budgets, nanocents: 1_999_999_999_999_999_999n }));
    await reservation.settle(end(1_234_567_890_123_456_789n));
    const state = await checkLedger(location, budgets, { ended: true });
    expect(state.budgets).toMatchObject([{ spent_nanocents: 1_234_567_890_123_456_789n }]);
    expect(state.responses).toMatchObject([{ cost_nanocents: 1_234_567_890_123_456_789n }]);
    await expect(ledger.reserve(intent('b', { budgets, nanocents: limit }))).rejects.toMatchObject({ kind: 'budgetExceeded' });
  });

  test('takes keys out of what it keeps', async () => {
    const location = await engine.create();
    await using ledger = openLedger(location, { redact: (value) => JSON.parse(JSON.stringify(value).replaceAll('sk-canary', '***')) });
    await (
      await ledger.reserve(intent('a'))
    ).settle(
      end(0n, {
        content: {
          system: undefined,
          messages: [{ role: 'user', content: 'my key is sk-canary' }],
          answer: [{ type: 'text', text: 'sk-canary!' }],
        },
      }),
    );
    expect(JSON.stringify((await checkLedger(location, [])).contents)).not.toContain('canary');
  });

  test('groups without a budget hold nothing', async () => {
    const location = await engine.create();
    await using ledger = openLedger(location);
    const group = await ledger.openGroup(groupIntent('g', 5n * cent, []));
    await (await ledger.reserve(intent('a', { group }))).settle(end(cent));
    await group.close();
    expect((await checkLedger(location, [], { ended: true })).groups).toEqual([]);
  });
});
