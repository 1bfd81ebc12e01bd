import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurnQueue } from '../../src/rpc/turnQueue.ts';

test('what arrives begins in its order, a burst some in each turn, and the end of it is told a turn later', async () => {
  const begun: number[] = [];
  const empties: number[] = [];
  const queue = createTurnQueue(() => void empties.push(begun.length));
  for (let number = 0; number < 5; number += 1) queue.add(() => void begun.push(number));
  expect([begun, queue.empty]).toEqual([[], false]);
  const counts: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    counts.push(begun.length);
    await setImmediate();
  }
  expect(counts).toEqual([2, 4, 5, 5]);
  expect(begun).toEqual([...Array(5).keys()]);
  expect([empties, queue.empty]).toEqual([[5], true]);
});

test('what comes while others wait does not overtake them', async () => {
  const begun: string[] = [];
  const queue = createTurnQueue(() => {});
  for (let number = 0; number < 4; number += 1) {
    queue.add(() => {
      begun.push(`${number}`);
      if (number === 0) queue.add(() => void begun.push('late'));
    });
  }
  while (!queue.empty) await setImmediate();
  expect(begun).toEqual([...Array.from({ length: 4 }, (_, number) => `${number}`), 'late']);
});
