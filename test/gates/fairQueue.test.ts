import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { createFairQueue } from '../../src/gates/fairQueue.ts';

test('shares take turns, and each is first in, first out', () => {
  const queue = createFairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.add(item[0]!, item);
  expect(queue.peek()).toBe('a1');
  expect(Array.from({ length: 7 }, () => queue.take())).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined]);
  expect(queue.size).toBe(0);
});

test('who gives up is out, and takes nobody else’s turn', () => {
  const queue = createFairQueue<string>();
  for (const item of ['a1', 'a2', 'b1']) queue.add(item[0]!, item);
  queue.remove('a', 'a1');
  queue.remove('a', 'a1');
  queue.remove('c', 'c1');
  expect(queue.size).toBe(2);
  expect([queue.take(), queue.take(), queue.take()]).toEqual(['a2', 'b1', undefined]);
});

test('nobody waits longer than every other share once, and its own before it', () => {
  const adding = fc.record({ type: fc.constant('add' as const), share: fc.constantFrom('a', 'b', 'c', 'd') });
  const taking = fc.record({ type: fc.constant('take' as const) });
  fc.assert(
    fc.property(fc.array(fc.oneof(adding, taking), { maxLength: 200 }), (steps) => {
      const queue = createFairQueue<{ share: string; number: number }>();
      const inside: { share: string; number: number; passed: Map<string, number>; before: number }[] = [];
      let number = 0;
      for (const step of steps) {
        if (step.type === 'add') {
          const item = { share: step.share, number: number++ };
          inside.push({ ...item, passed: new Map(), before: inside.filter(({ share }) => share === step.share).length });
          queue.add(step.share, item);
          continue;
        }
        const taken = queue.take();
        expect(taken === undefined).toBe(inside.length === 0);
        if (taken === undefined) continue;
        const at = inside.findIndex((one) => one.number === taken.number);
        const [one] = inside.splice(at, 1);
        // Its own share: in their order.
        expect(inside.some(({ share, number: other }) => share === taken.share && other < taken.number)).toBe(false);
        // Of each other share no more than one for each turn of its own.
        for (const count of one!.passed.values()) expect(count).toBeLessThanOrEqual(one!.before + 1);
        for (const waiting of inside)
          if (waiting.share !== taken.share) waiting.passed.set(taken.share, (waiting.passed.get(taken.share) ?? 0) + 1);
      }
      expect(queue.size).toBe(inside.length);
    }),
  );
});
