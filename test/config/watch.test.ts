import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchFiles } from '../../src/config/watch.ts';

/** What the kernel of Linux tells this process about. */
function watchedInodes(): number[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      if (!readlinkSync(`/proc/self/fd/${fd}`).includes('inotify')) return [];
      const text = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
      return [...text.matchAll(/^inotify .* ino:([0-9a-f]+) /gm)].map(([, inode]) => Number.parseInt(inode!, 16));
    } catch {
      return [];
    }
  });
}

test.runIf(process.platform === 'linux')('what else happens in the folder of a file is not told: it may hold a database', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-sidecar-watch-'));
  const path = join(folder, 'llm-sidecar.yaml');
  writeFileSync(path, 'a: 1\n');
  let changes = 0;
  const watch = watchFiles(
    [path, join(folder, 'missing.yaml')],
    () => void changes++,
    (error) => expect.unreachable(String(error)),
  );
  await watch.ready;
  const watched = watchedInodes();
  expect(watched).toContain(statSync(path).ino);
  expect(watched).not.toContain(statSync(folder).ino);
  writeFileSync(path, 'a: 2\n');
  await expect.poll(() => changes).toBeGreaterThan(0);
  await watch.close();
  rmSync(folder, { recursive: true });
});
