import { expect, test } from 'vitest';
import { createSlots } from '../../src/lib/slots.ts';

const never = new AbortController().signal;

test('gives as many places as there are, then queues, then says it is full', async () => {
  const slots = createSlots(() => 1, 1);
  const first = await slots.take(never);
  const second = slots.take(never);
  expect(await slots.take(never)).toBeNull();
  first?.();
  const release = await second;
  expect(release).toBeTypeOf('function');
  release?.();
  release?.();
  await slots.take(never);
  expect(await Promise.race([slots.take(never), Promise.resolve('waits')])).toBe('waits');
});

test('who is aborted while waiting leaves the queue without a place', async () => {
  const slots = createSlots(() => 1, 1);
  const first = await slots.take(never);
  const aborting = new AbortController();
  const waiting = slots.take(aborting.signal);
  aborting.abort();
  (await waiting)?.();
  const next = slots.take(never);
  first?.();
  expect(await next).toBeTypeOf('function');
});
