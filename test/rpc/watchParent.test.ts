import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { watchParent } from '../../src/rpc/watchParent.ts';

test('tells once when the process has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  const death = Promise.withResolvers<string>();
  const seen: string[] = [];
  watchParent(child.pid ?? 0, (why) => (seen.push(why), death.resolve(why)), 5);
  child.stdin.end();
  // The timer is unref'd, and this test has nothing else that keeps the process.
  const alive = setInterval(() => {}, 1000);
  expect(await death.promise).toBe(`the host process ${child.pid} has ended`);
  clearInterval(alive);
  expect(seen).toHaveLength(1);
});

test('a process that cannot be seen at the start is not watched', () => {
  const seen: string[] = [];
  watchParent(2 ** 22 + 1, (why) => seen.push(why), 1)();
  expect(seen).toEqual([]);
});
