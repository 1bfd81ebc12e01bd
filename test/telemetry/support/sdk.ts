import * as api from '@opentelemetry/api';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { onTestFinished } from 'vitest';

/** A real SDK, set up for this process until the test ends. */
export function setUpSdk() {
  const spans = new InMemorySpanExporter();
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meters = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })],
  });
  api.trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
  api.metrics.setGlobalMeterProvider(meters);
  onTestFinished(async () => {
    api.trace.disable();
    api.metrics.disable();
    await meters.shutdown();
  });
  return {
    spans: (): Seen[] => spans.getFinishedSpans().map(seen),
    /** By name: for each set of attributes, how often and how much. */
    async metrics(): Promise<Record<string, { unit: string; points: { attributes: object; count: number; sum: number }[] }>> {
      await meters.forceFlush();
      const all =
        metrics
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? [];
      return Object.fromEntries(
        all.map(({ descriptor, dataPoints }) => [
          descriptor.name,
          {
            unit: descriptor.unit,
            points: dataPoints.map(({ attributes, value }) => {
              const { count, sum = 0 } = value as { count: number; sum?: number };
              return { attributes, count, sum };
            }),
          },
        ]),
      );
    },
  };
}

interface Seen {
  readonly name: string;
  readonly id: string;
  readonly traceId: string;
  readonly parent: string | undefined;
  readonly kind: string;
  readonly status: object;
  readonly attributes: Record<string, unknown>;
  readonly events: readonly unknown[];
}

function seen(span: ReadableSpan): Seen {
  return {
    name: span.name,
    id: span.spanContext().spanId,
    traceId: span.spanContext().traceId,
    parent: span.parentSpanContext?.spanId,
    kind: api.SpanKind[span.kind],
    status: span.status,
    attributes: { ...span.attributes },
    events: span.events,
  };
}
