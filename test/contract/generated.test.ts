import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/jsonSchema.ts';
import { providerTypes } from '../../src/providers/index.ts';
import { generatedFiles } from '../../src/schema/generatedFiles.ts';
import { openRpcDocument } from '../../src/schema/openRpcDocument.ts';
import { schemaSha256 } from '../../src/schema/schemaSha256.ts';

const root = new URL('../../', import.meta.url);

test.each([...generatedFiles(configJsonSchema(providerTypes().toSorted()))])(
  '%s is what the schemas say (npm run generate)',
  async (path, content) => {
    expect(await readFile(new URL(path, root), 'utf8')).toBe(content);
  },
);

test('initialize names the document that rpc.discover gives', async () => {
  const document = JSON.stringify(await openRpcDocument());
  expect(createHash('sha256').update(document).digest('hex')).toBe(schemaSha256);
});
