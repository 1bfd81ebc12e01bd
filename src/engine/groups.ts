import type { Actor, Cost, JsonObject, Usage } from '../../protocol/index.ts';
import { Failure } from '../lib/failure.ts';
import type { GroupReservation } from './moneyPorts.ts';

export interface GroupScope {
  readonly id: string;
  readonly purpose: string | undefined;
  readonly actor: Actor;
  /** What its prompts use unless they name another; null: there was no default when it opened. */
  readonly model: string | null;
  readonly metadata: JsonObject | undefined;
  /** How many hooks deep the call was that opened it. */
  readonly depth: number;
  /** What its prompts draw on; undefined: no budget counts them. */
  readonly reservation: GroupReservation | undefined;
}

export interface GroupResponse {
  readonly promptId: string;
  readonly status: 'ok' | 'error' | 'cancelled';
  readonly usage: Usage;
  readonly cost: Cost;
  readonly error?: unknown;
}

export type GroupEnd = 'closed' | 'cancelled' | 'disconnected' | 'shutdown';

/** A group that is open or was closed. Prompts enter and leave it; engine/closeGroup.ts ends it. */
export interface Group {
  readonly scope: GroupScope;
  readonly responses: GroupResponse[];
  /** Aborted when what runs is to be cancelled. */
  readonly signal: AbortSignal;
  cancel(): void;
  /** Resolves when no prompt is running. */
  idle(): Promise<void>;
  /** Set once, by the first close; a second close gets the same. */
  closing: Promise<unknown> | undefined;
}

export interface GroupEntry {
  readonly scope: GroupScope;
  readonly signal: AbortSignal;
  leave(response: GroupResponse): void;
}

export interface Groups {
  /** Throws invalidParams for an id that is in use. */
  open(scope: GroupScope): void;
  /** Throws groupNotFound or groupClosed. */
  enter(id: string): GroupEntry;
  /** What its prompts have. Throws as `enter`. */
  scope(id: string): GroupScope;
  find(id: string): Group;
  /** Those that nobody has closed yet. */
  unclosed(): Group[];
}

/** How many closed groups are remembered, so that a second close gets the same answer. */
const rememberedGroups = 1000;

export function createGroups(): Groups {
  const groups = new Map<string, Group & { running: number; waiting: (() => void)[] }>();
  const find = (id: string) => {
    const group = groups.get(id);
    if (!group) throw new Failure('groupNotFound', `There is no group "${id}": open one with llm/groupOpen.`);
    return group;
  };
  const findOpen = (id: string) => {
    const group = find(id);
    if (group.closing) throw new Failure('groupClosed', `The group "${id}" is closed: no prompt can be added.`);
    return group;
  };
  return {
    open(scope) {
      const { id } = scope;
      const taken = groups.get(id);
      if (taken)
        throw new Failure('invalidParams', `The group "${id}" exists already: choose another groupId, or leave it out.`, {
          issues: [{ path: 'groupId', message: 'is in use' }],
        });
      forgetOldest(groups);
      const controller = new AbortController();
      groups.set(id, {
        scope,
        responses: [],
        signal: controller.signal,
        cancel: () => controller.abort(),
        running: 0,
        waiting: [],
        closing: undefined,
        async idle() {
          if (this.running > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
        },
      });
    },
    scope: (id) => findOpen(id).scope,
    enter(id) {
      const group = findOpen(id);
      group.running += 1;
      return {
        scope: group.scope,
        signal: group.signal,
        leave(response) {
          group.responses.push(response);
          group.running -= 1;
          if (group.running === 0) for (const resolve of group.waiting.splice(0)) resolve();
        },
      };
    },
    find,
    unclosed: () => [...groups.values()].filter((group) => group.closing === undefined),
  };
}

function forgetOldest(groups: Map<string, Group>): void {
  const closed = [...groups].filter(([, group]) => group.closing !== undefined);
  if (closed.length >= rememberedGroups) groups.delete(closed[0]?.[0] ?? '');
}
