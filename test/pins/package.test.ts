import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

// What npm would publish, as `npm run build` left it.
const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist/main.js');

beforeAll(() => {
  if (!existsSync(main)) throw new Error('There is no dist/: run `npm run build`, or `npm test`, which does.');
});

test('holds the command, the client, its types and the documents, and no source or test', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string; size: number }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'package.json',
      'dist/main.js',
      'dist/index.js',
      'dist/types/client/index.d.ts',
      'docs/openrpc.json',
      'docs/protocol.schema.json',
    ]),
  );
  expect(paths.filter((path) => !/^(dist|docs)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path))).toEqual([]);
  expect(paths.filter((path) => /^dist\/(?!types\/|admin\/(index\.html|page\.css)$).*(?<!\.js|\.txt)$|\.map$/.test(path))).toEqual([]);
});

const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, Record<string, unknown>>;
const manifest = readJson('package.json');

test('runs nothing when it is installed', () => {
  const scripts = Object.keys(manifest['scripts'] ?? {});
  expect(scripts.filter((name) => /^(pre|post)?install$|^(pre|post)?prepare$|^dependencies$/.test(name))).toEqual([]);
});

test('depends on exact versions, of packages alone, and on one where it is used', () => {
  const of = (kind: string): [string, unknown][] => Object.entries(manifest[kind] ?? {});
  const all = ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides'].flatMap(of);
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter(([, version]) => !/^(npm:[a-z]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))).toEqual([]);
  expect(of('dependencies').map(([name]) => name)).toEqual(['zod']);
});

test('is locked to what was checked: a checksum of every package, but of build tools for other machines', () => {
  const packages = Object.entries(readJson('package-lock.json')['packages'] as Record<string, Record<string, unknown>>);
  const locked = packages.filter(([path]) => path !== '');
  expect(locked.length).toBeGreaterThan(200);
  const unchecked = locked.filter(([, { integrity }]) => !String(integrity).startsWith('sha512-'));
  expect(unchecked.filter(([, { dev, optional, os, cpu }]) => !(dev && optional && (os || cpu))).map(([path]) => path)).toEqual([]);
  // Node itself, for this project; see allowScripts.
  expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual(['node_modules/node']);
  expect(manifest['allowScripts']).toEqual({ node: true });
});

test.each(['22.22.0', '24.14.1', '9.11.2'])('the command says what Node %s lacks, and exits 2', (version) => {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${pretend}`, main], {
    encoding: 'utf8',
    input: '',
  });
  expect(stderr).toContain(`llm-sidecar needs Node 24.15 or later; this is Node ${version}`);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});
