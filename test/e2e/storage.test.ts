import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { describeEngines } from '../support/engines.ts';
import { startReady, startSidecar, type Sidecar } from '../support/sidecar.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-storage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = 'default_model: echo\ntest_models: true\n';
const configOf = (location: string, more = ''): string => `${base}storage: ${JSON.stringify(location)}\n${more}`;

/** What echo says it was asked, and the warnings beside it. */
async function ask({ host }: Sidecar, params: object) {
  const { result, error } = await host.request('llm/prompt', params);
  if (error !== undefined) return { error };
  return { said: JSON.parse(result.text) as Record<string, unknown>, warnings: result._meta?.warnings ?? [] };
}

describeEngines('a sidecar with storage', ({ create }) => {
  test('goes on with a conversation after a restart', async () => {
    const config = configOf(await create());
    {
      await using first = await startReady({ config });
      await ask(first, { conversationId: 'c', system: 'Be brief.', prompt: 'one' });
      await ask(first, { conversationId: 'c', prompt: 'two' });
    }
    await using second = await startReady({ config });
    const { result } = await second.host.request('conversation/list', {});
    expect(result.conversations).toMatchObject([{ id: 'c', name: 'one', model: 'echo', turns: 2 }]);
    expect(await ask(second, { conversationId: 'c', prompt: 'three' })).toMatchObject({
      said: { system: 'Be brief.', previous: [{ prompt: 'one' }, { prompt: 'two' }] },
      warnings: [],
    });
  });

  test('that is killed in the middle of a turn leaves the conversation as it was before it', async () => {
    const config = configOf(await create());
    await using first = await startReady({ config });
    await ask(first, { conversationId: 'c', prompt: 'one' });
    first.host.send({
      jsonrpc: '2.0',
      id: 'p',
      method: 'llm/prompt',
      params: { promptId: 'p', conversationId: 'c', model: 'test-endless', prompt: 'never', stream: {} },
    });
    await first.host.next(({ method }) => method === 'llm/delta');
    first.host.kill('SIGKILL');
    await first.host.closed;
    await using second = await startReady({ config });
    expect(await ask(second, { conversationId: 'c', model: 'echo', prompt: 'two' })).toMatchObject({
      said: { previous: [{ prompt: 'one' }] },
    });
  });

  test('shares conversations with others: a turn that another one got ahead of is answered, and says that it is not kept', async () => {
    const config = configOf(await create());
    await using slow = await startSidecar({ config });
    await slow.initialize({ capabilities: { tools: {} } });
    await using quick = await startReady({ config });
    await ask(slow, { conversationId: 'c', prompt: 'one' });
    // Its turn is at a tool of the host while the other one has its own.
    const prompt = JSON.stringify({ tool_calls: [{ name: 'wait' }], prompt: 'lost' });
    const tools = [{ name: 'wait', inputSchema: { type: 'object' } }];
    slow.host.send({
      jsonrpc: '2.0',
      id: 'p',
      method: 'llm/prompt',
      params: { conversationId: 'c', prompt, tools },
    });
    const call = await slow.host.next(({ method }) => method === 'tool/call');
    expect(await ask(quick, { conversationId: 'c', prompt: 'two' })).toMatchObject({ said: { previous: [{ prompt: 'one' }] } });
    slow.host.answer(call.id, { content: 'done' });
    const { result } = await slow.host.next(({ method, id }) => method === undefined && id === 'p');
    expect(result).toMatchObject({
      stopReason: 'end',
      _meta: {
        warnings: [
          {
            code: 'conversationNotKept',
            message:
              'Another sidecar has continued or deleted the conversation "c" meanwhile: this turn is not remembered. Send it again to have it answered after the other one.',
          },
        ],
      },
    });
    expect(await ask(slow, { conversationId: 'c', model: 'echo', prompt: 'three' })).toMatchObject({
      said: { previous: [{ prompt: 'one' }, { prompt: 'two' }] },
      warnings: [],
    });
  });

  test('keeps conversations in memory where the configuration says so', async () => {
    const config = configOf(await create(), 'conversations: memory\n');
    {
      await using first = await startReady({ config });
      await ask(first, { conversationId: 'c', prompt: 'one' });
      expect(await ask(first, { conversationId: 'c', prompt: 'two' })).toMatchObject({ said: { previous: [{ prompt: 'one' }] } });
    }
    await using second = await startReady({ config });
    expect((await second.host.request('conversation/list', {})).result.conversations).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('the file of a sidecar', () => {
  test('is in the data folder, for its user alone, once something is kept', async () => {
    await using sidecar = await startReady({ config: `${base}history: true\n`, env: { XDG_DATA_HOME: '' } });
    const data = join(
      sidecar.dir,
      ...(process.platform === 'darwin' ? ['Library', 'Application Support'] : ['.local', 'share']),
      'llm-sidecar',
    );
    await ask(sidecar, { prompt: 'one' });
    // What no budget counts is written in the background; who asks for it waits for that.
    expect((await sidecar.host.request('history/list', {})).result.responses).toHaveLength(1);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(statSync(join(data, 'llm-sidecar.db')).mode & 0o777).toBe(0o600);
  });

  test('is not there where nothing is to be kept, whatever is asked', async () => {
    const data = join(folder, 'nothing');
    await using sidecar = await startReady({ config: base, env: { XDG_DATA_HOME: data } });
    await ask(sidecar, { conversationId: 'c', prompt: 'one' });
    await sidecar.host.request('conversation/list', {});
    await sidecar.host.request('usage/summary', {});
    expect(existsSync(data)).toBe(false);
  });

  test('is looked for beside the configuration, and changes with it while the sidecar runs', async () => {
    await using sidecar = await startReady({ config: configOf('one/a.db') });
    await ask(sidecar, { conversationId: 'c', prompt: 'one' });
    expect(readdirSync(join(sidecar.dir, 'one'))).toContain('a.db');
    writeFileSync(sidecar.configPath, configOf('two/b.db'));
    await expect
      .poll(async () => (await sidecar.host.request('conversation/list', {})).result.conversations, { timeout: 40_000 })
      .toEqual([]);
    await ask(sidecar, { conversationId: 'd', prompt: 'two' });
    writeFileSync(sidecar.configPath, configOf('one/a.db'));
    await expect
      .poll(async () => (await sidecar.host.request('conversation/list', {})).result.conversations, { timeout: 40_000 })
      .toMatchObject([{ id: 'c' }]);
  });
});

describe('a storage that cannot be used', () => {
  const notes = join(folder, 'notes.txt');
  writeFileSync(notes, 'Dear diary, '.repeat(500));
  const password = 'pg-canary-4711';
  const places: [string, string, RegExp][] = [
    ['is no database', notes, /notes\.txt is not a SQLite database\. Set storage to another file, or move this one away\.$/],
    [
      'is a server that is away',
      `postgres://ann:${password}@127.0.0.1:1/llm`,
      /postgres:\/\/127\.0\.0\.1:1\/llm cannot be reached\. See that the server runs/,
    ],
  ];

  test.each(places)('because it %s: a prompt is answered, with a warning', async (_, location) => {
    await using sidecar = await startReady({ config: configOf(location) });
    const answered = await ask(sidecar, { prompt: 'one' });
    expect(answered).toMatchObject({ said: { prompt: 'one' }, warnings: [{ code: 'historyUnavailable' }] });
  });

  test.each(places)(
    'because it %s: one of a conversation is refused before it is sent, since what was said is not known',
    async (_, location, message) => {
      await using sidecar = await startReady({ config: configOf(location) });
      const { error } = await ask(sidecar, { conversationId: 'c', prompt: 'one' });
      expect(error).toMatchObject({
        code: -31_072,
        message: expect.stringMatching(message),
        data: { kind: 'storageUnavailable', retryable: true },
      });
      for (const method of ['conversation/list', 'usage/summary', 'history/list']) {
        const answer = await sidecar.host.request(method, {});
        expect(answer.error).toMatchObject({ code: -31_072, message: expect.stringMatching(message) });
      }
    },
  );

  test('no password of it is said anywhere', async () => {
    const sidecar = await startReady({
      config: configOf(places[1]![1], 'budgets: [{ name: all, limit_usd: 1, per: total }]\nunpriced: allow\n'),
    });
    const answers = await Promise.all([
      ask(sidecar, { prompt: 'one' }),
      ask(sidecar, { conversationId: 'c', prompt: 'one' }),
      sidecar.host.request('usage/summary', {}),
      sidecar.host.request('config/read', {}),
    ]);
    const { stderr } = await sidecar.stop();
    expect(JSON.stringify(answers)).not.toContain(password);
    expect(JSON.stringify(answers)).toContain('127.0.0.1:1');
    expect(answers[0]).toMatchObject({ error: { data: { kind: 'storageUnavailable' } } });
    expect(stderr).not.toContain(password);
  });
});
