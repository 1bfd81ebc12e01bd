import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';

/** What the package alone needs: types, and what programs import. */
const notInIt = /^(types\/|index\.js$|protocol\.js$)/;
/** Where Node looks for what is in it: https://nodejs.org/api/single-executable-applications.html. */
const resource = 'NODE_SEA_BLOB';
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const isMac = process.platform === 'darwin';

// `npm run binary [-- FILE]` writes one executable: this Node with dist/ in it, which `npm run build` made. For the kind
// of machine it runs on.
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const { positionals } = parseArgs({ allowPositionals: true });
const file = resolve(positionals[0] ?? `binary/llm-sidecar${process.platform === 'win32' ? '.exe' : ''}`);
const work = await mkdtemp(join(tmpdir(), 'llm-sidecar-binary-'));
try {
  const blob = await prepare(work);
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await copyFile(process.execPath, file);
  await chmod(file, 0o755);
  // A signature is of the file without what is put into it.
  if (isMac) execFileSync('codesign', ['--remove-signature', file], { stdio: 'inherit' });
  else strip(file);
  putIn(file, blob);
  if (isMac) execFileSync('codesign', ['--sign', '-', file], { stdio: 'inherit' });
  process.stdout.write(`wrote ${file}\n`);
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Gives the file with all that the executable has to have in it. */
async function prepare(folder: string): Promise<string> {
  const main = join(folder, 'entry.cjs');
  const output = join(folder, 'blob');
  await build({
    input: fileURLToPath(new URL('entry.ts', import.meta.url)),
    platform: 'node',
    logLevel: 'warn',
    output: { file: main, format: 'cjs', minify: true },
  });
  const names = globSync('**/*.*', { cwd: dist }).filter((name) => !notInIt.test(name));
  if (!names.includes('main.js')) throw new Error('There is no dist/: run `npm run build` first.');
  const assets = Object.fromEntries(names.map((name) => [name.replaceAll('\\', '/'), join(dist, name)]));
  const config = { main, output, disableExperimentalSEAWarning: true, useCodeCache: true, assets };
  await writeFile(join(folder, 'sea.json'), JSON.stringify(config));
  execFileSync(process.execPath, ['--experimental-sea-config', join(folder, 'sea.json')], { stdio: ['ignore', 'ignore', 'inherit'] });
  return output;
}

/** A sixth smaller, without names that only a debugger looks at. It has to come first: a file that has all in it would break. */
function strip(executable: string): void {
  try {
    execFileSync('strip', [executable], { stdio: 'ignore' });
  } catch {
    process.stderr.write('`strip` is not on this machine: the file is larger than it could be.\n');
  }
}

function putIn(executable: string, blob: string): void {
  const postject = fileURLToPath(import.meta.resolve('postject/dist/cli.js'));
  const segment = isMac ? ['--macho-segment-name', 'NODE_SEA'] : [];
  // It tells of sections that it does not know and that do not matter.
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [postject, executable, resource, blob, '--sentinel-fuse', fuse, ...segment],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`Nothing could be put into ${executable}: ${stdout} ${stderr}`);
}
