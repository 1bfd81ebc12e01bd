import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What the sidecar is compared with and does not depend on: exact versions in peers/package.json. */
export const peersFolder: string = fileURLToPath(new URL('peers', import.meta.url));

/** A package of the folder of peers. Without types: the project does not know it. */
export async function importPeer(peers: string, name: string): Promise<any> {
  return import(pathToFileURL(createRequire(join(peers, 'package.json')).resolve(name)).href);
}

/** The version of each peer. Installs what is missing; without a network there are none. */
export async function installPeers(say: (text: string) => void): Promise<Readonly<Record<string, string>> | undefined> {
  const { dependencies } = read(join(peersFolder, 'package.json')) as { dependencies: Record<string, string> };
  if (areInstalled(dependencies)) return dependencies;
  say(`installing ${Object.keys(dependencies).join(' and ')} …`);
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`;
  const args = ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn('npm', args, {
    cwd: peersFolder,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const [code] = (await once(child, 'exit').catch(() => [null])) as [number | null];
  if (code === 0 && areInstalled(dependencies)) return dependencies;
  say('They could not be installed: their rows are left out.');
  return undefined;
}

function areInstalled(versions: Readonly<Record<string, string>>): boolean {
  return Object.entries(versions).every(([name, version]) => {
    const path = join(peersFolder, 'node_modules', name, 'package.json');
    return existsSync(path) && (read(path) as { version: string }).version === version;
  });
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
