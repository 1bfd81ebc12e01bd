import type { DiscoveredModel } from '../catalogue/builtInModel.ts';
import type { FetchList, ListTarget } from './modelLists.ts';

export interface DiscoveryTarget extends Omit<ListTarget, 'key'> {
  /** Looked up anew for each request, without counting as a use. */
  key(): Promise<string | null>;
  /** Not asked while there is no key. */
  readonly needsKey: boolean;
}

export interface DiscoveryOptions {
  readonly targets: readonly DiscoveryTarget[];
  readonly fetchList: FetchList;
  /** The lists have changed. */
  readonly onChange: () => void;
  /** Gets what `onChange` throws; undefined: nobody catches it. */
  readonly onDefect?: ((error: unknown) => void) | undefined;
  /** Milliseconds, for how old a list is. */
  readonly now?: (() => number) | undefined;
}

/** The lists of models of servers, asked for in the background and kept: what is known is there at once. */
export interface Discovery {
  /** By provider name. What a server said last stays while it cannot be asked. */
  models(): ReadonlyMap<string, readonly DiscoveredModel[]>;
  /** By provider name, of those whose last request failed. */
  warnings(): ReadonlyMap<string, string>;
  /** Asks anew where a list is older than a minute. Waits only for servers that were never asked, and 300 ms at most. */
  ask(): Promise<void>;
  /** After a change of the configuration: all are asked, those that failed as well. */
  setTargets(targets: readonly DiscoveryTarget[]): void;
  /** Ends what is under way. */
  close(): Promise<void>;
}

const firstWaitMs = 300;
const staleMs = 60_000;
const refreshMs = 5 * 60_000;
const firstBackOffMs = 5000;

interface Server {
  target: DiscoveryTarget;
  models: readonly DiscoveredModel[];
  warning: string | undefined;
  /** The time of the last attempt; undefined: none has ended. */
  asked: number | undefined;
  failures: number;
  running: Promise<void> | undefined;
  /** The target has changed (its key, perhaps) since the request under way began. */
  changed: boolean;
}

export function createDiscovery({ targets, fetchList, onChange, onDefect = throwLater, now = Date.now }: DiscoveryOptions): Discovery {
  const closing = new AbortController();
  const servers = new Map<string, Server>();
  const underWay = new Set<Promise<void>>();
  const isDue = (server: Server, age: number): boolean => server.asked === undefined || now() - server.asked >= waitAfter(server, age);

  const start = (server: Server): void => {
    if (closing.signal.aborted || server.running) return;
    const running = askServer(server)
      .catch(onDefect)
      .finally(() => {
        server.running = undefined;
        underWay.delete(running);
      });
    underWay.add(running);
    server.running = running;
  };
  const askServer = async (server: Server): Promise<void> => {
    let list = await fetchWithKey(server.target, fetchList, closing.signal);
    while (server.changed) {
      server.changed = false;
      list = await fetchWithKey(server.target, fetchList, closing.signal);
    }
    if (closing.signal.aborted || servers.get(server.target.name) !== server) return;
    const before = JSON.stringify(server.models);
    server.asked = now();
    server.warning = 'warning' in list ? list.warning : undefined;
    server.failures = 'warning' in list ? server.failures + 1 : 0;
    if ('models' in list) server.models = list.models;
    if (JSON.stringify(server.models) !== before) onChange();
  };
  const startDue = (age: number): void => {
    for (const server of servers.values()) if (isDue(server, age)) start(server);
  };
  const setTargets = (wanted: readonly DiscoveryTarget[]): void => {
    const before = new Map(servers);
    servers.clear();
    for (const target of wanted) {
      const known = before.get(target.name);
      const server = known !== undefined && sameServer(known.target, target) ? known : newServer(target);
      server.target = target;
      server.changed = server.running !== undefined;
      servers.set(target.name, server);
      start(server);
    }
  };

  const timer = setInterval(() => startDue(refreshMs), staleMs);
  timer.unref();
  setTargets(targets);
  return {
    models: () => new Map([...servers].map(([name, server]) => [name, server.models])),
    warnings: () => new Map([...servers].flatMap(([name, { warning }]) => (warning === undefined ? [] : [[name, warning]]))),
    async ask() {
      startDue(staleMs);
      const first = [...servers.values()].flatMap(({ asked, running }) => (asked === undefined && running ? [running] : []));
      await within(firstWaitMs, Promise.all(first));
    },
    setTargets,
    async close() {
      clearInterval(timer);
      closing.abort();
      await Promise.all(underWay);
    },
  };
}

function newServer(target: DiscoveryTarget): Server {
  return { target, models: [], warning: undefined, asked: undefined, failures: 0, running: undefined, changed: false };
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Doubles with every failure in a row. */
function waitAfter({ failures }: Server, age: number): number {
  return failures === 0 ? age : Math.min(refreshMs, firstBackOffMs * 2 ** (failures - 1));
}

async function fetchWithKey(target: DiscoveryTarget, fetchList: FetchList, signal: AbortSignal): ReturnType<FetchList> {
  const { name, type, baseUrl, headers, needsKey } = target;
  try {
    const key = await target.key();
    signal.throwIfAborted();
    if (key === null && needsKey) return { models: [] };
    return await fetchList({ name, type, baseUrl, headers, key }, signal);
  } catch {
    return { warning: `The models of ${name} could not be listed: its key could not be looked up.`, cause: 'key' };
  }
}

function sameServer(a: DiscoveryTarget, b: DiscoveryTarget): boolean {
  const shape = ({ type, baseUrl, headers }: DiscoveryTarget): string => JSON.stringify([type, baseUrl, headers]);
  return shape(a) === shape(b);
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
