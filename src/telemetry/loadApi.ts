import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as OpenTelemetry from '@opentelemetry/api';

export type Api = typeof OpenTelemetry;

/** `problem` is a sentence for the operator that says what to do. */
export type LoadedApi = { readonly api: Api } | { readonly problem: string };

/**
 * `@opentelemetry/api`, from the first of these folders that has it, if the process has set an SDK up. It holds nothing
 * itself: every copy of it finds what was set up in a global.
 */
export function loadApi(folders: readonly string[]): LoadedApi {
  for (const folder of folders) {
    try {
      return check(createRequire(join(folder, 'package.json'))('@opentelemetry/api') as Api, folder);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND')
        return { problem: `telemetry is off: @opentelemetry/api, found from ${folder}, cannot be loaded. Install it again.` };
    }
  }
  return {
    problem: `telemetry is off: there is no @opentelemetry/api. Install it where this file is: npm install @opentelemetry/api`,
  };
}

type SetUp = Partial<Record<'version' | 'trace' | 'metrics', unknown>>;

function check(api: Api, folder: string): LoadedApi {
  const setUp = (globalThis as Record<symbol, unknown>)[Symbol.for('opentelemetry.js.api.1')] as SetUp | undefined;
  if (setUp?.trace === undefined && setUp?.metrics === undefined)
    return {
      problem:
        'telemetry is off: nothing in this process exports what is measured. Start it with NODE_OPTIONS="--import=/path/to/otel.mjs", a file that sets an OpenTelemetry SDK up.',
    };
  const sees =
    (setUp.trace === undefined || api.trace.getTracerProvider() === setUp.trace) &&
    (setUp.metrics === undefined || api.metrics.getMeterProvider() === setUp.metrics);
  if (sees) return { api };
  return {
    problem: `telemetry is off: the SDK was set up with @opentelemetry/api ${String(setUp.version)}, and the one found from ${folder} is later. Install the same.`,
  };
}
