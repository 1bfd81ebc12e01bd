import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { generatedFiles } from '../../src/schema/generatedFiles.ts';
import { openRpcDocument } from '../../src/schema/openRpcDocument.ts';
import { schemaSha256 } from '../../src/schema/schemaSha256.ts';

const root = new URL('../../', import.meta.url);

test.each([...generatedFiles()])('%s is what protocol/ says (npm run generate, or UPDATE=1)', async (path, content) => {
  if (process.env.UPDATE === '1') await writeFile(new URL(path, root), content);
  expect(await readFile(new URL(path, root), 'utf8')).toBe(content);
});

test('initialize names the document that rpc.discover gives', async () => {
  const document = JSON.stringify(await openRpcDocument());
  expect(createHash('sha256').update(document).digest('hex')).toBe(schemaSha256);
});
