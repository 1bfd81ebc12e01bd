import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cleanEnvironment, folderWith } from '../support/folder.ts';
import { mainFile, runCli } from '../support/runCli.ts';
import { hasPseudoTerminals, openProgram } from '../support/terminalCli.ts';

const config = `default_model: echo
purposes: { titles: { model: echo, description: A title } }
providers: { local: { type: openai-compatible, base_url: 'http://127.0.0.1:9', discover: false, models: ['llama3.3:70b', 'llama3.3:8b'] } }
`;

/** A folder in which `llm-sidecar` is a command. */
function shellFolder(): { folder: string; env: Record<string, string> } {
  const folder = folderWith({
    'llm-sidecar.yaml': config,
    'notes.txt': '',
    'bin/llm-sidecar': `#!/bin/sh\nexec '${process.execPath}' '${mainFile}' "$@"\n`,
  });
  chmodSync(join(folder, 'bin/llm-sidecar'), 0o755);
  return { folder, env: cleanEnvironment(folder, { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, TERM: 'xterm' }) };
}

function has(shell: string): boolean {
  const is = spawnSync(shell, ['--version']).status === 0;
  if (!is) console.warn(`SKIPPED: completion in ${shell}, because ${shell} is not on this machine`);
  return is;
}

function run(shell: string, script: string): string {
  const { folder, env } = shellFolder();
  writeFileSync(join(folder, 'script'), script);
  const { stdout, stderr } = spawnSync(shell, [join(folder, 'script')], { cwd: folder, env, encoding: 'utf8' });
  return stdout + stderr;
}

const lines: [line: string, found: string[]][] = [
  ['llm-sidecar pro', ['prompt']],
  ['llm-sidecar prompt --schema', ['--schema', '--schema-multi']],
  ['llm-sidecar prompt --purpose ', ['titles']],
  ['llm-sidecar secrets r', ['rollback', 'rotate']],
  ['llm-sidecar prompt --nothing-like-it', []],
];

describe.skipIf(!has('bash'))('bash', () => {
  const complete = (line: string): string[] =>
    run(
      'bash',
      `eval "$(llm-sidecar completion bash)"\nCOMP_LINE='${line}' COMP_POINT=${line.length}\n_llm_sidecar 2>/dev/null\n[ \${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"\n`,
    )
      .split('\n')
      .filter((word) => word !== '');

  test.each(lines)('%j', (line, found) => expect(complete(line)).toEqual(found));

  test('a name with a colon goes on behind it', () => {
    expect(complete('llm-sidecar prompt -m llama3.3:')).toEqual(['70b', '8b']);
  });

  test.skipIf(!hasPseudoTerminals)('by the Tab key, files too', { timeout: 120_000 }, async () => {
    const { folder, env } = shellFolder();
    const shell = openProgram(['bash', '--norc', '-i'], { folder, env });
    shell.type('PS1="ready> "; eval "$(llm-sidecar completion bash)"; echo "set"" up"\r');
    await shell.shows('set up\r\n');
    await shell.shows('ready> ');
    shell.type('llm-sidecar pro\t');
    await shell.shows('mpt ');
    shell.type('-a no\t');
    await shell.shows('tes.txt ');
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  test.each(lines)('%j', (line, found) => {
    const out = run('fish', `llm-sidecar completion fish | source\ncomplete -C '${line}'\n`);
    const words = out.split('\n').flatMap((text) => text.split('\t')[0] || []);
    expect(words.toSorted()).toEqual(found.toSorted());
  });

  test('with what it is', () => {
    expect(run('fish', `llm-sidecar completion fish | source\ncomplete -C 'llm-sidecar mod'\n`)).toBe(
      'models\tlist the models that may be used\n',
    );
  });
});

describe.skipIf(!has('zsh'))('zsh', () => {
  test.skipIf(!hasPseudoTerminals)('by the Tab key', { timeout: 120_000 }, async () => {
    const { folder, env } = shellFolder();
    const shell = openProgram(['zsh', '-f', '-i'], { folder, env });
    shell.type('PS1="ready> "; autoload -Uz compinit && compinit -u; eval "$(llm-sidecar completion zsh)"; echo "set"" up"\r');
    await shell.shows('set up\r\n');
    await shell.shows('ready> ');
    shell.type('llm-sidecar pro\t');
    await shell.shows('mpt');
    shell.type('-m llama3.3:7\t');
    await shell.shows('70b');
  });
});

test('another shell is not known', async () => {
  const { code, err } = await runCli(['completion', 'csh']);
  expect({ code, err: err.split('\n')[0] }).toEqual({ code: 2, err: 'error: completion takes one of bash, zsh, fish' });
});
