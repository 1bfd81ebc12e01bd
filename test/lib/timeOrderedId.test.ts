import { expect, test } from 'vitest';
import { timeOrderedId } from '../../src/lib/timeOrderedId.ts';

test('the time is in it: RFC 9562, appendix A.6', () => {
  expect(timeOrderedId(Date.UTC(2022, 1, 22, 19, 22, 22))).toMatch(/^017f22e2-79b0-7000-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a later one sorts later, also within a millisecond', () => {
  const start = Date.UTC(2026, 0, 1);
  const ids = Array.from({ length: 4000 }, (_, index) => timeOrderedId(start + index / 4000));
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(4000);
});
