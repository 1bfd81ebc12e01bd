import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cleanEnv, sidecarCommand } from '../support/sidecar.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const examples = ['host.py', 'host_content_length.py'];
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('test/hosts: SKIPPED, there is no python3 here: the hosts in Python were not run.');

describe.skipIf(!hasPython || process.platform === 'win32')('a host in Python, standard library only', () => {
  test.each(examples)('docs/examples/%s streams an answer', async (example) => {
    const dir = await mkdtemp(join(tmpdir(), 'llm-sidecar-'));
    try {
      // As an installed package would put it on the PATH.
      const command = sidecarCommand.map((word) => `'${word}'`).join(' ');
      await writeFile(join(dir, 'llm-sidecar'), `#!/bin/sh\nexec ${command} "$@"\n`);
      await chmod(join(dir, 'llm-sidecar'), 0o755);
      const env = cleanEnv(dir, { PATH: `${dir}${delimiter}${process.env['PATH']}` }) as NodeJS.ProcessEnv;
      const host = spawn('python3', [fileURLToPath(new URL(`docs/examples/${example}`, root))], {
        env,
        cwd: dir,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output = { stdout: '', stderr: '' };
      host.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
      host.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
      const [code] = await once(host, 'close');
      expect({ code, stdout: output.stdout }).toEqual({
        code: 0,
        stdout: `{
  "prompt": "Hello from Python",
  "system": "",
  "attachments": [],
  "stream": true,
  "previous": []
}
{'inputTokens': 3, 'outputTokens': 14}
`,
      });
      // The short one goes away without a word; the sidecar says so, and Python nothing.
      expect(output.stderr).toBe(example === 'host.py' ? 'llm-sidecar: ends, the host closed the input without shutdown\n' : '');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe('the documentation shows the hosts as they are run', () => {
  test.each(examples)('docs/hosts.md has docs/examples/%s', (example) => {
    expect(read('docs/hosts.md')).toContain(`\n\`\`\`python\n${read(`docs/examples/${example}`)}\`\`\`\n`);
  });

  test('README.md has docs/examples/host.py', () => {
    expect(existsSync(new URL('README.md', root)), 'README.md is missing').toBe(true);
    expect(read('README.md')).toContain(`\n\`\`\`python\n${read('docs/examples/host.py')}\`\`\`\n`);
  });
});
