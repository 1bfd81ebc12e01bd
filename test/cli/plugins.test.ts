import { expect, test } from 'vitest';
import { folderWith } from './support/folder.ts';
import { runCli } from './support/runCli.ts';

test('what a plugin prints is for the operator: stdout is the answer alone', async () => {
  const folder = folderWith({
    'llm-sidecar.yaml': 'default_model: echo\nplugins: [./noisy.ts]\n',
    'noisy.ts': `export default {
  name: 'noisy',
  promptContext: async (_context: unknown, next: () => Promise<unknown>) => {
    console.log('plugin: before');
    await next();
  },
};
`,
  });
  expect(await runCli(['prompt', '{"raw": "the answer"}'], { folder })).toEqual({ code: 0, out: 'the answer\n', err: 'plugin: before\n' });
});
