import { expect, test } from 'vitest';
import { createDiscovery, type DiscoveryOptions, type DiscoveryTarget } from '../../src/providers/discovery.ts';
import type { ListTarget, ModelList } from '../../src/providers/modelLists.ts';

test('the first ask has the models, later ones do not wait', async () => {
  const { discovery, requests, answer } = start([lan('a')]);
  const first = discovery.ask();
  await requests.next();
  await answer('a', { models: [{ id: 'm' }] });
  await first;
  expect(discovery.models()).toEqual(new Map([['a', [{ id: 'm' }]]]));
  await discovery.ask();
  expect(requests.count).toBe(1);
  await discovery.close();
});

test('a silent server delays the first ask a little and no later one', async () => {
  const { discovery, requests, clock } = start([lan('a'), lan('b')]);
  await discovery.ask();
  expect(requests.count).toBe(2);
  expect(discovery.models()).toEqual(
    new Map([
      ['a', []],
      ['b', []],
    ]),
  );
  clock.pass(10_000_000);
  await discovery.close();
});

test('a list older than a minute is asked for again, in the background, and a change is told once', async () => {
  const { discovery, requests, answer, clock, changes } = start([lan('a')]);
  await requests.next();
  await answer('a', { models: [{ id: 'm' }] });
  expect(changes()).toBe(1);
  clock.pass(59_000);
  await discovery.ask();
  expect(requests.count).toBe(1);
  clock.pass(1000);
  await discovery.ask();
  expect(requests.count).toBe(2);
  expect(discovery.models().get('a')).toEqual([{ id: 'm' }]);
  await answer('a', { models: [{ id: 'm' }] });
  expect(changes()).toBe(1);
  clock.pass(60_000);
  await discovery.ask();
  await answer('a', { models: [{ id: 'n' }] });
  expect(changes()).toBe(2);
  expect(discovery.models().get('a')).toEqual([{ id: 'n' }]);
  await discovery.close();
});

test('after failures it waits 5 s, 10 s, 20 s, at most 5 min; what was known stays', async () => {
  const { discovery, requests, answer, clock } = start([lan('a')]);
  await requests.next();
  await answer('a', { models: [{ id: 'm' }] });
  clock.pass(60_000);
  for (const wait of [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
    const before = requests.count;
    await discovery.ask();
    expect(requests.count).toBe(before + 1);
    await answer('a', { warning: 'a is down' });
    clock.pass(wait - 1);
    await discovery.ask();
    expect(requests.count).toBe(before + 1);
    clock.pass(1);
  }
  expect(discovery.models().get('a')).toEqual([{ id: 'm' }]);
  expect(discovery.warnings()).toEqual(new Map([['a', 'a is down']]));
  await discovery.ask();
  await answer('a', { models: [] });
  expect(discovery.warnings()).toEqual(new Map());
  await discovery.close();
});

test('a change of the configuration asks all at once, forgets those that left and ignores their answers', async () => {
  const { discovery, requests, answer, changes } = start([lan('a'), lan('b')]);
  await requests.next();
  await requests.next();
  await answer('a', { models: [{ id: 'm' }] });
  discovery.setTargets([lan('a'), lan('c')]);
  await requests.next();
  await requests.next();
  expect([...discovery.models()]).toEqual([
    ['a', [{ id: 'm' }]],
    ['c', []],
  ]);
  await answer('b', { models: [{ id: 'late' }] });
  expect(changes()).toBe(1);
  discovery.setTargets([lan('a', { baseUrl: 'http://elsewhere' }), lan('c')]);
  expect(discovery.models().get('a')).toEqual([]);
  await discovery.close();
});

test('a change while a server is asked asks it once more, with the new key', async () => {
  const { discovery, requests, answer } = start([lan('a', { key: async () => 'old' })]);
  expect((await requests.next()).key).toBe('old');
  discovery.setTargets([lan('a', { key: async () => 'new' })]);
  await answer('a', { warning: 'the old key is refused' });
  expect((await requests.next()).key).toBe('new');
  await answer('a', { models: [{ id: 'm' }] });
  expect(discovery.models().get('a')).toEqual([{ id: 'm' }]);
  expect(discovery.warnings().size).toBe(0);
  await discovery.close();
});

test('what the listener throws goes to onDefect, and asking goes on', async () => {
  const defects: unknown[] = [];
  const { discovery, requests, answer, clock } = start([lan('a')], {
    onChange: () => {
      throw new Error('broken');
    },
    onDefect: (error) => defects.push(error),
  });
  await requests.next();
  await answer('a', { models: [{ id: 'm' }] });
  expect(defects).toEqual([new Error('broken')]);
  clock.pass(60_000);
  await discovery.ask();
  expect(requests.count).toBe(2);
  await discovery.close();
});

test('the key is looked up for each request; without one that is needed nobody is asked', async () => {
  let key: string | null = null;
  const { discovery, requests, answer, clock } = start([lan('a', { needsKey: true, key: async () => key })]);
  await discovery.ask();
  expect(requests.count).toBe(0);
  key = 'sk-1';
  clock.pass(60_000);
  const asking = discovery.ask();
  expect((await requests.next()).key).toBe('sk-1');
  await answer('a', { models: [] });
  await asking;
  await discovery.close();
});

test('a key that cannot be looked up is a warning', async () => {
  const { discovery } = start([lan('a', { key: () => Promise.reject(new Error('sk-1')) })]);
  await discovery.ask();
  expect([...discovery.warnings().values()]).toEqual(['The models of a could not be listed: its key could not be looked up.']);
  await discovery.close();
});

test('closing aborts what is under way, and nothing is asked or told after', async () => {
  const { discovery, requests, signals, changes } = start([lan('a')]);
  await requests.next();
  await discovery.close();
  expect(signals.every((signal) => signal.aborted)).toBe(true);
  discovery.setTargets([lan('b')]);
  await discovery.ask();
  expect(requests.count).toBe(1);
  expect(changes()).toBe(0);
});

function lan(name: string, rest: Partial<DiscoveryTarget> = {}): DiscoveryTarget {
  return { name, type: 'openai-compatible', baseUrl: 'http://lan', headers: {}, key: async () => null, needsKey: false, ...rest };
}

/** A discovery whose servers answer when the test says so. */
function start(targets: DiscoveryTarget[], listeners: Partial<DiscoveryOptions> = {}) {
  const open = new Map<string, (list: ModelList) => void>();
  const waiting: ((target: ListTarget) => void)[] = [];
  const unread: ListTarget[] = [];
  const signals: AbortSignal[] = [];
  let count = 0;
  let changed = 0;
  let time = 1_000_000;
  const discovery = createDiscovery({
    targets,
    onChange: () => (changed += 1),
    now: () => time,
    ...listeners,
    fetchList: (target, signal) => {
      count += 1;
      signals.push(signal);
      const reader = waiting.shift();
      if (reader) reader(target);
      else unread.push(target);
      return new Promise((resolve) => {
        open.set(target.name, resolve);
        signal.addEventListener('abort', () => resolve({ warning: 'aborted' }));
      });
    },
  });
  const next = (): Promise<ListTarget> => {
    const first = unread.shift();
    return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
  };
  return {
    discovery,
    signals,
    requests: {
      next,
      get count() {
        return count;
      },
    },
    changes: () => changed,
    clock: { pass: (ms: number) => (time += ms) },
    async answer(name: string, list: ModelList): Promise<void> {
      open.get(name)?.(list);
      await new Promise(setImmediate);
    },
  };
}
