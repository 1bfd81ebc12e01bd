import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startReady } from '../support/sidecar.ts';
import { createFolder } from './support/folder.ts';
import { readPage } from './support/pages.ts';

const example = (name: string) => readFileSync(new URL(`../../docs/examples/${name}`, import.meta.url), 'utf8');
const page = readPage('docs/hooks.md');

describe('docs/hooks.md', () => {
  test.each([
    ['ts', 'policy.ts'],
    ['python', 'policy_host.py'],
  ])('the example in %s is docs/examples/%s', (language, name) => {
    expect(page.blocks.filter((block) => block.language === language).map(({ text }) => text)).toEqual([example(name)]);
  });

  test('the host in Python refuses, adds and counts as the page shows', () => {
    const folder = createFolder({});
    const program = fileURLToPath(new URL('../../docs/examples/policy_host.py', import.meta.url));
    const { stdout, stderr, status } = spawnSync('python3', [program], {
      cwd: folder.path,
      env: folder.env,
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect({ stdout, stderr, status }).toEqual({
      stdout: page.blocks.find(({ language }) => language === 'text')?.text,
      stderr: '',
      status: 0,
    });
  });

  test('the plugin in TypeScript does the same', async () => {
    await using sidecar = await startReady({
      config: 'default_model: echo\nplugins: [./policy.ts]\n',
      llmFolder: { 'policy.ts': example('policy.ts') },
    });
    const { host } = sidecar;
    const prompt = async (params: object) => host.request('llm/prompt', params);
    expect((await prompt({ prompt: 'My password is swordfish', actor: { id: 'eve' } })).error).toMatchObject({
      code: -31040,
      message: 'That word stays here.',
      data: { registrationId: 'policy', data: { word: 'swordfish' } },
    });
    const call = '{"tool_calls": [{"name": "add", "arguments": {"a": 2, "b": 3}}]}';
    const { result } = await prompt({ prompt: call, toolNames: ['add'], actor: { id: 'ann' } });
    expect(result.steps[0].toolResults).toMatchObject([{ name: 'add', content: [{ type: 'text', text: '5' }] }]);
    await prompt({ prompt: '{"raw": "four words of answer"}', actor: { id: 'bob' } });
    await prompt({ prompt: 'one', actor: { id: 'bob' } });
    const { stderr } = await sidecar.stop();
    expect(stderr).toMatch(/policy: \d+ tokens of ann\n/);
    expect(stderr).toMatch(/policy: 9 tokens of bob\n/);
    expect(stderr).not.toContain('eve');
  });
});
