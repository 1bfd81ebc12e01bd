import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Snapshot } from '../engine/snapshot.ts';
import type { Telemetry } from '../engine/telemetryPort.ts';
import type { Log } from '../lib/log.ts';
import type { Redact } from '../lib/redactFailure.ts';
import type { Api } from './loadApi.ts';

export interface TelemetrySettings {
  /** `telemetry: true`. */
  readonly openTelemetry: boolean;
  /** Where the configuration is, beside which `@opentelemetry/api` is looked for first; null: nowhere. */
  readonly folder: string | null;
}

/** Who watches, as the configuration says at the moment. Nothing is imported before somebody does. */
export interface LiveTelemetry {
  /** undefined: nobody watches, and nothing is spent on it. */
  readonly current: Telemetry | undefined;
  /** Why there is no OpenTelemetry although it is asked for. */
  readonly problem: string | null;
  /** The same, with providers whose attempts are seen. */
  watch(snapshot: Snapshot): Snapshot;
  /** Takes effect when it resolves; never rejects. */
  update(settings: TelemetrySettings): Promise<void>;
  /** What was measured is exported. */
  close(): Promise<void>;
}

export interface TelemetrySurroundings {
  readonly version: string;
  readonly redact: Redact;
  readonly log: Log;
  /** `--log-level=debug`: a line about every call. */
  readonly logsCalls: boolean;
}

export function createLiveTelemetry({ version, redact, log, logsCalls }: TelemetrySurroundings): LiveTelemetry {
  let applied = '';
  let current: Telemetry | undefined;
  let problem: string | null = null;
  let used: Api | undefined;
  let watched = new WeakMap<Snapshot, Snapshot>();
  let updates = Promise.resolve();

  const watching = async ({ openTelemetry, folder }: TelemetrySettings): Promise<Telemetry | undefined> => {
    const calls = logsCalls ? (await import('./callLog.ts')).createCallLog(log) : undefined;
    problem = null;
    if (!openTelemetry) return calls;
    const [{ loadApi }, { createOpenTelemetry }] = await Promise.all([import('./loadApi.ts'), import('./openTelemetry.ts')]);
    const loaded = loadApi([...(folder === null ? [] : [folder]), dirname(fileURLToPath(import.meta.url))]);
    if ('problem' in loaded) {
      problem = loaded.problem;
      return calls;
    }
    try {
      const telemetry = both(createOpenTelemetry({ api: loaded.api, version, redact }), calls);
      used = loaded.api;
      return telemetry;
    } catch (error) {
      problem = `telemetry is off: the OpenTelemetry SDK of this process failed (${error instanceof Error ? error.name : 'thrown'}).`;
      return calls;
    }
  };

  return {
    get current() {
      return current;
    },
    get problem() {
      return problem;
    },
    watch(snapshot) {
      if (current === undefined) return snapshot;
      const telemetry = current;
      const known = watched.get(snapshot);
      if (known) return known;
      const providers = new Map([...snapshot.providers].map(([name, provider]) => [name, telemetry.watch(provider)]));
      const made = { ...snapshot, providers };
      watched.set(snapshot, made);
      return made;
    },
    async update(wanted) {
      const asked = JSON.stringify(wanted);
      if (asked === applied && problem === null) return updates;
      applied = asked;
      updates = updates.then(async () => {
        current = await watching(wanted);
        watched = new WeakMap();
      });
      return updates;
    },
    async close() {
      if (used) await (await import('./flush.ts')).flush(used);
    },
  };
}

function both(one: Telemetry, other: Telemetry | undefined): Telemetry {
  if (other === undefined) return one;
  return {
    prompt: async (request, run) => one.prompt(request, async () => other.prompt(request, run)),
    embed: async (request, run) => one.embed(request, async () => other.embed(request, run)),
    around: () => one.around(),
    watch: (provider) => one.watch(other.watch(provider)),
  };
}
