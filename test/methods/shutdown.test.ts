import { expect, test } from 'vitest';
import { startReady, startSidecar } from '../support/sidecar.ts';

test('shutdown, then the end of input: exit code 0', async () => {
  const sidecar = await startReady();
  expect((await sidecar.host.request('shutdown')).result).toBeNull();
  expect((await sidecar.stop()).code).toBe(0);
});

test('everything in one burst, then the end of input: all is answered, exit code 0', async () => {
  await using sidecar = await startSidecar({ framing: 'ndjson' });
  const { host } = sidecar;
  const init = { protocolVersion: { min: 1, max: 1 }, clientInfo: { name: 't', version: '0' } };
  const lines = [
    { id: 0, method: 'initialize', params: init },
    { id: 1, method: 'llm/models' },
    { id: 2, method: 'shutdown' },
  ].map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  host.sendRaw(lines.join(''));
  host.endInput();
  expect((await host.closed).code).toBe(0);
  expect(host.messages.map(({ id, error }) => error ?? id).toSorted()).toEqual([0, 1, 2]);
});

test('the end of input without shutdown: exit code 1, and stderr says why', async () => {
  const sidecar = await startReady();
  const { code, stderr } = await sidecar.stop();
  expect(code).toBe(1);
  expect(stderr).toBe('llm-sidecar: ends, the host closed the input without shutdown\n');
});

test('shutdown lets running prompts finish and takes no new ones', async () => {
  await using sidecar = await startReady({ config: 'test_models: true\n' });
  const { host } = sidecar;
  const running = host.request('llm/prompt', {
    model: 'test-slow',
    prompt: 'x',
    options: { chunks: 10, delay_ms: 30 },
    promptId: 'p',
    stream: {},
  });
  await host.next(({ method }) => method === 'llm/delta');
  const down = host.request('shutdown');
  expect((await host.request('llm/prompt', { model: 'echo', prompt: 'x' })).error).toMatchObject({
    code: -31005,
    data: { kind: 'shuttingDown' },
  });
  expect((await running).result.stopReason).toBe('end');
  expect((await down).result).toBeNull();
  const order = host.messages
    .filter(({ result }) => result !== undefined)
    .map(({ result }) => (result === null ? 'shutdown' : result.stopReason));
  expect(order.slice(1)).toEqual(['end', 'shutdown']);
});

test('shutdown cancels what does not finish within ten seconds', async () => {
  await using sidecar = await startReady({ config: 'test_models: true\n' });
  const { host } = sidecar;
  const running = host.request('llm/prompt', { model: 'test-endless', prompt: 'x', promptId: 'p', stream: {} });
  await host.next(({ method }) => method === 'llm/delta');
  const down = host.request('shutdown');
  expect((await running).result.stopReason).toBe('cancelled');
  expect((await down).result).toBeNull();
});
