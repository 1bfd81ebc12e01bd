import type { Meter } from '@opentelemetry/api';
import type { Usage } from '../../protocol/index.ts';
import { metricNames, names, type Attributes } from './semanticNames.ts';

export type Measure = (attributes: Attributes, durationMs: number, usage: Usage | undefined) => void;

/** How long requests to models took, and how many tokens they had. */
export function createMeasure(meter: Meter): Measure {
  const histogramOf = ({ name, description, unit, buckets }: (typeof metricNames)[keyof typeof metricNames]) =>
    meter.createHistogram(name, { description, unit, advice: { explicitBucketBoundaries: [...buckets] } });
  const duration = histogramOf(metricNames.duration);
  const tokens = histogramOf(metricNames.tokens);
  return (attributes, durationMs, usage) => {
    duration.record(durationMs / 1000, attributes);
    if (usage?.inputTokens != null) tokens.record(usage.inputTokens, { ...attributes, [names.tokenType]: 'input' });
    if (usage?.outputTokens != null) tokens.record(usage.outputTokens, { ...attributes, [names.tokenType]: 'output' });
  };
}
