import { expect, test } from 'vitest';
import { uniqueId } from '../../src/lib/uniqueId.ts';

test('is a UUID of version 4, another one each time', () => {
  const ids = Array.from({ length: 2000 }, uniqueId);
  expect(ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toEqual([]);
  expect(new Set(ids).size).toBe(2000);
});
