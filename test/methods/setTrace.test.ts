import { expect, test } from 'vitest';
import { startReady } from '../support/sidecar.ts';

test('$/setTrace: names and sizes of messages, never what they say', async () => {
  await using sidecar = await startReady();
  const { host } = sidecar;
  host.notify('$/setTrace', { value: 'verbose' });
  await host.request('ping');
  const before = host.messages.length;
  await host.request('llm/prompt', { model: 'echo', prompt: 'the secret word is xyzzy' }, 7);
  const traces = host.messages
    .slice(before)
    .filter(({ method }) => method === '$/logTrace')
    .map(({ params }) => params);
  expect(traces.map(({ message }) => message)).toEqual(['received llm/prompt 7', 'sent response 7']);
  expect(traces.every(({ verbose }) => /^\d+ bytes$/.test(verbose))).toBe(true);
  expect(JSON.stringify(traces)).not.toContain('xyzzy');
  host.notify('$/setTrace', { value: 'off' });
  await host.request('ping');
  const quiet = host.messages.length;
  await host.request('ping');
  expect(host.messages.length).toBe(quiet + 1);
});
