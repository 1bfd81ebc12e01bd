import type { Config } from './config.ts';
import { pathsOf, type Surroundings } from './surroundings.ts';

/** `telemetry:`, and the folder of the file that says so. */
export function toTelemetry({ values, source }: Config, surroundings: Surroundings): { openTelemetry: boolean; folder: string | null } {
  return { openTelemetry: values.telemetry ?? false, folder: source === null ? null : pathsOf(surroundings).dirname(source) };
}
