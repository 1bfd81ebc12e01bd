import * as z from 'zod';

/** The keys about what others may see of the sidecar at work. */
export const telemetryKeys = {
  telemetry: z
    .boolean()
    .optional()
    .describe(
      'Report every prompt and every request to a model to the OpenTelemetry SDK of this process: names, numbers and times, never content. Default false.',
    )
    .meta({ default: false }),
};
