import type { Mutable } from '../lib/mutable.ts';
import { idKey, type RequestId } from './envelope.ts';

/** A request from its arrival to its answer. */
export interface InFlight {
  readonly id: RequestId;
  readonly signal: AbortSignal;
  /** Who gave it up, once the signal is aborted. */
  readonly abortKind: 'cancelled' | 'serverCancelled';
  abort(kind: 'cancelled' | 'serverCancelled'): void;
}

/** The requests of the other side that have no answer yet; ids are unique among them. */
export interface InFlightTable {
  readonly size: number;
  has(id: RequestId): boolean;
  get(id: RequestId): InFlight | undefined;
  add(id: RequestId): InFlight;
  remove(id: RequestId): void;
  abortAll(kind: 'cancelled' | 'serverCancelled', except?: RequestId): void;
  /** Resolves when there are none. */
  empty(): Promise<void>;
}

export function createInFlightTable(): InFlightTable {
  const entries = new Map<string, InFlight>();
  let waiting: (() => void)[] = [];
  return {
    get size() {
      return entries.size;
    },
    has: (id) => entries.has(idKey(id)),
    get: (id) => entries.get(idKey(id)),
    add(id) {
      const entry = createInFlight(id);
      entries.set(idKey(id), entry);
      return entry;
    },
    remove(id) {
      entries.delete(idKey(id));
      if (entries.size > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    abortAll(kind, except) {
      const spared = except === undefined ? null : idKey(except);
      for (const [key, entry] of entries) if (key !== spared) entry.abort(kind);
    },
    empty() {
      if (entries.size === 0) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

function createInFlight(id: RequestId): InFlight {
  const controller = new AbortController();
  const entry: Mutable<InFlight> = {
    id,
    signal: controller.signal,
    abortKind: 'cancelled',
    abort(kind) {
      if (controller.signal.aborted) return;
      entry.abortKind = kind;
      // The reason stays an AbortError: the provider packages take any other reason for a failure of the provider.
      controller.abort();
    },
  };
  return entry;
}
