import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LLM } from '../../client/index.ts';
import { folderWith } from '../cli/support/folder.ts';
import { cleanEnv, sidecarCommand } from '../support/sidecar.ts';

test('what was prompted is summed up, listed and read', async () => {
  const folder = folderWith();
  const config = join(folder, 'llm-sidecar.yaml');
  await writeFile(config, 'storage: usage.db\nhistory: { content: true }\ndefault_model: echo\n');
  const [command, ...args] = [...sidecarCommand, '--config', config];
  await using llm = new LLM({ command, args, env: cleanEnv(folder), stderr: 'ignore' });
  await llm.model('echo').prompt('{"raw": "Alba"}').text();
  expect(await llm.usage.summary()).toMatchObject([{ key: {}, responses: 1, usage: { inputTokens: 2, outputTokens: 1 } }]);
  expect(await llm.usage.summary({ by: ['model'], filter: { model: 'none' } })).toEqual([]);
  const [entry] = await llm.history.list({ query: 'alba', limit: 5 });
  expect(entry).toMatchObject({ model: 'echo', outcome: 'ok', excerpt: '{"raw": "Alba"} Alba' });
  expect(await llm.history.read(entry!.responseId)).toMatchObject({ answer: [{ type: 'text', text: 'Alba' }] });
  await expect(llm.history.read('none')).rejects.toMatchObject({ name: 'LLMError', kind: 'invalidParams' });
});
