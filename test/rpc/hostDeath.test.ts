import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchHost } from '../../src/rpc/hostDeath.ts';

type Ends = { input: PassThrough; output: PassThrough };
const closed = 'the host closed the input';
const unread = 'nobody reads the output any more';

test.each<[name: string, why: string[], happen: (ends: Ends) => void]>([
  ['nothing', [], () => {}],
  ['data', [], ({ input }) => void input.write('x')],
  ['the input ends', [closed], ({ input }) => void input.end()],
  ['the input closes', [closed], ({ input }) => void input.destroy()],
  ['the input fails', [closed], ({ input }) => void input.destroy(new Error('ECONNRESET'))],
  ['the output closes', [unread], ({ output }) => void output.destroy()],
  ['the output fails', [unread], ({ output }) => void output.destroy(new Error('EPIPE'))],
  ['both', [closed], ({ input, output }) => (input.destroy(), output.destroy(new Error('EPIPE')))],
])('%s', async (_name, why, happen) => {
  const ends = { input: new PassThrough(), output: new PassThrough() };
  const seen: string[] = [];
  watchHost({ wire: ends }, (reason) => seen.push(reason));
  ends.input.resume();
  happen(ends);
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  expect(seen).toEqual(why);
});

test('an end that has come before the watch', async () => {
  for (const [side, why] of [
    ['input', closed],
    ['output', unread],
  ] as const) {
    const ends = { input: new PassThrough(), output: new PassThrough() };
    ends[side].destroy();
    await setImmediate();
    const seen: string[] = [];
    watchHost({ wire: ends }, (reason) => seen.push(reason));
    expect(seen).toEqual([]);
    await setImmediate();
    expect(seen).toEqual([why]);
  }
});

test('after it is stopped it says nothing, and a failing stream hurts nobody', async () => {
  const ends = { input: new PassThrough(), output: new PassThrough() };
  const seen: string[] = [];
  watchHost({ wire: ends, parentProcessId: process.pid, pollMs: 1 }, (reason) => seen.push(reason))();
  ends.input.destroy(new Error('late'));
  ends.output.destroy(new Error('late'));
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  expect(seen).toEqual([]);
});
