import { expect, test } from 'vitest';
import { startReady } from '../support/sidecar.ts';

test('ping answers, while a prompt is running too', async () => {
  await using sidecar = await startReady({ config: 'test_models: true\n' });
  const { host } = sidecar;
  const prompt = host.request('llm/prompt', { model: 'test-endless', prompt: 'x', promptId: 'p', stream: {} }, 'prompt');
  await host.next(({ method }) => method === 'llm/delta');
  expect((await host.request('ping')).result).toEqual({});
  host.notify('$/cancelRequest', { id: 'prompt' });
  expect((await prompt).result.stopReason).toBe('cancelled');
});
