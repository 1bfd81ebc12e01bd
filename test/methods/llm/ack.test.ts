import { expect, test } from 'vitest';
import { startReady } from '../../support/sidecar.ts';

test('llm/ack opens the window of a stream, and of an unknown prompt does nothing', async () => {
  await using sidecar = await startReady({ config: 'test_models: true\n' });
  const { host } = sidecar;
  const running = host.request('llm/prompt', { model: 'test-endless', prompt: 'x', promptId: 'p', stream: { window: 2 } }, 'r');
  const delta = (seq: number) => host.next(({ method, params }) => method === 'llm/delta' && params.seq === seq);
  await delta(1);
  // With the window closed everything merges: this prompt has long ended by the time of the next delta.
  await host.request('llm/prompt', { model: 'test-slow', prompt: 'x', options: { chunks: 10, delay_ms: 20 } });
  expect(host.messages.filter(({ method }) => method === 'llm/delta').length).toBe(2);
  host.notify('llm/ack', { promptId: 'nobody', seq: 5 });
  host.notify('llm/ack', { promptId: 'p', seq: 1 });
  const { params } = await delta(2);
  expect(params.deltas.length).toBe(1);
  host.notify('$/cancelRequest', { id: 'r' });
  const { result } = await running;
  expect(result.stream.lastSeq).toBe(host.messages.filter(({ method }) => method === 'llm/delta').length - 1);
});
