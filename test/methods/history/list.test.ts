import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../../cli/support/folder.ts';
import { fillDatabase } from '../../history/support/database.ts';
import { startReady } from '../../support/sidecar.ts';

const config = 'storage: history.db\nhistory: { content: true }\ndefault_model: echo\ntest_models: true\n';

describe('history/list', () => {
  test('has a row for each response, with its group and conversation, the latest first', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    const group = (await host.request('llm/groupOpen', { purpose: 'enrich', actor: { id: 'ann' } })).result.groupId;
    await host.request('llm/prompt', { promptId: 'p1', groupId: group, prompt: 'one' });
    await host.request('llm/prompt', { promptId: 'p2', conversationId: 'c', prompt: 'two' });
    const { responses } = (await host.request('history/list', {})).result;
    expect(responses).toMatchObject([
      { promptId: 'p2', step: 0, attempt: 0, kind: 'prompt', conversationId: 'c', model: 'echo', outcome: 'ok', stopReason: 'end' },
      { promptId: 'p1', groupId: group, purpose: 'enrich', actor: 'ann', usage: { inputTokens: 1 } },
    ]);
    expect(responses[0]).not.toHaveProperty('groupId');
    expect((await host.request('history/list', { filter: { group } })).result.responses).toHaveLength(1);
  });

  test('finds words of prompts and answers', async () => {
    await using sidecar = await startReady({ config });
    const { host } = sidecar;
    await host.request('llm/prompt', { promptId: 'p1', prompt: '{"raw": "a brown pelican"}' });
    await host.request('llm/prompt', { promptId: 'p2', prompt: 'walrus' });
    const found = async (query: string): Promise<string[]> =>
      (await host.request('history/list', { query })).result.responses.map(({ promptId }: { promptId: string }) => promptId);
    expect([await found('pelican'), await found('"brown pelican" -walrus'), await found('WALRUS'), await found('" -*(')]).toEqual([
      ['p1'],
      ['p1'],
      ['p2'],
      [],
    ]);
  });

  test('in pages that lose nothing', async () => {
    const path = join(folderWith(), 'history.db');
    const ids = Array.from({ length: 10 }, (_, index) => `r${index}`);
    await fillDatabase(
      path,
      ids.map((id) => ({ id })),
    );
    await using sidecar = await startReady({ config: `storage: ${path}\n` });
    const seen: string[] = [];
    for (let before: string | undefined; seen.length < 10;) {
      const { responses } = (await sidecar.host.request('history/list', { limit: 3, before })).result;
      seen.push(...responses.map(({ responseId }: { responseId: string }) => responseId));
      before = seen.at(-1);
    }
    expect(seen).toEqual(ids.toReversed());
  });

  test.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 1001 }, 'limit'],
    [{ before: 'none' }, 'before'],
  ])('%j is refused', async (params, path) => {
    await using sidecar = await startReady({ config });
    expect((await sidecar.host.request('history/list', params)).error).toMatchObject({ code: -32602, data: { issues: [{ path }] } });
  });

  test('a query is refused where no content is kept, and the error says how it is', async () => {
    await using sidecar = await startReady({ config: 'storage: history.db\ndefault_model: echo\n' });
    await sidecar.host.request('llm/prompt', { prompt: 'pelican' });
    const { error } = await sidecar.host.request('history/list', { query: 'pelican' });
    expect(error).toMatchObject({ code: -32602, data: { issues: [{ path: 'query' }] } });
    expect(error!.message).toContain('`history: {content: true}`');
  });
});
