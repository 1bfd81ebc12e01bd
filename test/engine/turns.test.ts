import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { createTurns } from '../../src/engine/turns.ts';

const never = new AbortController().signal;

type Step = { do: 'ask'; conversation: 0 | 1 | 2 } | { do: 'end'; conversation: 0 | 1 | 2 } | { do: 'cancel'; which: number };
const conversation = fc.constantFrom<0 | 1 | 2>(0, 1, 2);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('ask' as const), conversation }),
  fc.record({ do: fc.constant('end' as const), conversation }),
  fc.record({ do: fc.constant('cancel' as const), which: fc.nat(30) }),
);

describe('turns', () => {
  test('5.4 whatever is asked, ended and cancelled: one at a time, in order of arrival, none lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => play(steps)),
      { numRuns: 500 },
    );
  });

  test('an aborted one leaves with the reason, before and while it waits', async () => {
    const turns = createTurns();
    const gone = new AbortController();
    gone.abort(new Error('gone'));
    await expect(turns.take('c', gone.signal)).rejects.toThrow('gone');
    const end = await turns.take('c', never);
    const waiting = new AbortController();
    const second = turns.take('c', waiting.signal);
    waiting.abort(new Error('no more'));
    await expect(second).rejects.toThrow('no more');
    end();
    expect(turns.busy).toBe(0);
  });

  test('more than a hundred that wait are refused, and the next ones are not', async () => {
    const turns = createTurns();
    const end = await turns.take('c', never);
    const waiting = Array.from({ length: 100 }, async () => (await turns.take('c', never))());
    await expect(turns.take('c', never)).rejects.toMatchObject({ kind: 'overloaded', detail: { retryable: true } });
    (await turns.take('another', never))();
    end();
    await Promise.all(waiting);
    expect(turns.busy).toBe(0);
  });
});

interface Asked {
  readonly conversation: number;
  readonly abort: AbortController;
  state: 'waiting' | 'running' | 'over' | 'cancelled';
  end?: () => void;
}

/** Beside a model of three plain lists. */
async function play(steps: readonly Step[]): Promise<void> {
  const turns = createTurns();
  const all: Asked[] = [];
  const lists: Asked[][] = [[], [], []];
  const settled = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    const expected = all.map((asked) => {
      const place = lists[asked.conversation]!.indexOf(asked);
      return place === 0 ? 'running' : place > 0 ? 'waiting' : asked.abort.signal.aborted && asked.end === undefined ? 'cancelled' : 'over';
    });
    expect(all.map(({ state }) => state)).toEqual(expected);
    expect(turns.busy).toBe(lists.filter((list) => list.length > 0).length);
  };
  const ask = (of: number): void => {
    const asked: Asked = { conversation: of, abort: new AbortController(), state: 'waiting' };
    all.push(asked);
    lists[of]!.push(asked);
    turns.take(String(of), asked.abort.signal).then(
      (end) => Object.assign(asked, { state: 'running', end }),
      () => Object.assign(asked, { state: 'cancelled' }),
    );
  };
  const end = (of: number): void => {
    const asked = lists[of]!.shift();
    if (asked === undefined) return;
    asked.state = 'over';
    asked.end?.();
  };
  const cancel = (asked: Asked | undefined): void => {
    asked?.abort.abort();
    // One that runs is ended by whoever runs it.
    const list = asked === undefined ? [] : lists[asked.conversation]!;
    if (asked !== undefined && list.indexOf(asked) > 0) list.splice(list.indexOf(asked), 1);
  };
  for (const each of steps) {
    if (each.do === 'ask') ask(each.conversation);
    else if (each.do === 'end') end(each.conversation);
    else cancel(all[each.which]);
    await settled();
  }
  for (const [of, list] of lists.entries()) {
    while (list.length > 0) {
      end(of);
      await settled();
    }
  }
  expect(turns.busy).toBe(0);
}
