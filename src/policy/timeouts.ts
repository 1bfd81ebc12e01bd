/** Milliseconds; undefined: as the more general rule says. */
export interface Timeouts {
  readonly connectMs?: number | undefined;
  readonly firstTokenMs?: number | undefined;
  readonly idleMs?: number | undefined;
  readonly totalMs?: number | undefined;
}

/** `timeouts:` at the top and of providers, models (by canonical id) and purposes. */
export interface TimeoutRules {
  readonly all: Timeouts;
  readonly providers: ReadonlyMap<string, Timeouts>;
  readonly models: ReadonlyMap<string, Timeouts>;
  readonly purposes: ReadonlyMap<string, Timeouts>;
}

export interface Deadline {
  readonly ms: number;
  /** The key of the configuration that sets it, or would: what an error names. */
  readonly key: string;
}

/** How long one call of a model may take. */
export interface Deadlines {
  /** Until there is a connection. */
  readonly connect: Deadline;
  /** From the call until the first part of the answer; of an answer in one piece until it is there. */
  readonly firstToken: Deadline;
  /** Between two pieces of the answer. */
  readonly idle: Deadline;
  /** The whole prompt with all its steps; undefined: as long as it takes. */
  readonly total: Deadline | undefined;
}

export const noTimeouts: TimeoutRules = { all: {}, providers: new Map(), models: new Map(), purposes: new Map() };

/** The most specific rule holds: of the purpose, the model, the provider, the top. */
export function deadlinesFor(
  rules: TimeoutRules,
  { id, provider }: { readonly id: string; readonly provider: string },
  purpose: string | undefined,
): Deadlines {
  const sources: [path: string, timeouts: Timeouts | undefined][] = [
    [`purposes.${purpose}.timeouts`, purpose === undefined ? undefined : rules.purposes.get(purpose)],
    [`model_timeouts.${id}`, rules.models.get(id)],
    [`providers.${provider}.timeouts`, rules.providers.get(provider)],
    ['timeouts', rules.all],
  ];
  const find = (member: keyof Timeouts, name: string): Deadline | undefined => {
    for (const [path, timeouts] of sources) {
      const ms = timeouts?.[member];
      if (ms !== undefined) return { ms, key: `${path}.${name}` };
    }
    return undefined;
  };
  return {
    connect: find('connectMs', 'connect_ms') ?? usualDeadlines.connect,
    firstToken: find('firstTokenMs', 'first_token_ms') ?? usualDeadlines.firstToken,
    idle: find('idleMs', 'idle_ms') ?? usualDeadlines.idle,
    total: find('totalMs', 'total_ms'),
  };
}

export const usualDeadlines: Deadlines = {
  connect: { ms: 10_000, key: 'timeouts.connect_ms' },
  firstToken: { ms: 600_000, key: 'timeouts.first_token_ms' },
  idle: { ms: 300_000, key: 'timeouts.idle_ms' },
  total: undefined,
};
