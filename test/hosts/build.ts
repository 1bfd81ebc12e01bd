import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a program of a language is run. `null`: that cannot be done here, and it was said. */
const languages = {
  typescript: (file: string) => [process.execPath, file],
  python: (file: string) => has('python3', ['--version']) && ['python3', file],
  ruby: (file: string) => has('ruby', ['--version']) && ['ruby', file],
  shell: (file: string) => has('bash', ['--version']) && has('jq', ['--version']) && ['bash', file],
  emacs: (file: string) => has('emacs', ['--version']) && ['emacs', '-Q', '--batch', '-l', file],
  neovim: (file: string) => has('nvim', ['--version']) && ['nvim', '--headless', '-u', 'NONE', '-c', `luafile ${file}`, '-c', 'qa!'],
  // Debian's package belongs to Debian's Python.
  pylsp: (file: string) => has('/usr/bin/python3', ['-c', 'import pylsp_jsonrpc']) && ['/usr/bin/python3', file],
  go: (file: string, folder: string) => has('go', ['version']) && buildGo(file, folder),
  rust: (file: string) => has('cargo', ['--version']) && buildRust(file),
} satisfies Record<string, (file: string, folder: string) => string[] | null | false>;
export type Language = keyof typeof languages;

/** The command for a program of the project; `file` is its path from the root, `folder` is for what is built. */
export function build(language: Language, file: string, folder: string): string[] | null {
  const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
  // The hosts find `llm-sidecar` by a script for a POSIX shell.
  const command = process.platform === 'win32' ? null : languages[language](path, folder);
  if (command) return command;
  console.warn(`\nSKIPPED: ${file}: what it needs is not installed here (${language})\n`);
  return null;
}

function has(program: string, args: string[]): boolean {
  return spawnSync(program, args).status === 0;
}

function buildGo(file: string, folder: string): string[] {
  const target = join(folder, `${basename(file, '.go')}Go`);
  const isFile = file.endsWith('.go');
  run('go', ['build', '-o', target, isFile ? file : '.'], isFile ? folder : file);
  return [target];
}

/** Its packages come from crates.io: without a network and without a copy of them it cannot be built. */
function buildRust(folder: string): string[] | null {
  const fetched = ['--offline', '--quiet'].some((flag) => spawnSync('cargo', ['fetch', '--locked', flag], { cwd: folder }).status === 0);
  if (!fetched) return null;
  const target = join(tmpdir(), 'llm-sidecar-test-cargo');
  mkdirSync(target, { recursive: true });
  run('cargo', ['build', '--quiet', '--locked', '--target-dir', target], folder);
  return [join(target, 'debug', 'driver')];
}

function run(program: string, args: string[], cwd: string): void {
  const { status, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}
