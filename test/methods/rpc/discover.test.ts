import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { startSidecar } from '../../support/sidecar.ts';

test('rpc.discover gives the document whose hash initialize gives', async () => {
  await using sidecar = await startSidecar();
  const document = (await sidecar.host.request('rpc.discover')).result;
  expect(document.info.title).toMatch(/llm-sidecar/);
  const names = document.methods.map(({ name }: { name: string }) => name);
  expect(names).toContain('llm/prompt');
  expect(names).toContain('llm/delta');
  const { sha256 } = (await sidecar.initialize()).result.schema;
  expect(createHash('sha256').update(JSON.stringify(document)).digest('hex')).toBe(sha256);
});
