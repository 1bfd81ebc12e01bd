import { expect, test } from 'vitest';
import { createHistory } from '../../src/history/history.ts';
import { describeEngines } from '../support/engines.ts';
import { historyWith, insertRows, running } from './support/rows.ts';

const all = { filter: {}, query: undefined, limit: 100, before: undefined };
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

describeEngines('a list of responses', (engine) => {
  test('has everything that is known of one, and nothing that is not', async () => {
    const { history } = await historyWith(engine, [
      {
        id: 'whole',
        prompt_id: 'p',
        step: 2,
        attempt: 1,
        kind: 'prompt',
        group_id: 'g',
        conversation_id: 'c',
        model: 'gpt-5.4',
        provider: 'openai',
        purpose: 'chat',
        actor_id: 'ann',
        key_source: 'keysFile',
        outcome: 'error',
        stop_reason: 'length',
        error_kind: 'providerError',
        input_tokens: 5,
        output_tokens: 4,
        reasoning_tokens: 3,
        cache_read_tokens: 2,
        cache_write_tokens: 1,
        cost_nanocents: 123n,
        cost_source: 'computed',
        price_id: 'openai/gpt-5.4',
        started_at: at(2),
        first_delta_ms: 0.5,
        duration_ms: 12.25,
      },
      { id: 'running', prompt_id: 'q', kind: 'embed', started_at: at(1), ...running },
      { id: 'lost', prompt_id: 'r', started_at: at(0), state: 'expired', outcome: 'lost', stop_reason: null, cost_nanocents: null },
    ]);
    expect(await history.list(all)).toEqual([
      {
        responseId: 'whole',
        promptId: 'p',
        kind: 'prompt',
        step: 2,
        attempt: 1,
        groupId: 'g',
        conversationId: 'c',
        model: 'gpt-5.4',
        provider: 'openai',
        purpose: 'chat',
        actor: 'ann',
        keySource: 'keysFile',
        outcome: 'error',
        stopReason: 'length',
        errorKind: 'providerError',
        usage: { inputTokens: 5, outputTokens: 4, reasoningTokens: 3, cacheReadTokens: 2, cacheWriteTokens: 1 },
        cost: { usd: '0.00000000123', source: 'computed', priceId: 'openai/gpt-5.4' },
        startedAt: '2026-01-01T00:00:02.000Z',
        firstDeltaMs: 0.5,
        durationMs: 12.25,
      },
      {
        responseId: 'running',
        promptId: 'q',
        kind: 'embed',
        step: 0,
        attempt: 0,
        model: 'echo',
        provider: 'echo',
        outcome: 'running',
        usage: { inputTokens: null, outputTokens: null },
        cost: { usd: null, source: 'unknown' },
        startedAt: '2026-01-01T00:00:01.000Z',
      },
      {
        responseId: 'lost',
        promptId: 'r',
        kind: 'prompt',
        step: 0,
        attempt: 0,
        model: 'echo',
        provider: 'echo',
        outcome: 'lost',
        usage: { inputTokens: 10, outputTokens: 1 },
        cost: { usd: null, source: 'unknown' },
        startedAt: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  test('is read page by page, also when many began at once and more come in between', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `id-${String(index).padStart(2, '0')}`);
    const { history, store } = await historyWith(
      engine,
      ids.map((id, index) => ({ id, started_at: at(Math.floor(index / 10)) })),
    );
    const seen: string[] = [];
    for (let before: string | undefined; ;) {
      const page = await history.list({ ...all, limit: 4, before });
      seen.push(...page.map(({ responseId }) => responseId));
      await insertRows(store, [{ id: `new-${seen.length}`, started_at: at(100 + seen.length) }]);
      if (page.length < 4) break;
      before = page.at(-1)!.responseId;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  test('refuses a page that follows nothing', async () => {
    const { history } = await historyWith(engine, [{ id: 'a' }]);
    await expect(history.list({ ...all, before: "x' or 1=1\u0000" })).rejects.toMatchObject({
      kind: 'invalidParams',
      detail: { issues: [{ path: 'before', message: 'there is no such response' }] },
    });
  });

  test('one of them is read with what was asked and answered, where that is kept', async () => {
    const { history } = await historyWith(engine, [
      { id: 'a', content: { system: 'Be brief.', asked: 'Hi', answered: 'Ho' } },
      { id: 'b', content: { asked: 'Hi', answered: 'Ho' } },
      { id: 'c', model: 'm' },
    ]);
    expect(await history.read('a')).toMatchObject({
      responseId: 'a',
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Hi' }],
      answer: [{ type: 'text', text: 'Ho' }],
    });
    expect(await history.read('b')).not.toHaveProperty('system');
    const bare = await history.read('c');
    expect(bare).toMatchObject({ responseId: 'c', model: 'm' });
    for (const member of ['system', 'messages', 'answer']) expect(bare).not.toHaveProperty(member);
    expect(await history.read('d')).toBeNull();
    expect(await history.read("a'\u0000")).toBeNull();
  });

  test('cannot be searched where no content is kept', async () => {
    const { history } = await historyWith(engine, [{ id: 'a' }], { keepsContent: false });
    await expect(history.list({ ...all, query: 'pelican' })).rejects.toMatchObject({
      kind: 'invalidParams',
      message: expect.stringContaining('history: {content: true}') as string,
      detail: { issues: [{ path: 'query' }], required: { setting: 'history.content' } },
    });
    expect(await history.list({ ...all, query: '  ' })).toHaveLength(1);
  });

  test('can be searched for what was kept before that was turned off', async () => {
    const { history, store } = await historyWith(engine, [{ id: 'a', content: { asked: 'a pelican', answered: 'yes' } }]);
    const off = createHistory({ store, timeZone: () => 'UTC', keepsContent: false, retentionDays: null, log: () => {} });
    expect(await off.list({ ...all, query: 'pelican' })).toEqual(await history.list({ ...all, query: 'pelican' }));
  });
});
