import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A copy of dist/, below node_modules where its packages are found, until this process ends: what is built meanwhile is not measured. */
export function copyOfBuild(): { main: string } {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  if (!existsSync(join(root, 'dist/main.js'))) throw new Error('There is no dist/main.js: run npm run build first.');
  const copy = join(root, 'node_modules/.cache', `llm-sidecar-bench-${process.pid}`);
  mkdirSync(copy, { recursive: true });
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.d.ts') });
  return { main: join(copy, 'dist/main.js') };
}
