import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startReady } from '../support/sidecar.ts';
import { createFolder } from './support/folder.ts';
import { filesOf, readPage } from './support/pages.ts';

const example = (name: string) => readFileSync(new URL(`../../docs/examples/${name}`, import.meta.url), 'utf8');
const page = readPage('docs/budgets.md');

describe('docs/budgets.md', () => {
  test.each([
    ['ts', 'accountant.ts'],
    ['python', 'accounting_host.py'],
  ])('the example in %s is docs/examples/%s', (language, name) => {
    expect(page.blocks.filter((block) => block.language === language).map(({ text }) => text)).toEqual([example(name)]);
  });

  test('the host in Python books and refuses as the page shows', () => {
    const folder = createFolder(filesOf(page));
    const program = fileURLToPath(new URL('../../docs/examples/accounting_host.py', import.meta.url));
    const { stdout, stderr, status } = spawnSync('python3', [program], {
      cwd: folder.path,
      env: folder.env,
      encoding: 'utf8',
      timeout: 50_000,
    });
    const expected = page.blocks.find(({ language }) => language === 'text')?.text;
    expect({ stdout, stderr, status }).toEqual({ stdout: expected, stderr: '', status: 0 });
  });

  test('the plugin in TypeScript does the same', async () => {
    await using sidecar = await startReady({
      config: `${filesOf(page)['accounts.yaml']}plugins: [./accountant.ts]\n`,
      llmFolder: { 'accountant.ts': example('accountant.ts') },
    });
    const { host } = sidecar;
    const { result } = await host.request('llm/prompt', { prompt: '{"raw": "Two words"}', actor: { id: 'ann' } });
    expect(result).toMatchObject({ text: 'Two words', cost: { usd: '0.000007' } });
    const { error } = await host.request('llm/prompt', { prompt: 'Hello', actor: { id: 'bob' } });
    expect(error).toMatchObject({
      code: -31060,
      message: 'The account of bob has no room for this.',
      data: { registrationId: 'prepaid/accounts', data: { account: 'bob' } },
    });
    const { stderr } = await sidecar.stop();
    expect(stderr).toContain('prepaid: 4999300000 left to ann\n');
    expect(stderr).not.toContain('bob');
  });
});
