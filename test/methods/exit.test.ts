import { expect, test } from 'vitest';
import { startReady } from '../support/sidecar.ts';

test.each([
  ['after shutdown', true, 0],
  ['without shutdown', false, 1],
])('exit %s', async (_, shutDown, code) => {
  const sidecar = await startReady();
  if (shutDown) await sidecar.host.request('shutdown');
  sidecar.host.notify('exit');
  expect((await sidecar.host.closed).code).toBe(code);
  await sidecar.stop();
});
