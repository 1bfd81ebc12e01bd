import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { startReady, startSidecar, type Sidecar } from '../support/sidecar.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-signals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configOf = (name: string): string =>
  `default_model: echo\ntest_models: true\nstorage: ${JSON.stringify(join(folder, `${name}.db`))}\n`;

/** The prompts that another sidecar finds in the history, each with its outcome. */
async function historyOf(name: string): Promise<string[]> {
  await using sidecar = await startReady({ config: configOf(name) });
  const { result } = await sidecar.host.request('history/list', { limit: 100 });
  return result.responses.map(({ promptId, outcome }: { promptId: string; outcome: string }) => `${promptId} ${outcome}`).toSorted();
}

const ids = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'];

describe.skipIf(process.platform === 'win32').each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)('%s', (signal, exitCode) => {
  test('right after an answer that no budget counts: its row is in the history', async () => {
    await using sidecar = await startReady({ config: configOf(signal) });
    const { host } = sidecar;
    for (const promptId of ids) expect((await host.request('llm/prompt', { promptId, prompt: 'x' })).error).toBe(undefined);
    host.kill(signal);
    expect(await host.closed).toEqual({
      code: exitCode,
      signal: null,
      // A busy machine may have something to say about its storage before.
      stderr: expect.stringMatching(new RegExp(`(^|\\n)llm-sidecar: ends, ${signal} has come\\n$`)),
    });
    expect(await historyOf(signal)).toEqual(ids.map((promptId) => `${promptId} ok`));
  });

  test('with prompts running: they are cancelled, answered and written down', async () => {
    const name = `${signal}-running`;
    await using sidecar = await startReady({ config: configOf(name) });
    const { host } = sidecar;
    for (const promptId of ids) {
      host.send({
        jsonrpc: '2.0',
        id: promptId,
        method: 'llm/prompt',
        params: { promptId, model: 'test-endless', prompt: 'x', stream: {} },
      });
      await host.next(({ method, params }) => method === 'llm/delta' && params.promptId === promptId);
    }
    host.kill(signal);
    expect((await host.closed).code).toBe(exitCode);
    const answers = host.messages.filter(({ id }) => ids.includes(id));
    expect(answers.map(({ id, result }) => `${id} ${result?.stopReason}`).toSorted()).toEqual(ids.map((id) => `${id} cancelled`));
    expect(await historyOf(name)).toEqual(ids.map((promptId) => `${promptId} cancelled`));
  });
});

describe.skipIf(process.platform === 'win32')('after the first signal', () => {
  /** The host is asked to leave its group, and does not answer. */
  async function startEnding(sidecar: Sidecar): Promise<void> {
    const { host } = sidecar;
    await sidecar.initialize({ hooks: [{ id: 'h', point: 'groupExit' }] });
    await host.request('llm/groupOpen', { groupId: 'g' });
    host.kill('SIGTERM');
    const { params } = await host.next(({ method }) => method === 'hook/groupExit');
    expect(params).toMatchObject({ groupId: 'g', reason: 'shutdown' });
  }

  test('the second ends the process at once', async () => {
    await using sidecar = await startSidecar({ config: configOf('twice') });
    await startEnding(sidecar);
    sidecar.host.kill('SIGINT');
    expect(await sidecar.host.closed).toMatchObject({ code: null, signal: 'SIGINT' });
  });

  test('hooks may end what they have begun, nothing new begins, and what does not end is not waited for', async () => {
    await using sidecar = await startSidecar({ config: configOf('once') });
    await startEnding(sidecar);
    const { error } = await sidecar.host.request('llm/prompt', { prompt: 'x' });
    expect(error.data.kind).toBe('shuttingDown');
    expect(await sidecar.host.closed).toMatchObject({ code: 143, signal: null });
  });
});
