import type { Context, SpanContext } from '@opentelemetry/api';
import type { TraceContext } from '../engine/telemetryPort.ts';
import type { Api } from './loadApi.ts';

/**
 * What a call is a part of: what its caller says, else the call in whose hook or tool it was made, else whatever the process
 * is in. Read here and not by the SDK's propagator, since the protocol knows one form alone.
 */
export function parentContext(api: Api, told: TraceContext | undefined, around: Context | undefined): Context {
  const context = around ?? api.context.active();
  const [, traceId = '', spanId = '', flags = ''] = traceparent.exec(told?.traceparent.trim() ?? '') ?? [];
  const remote = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & api.TraceFlags.SAMPLED,
    isRemote: true,
    // oxlint-disable-next-line typescript/no-deprecated -- what replaces it is in the SDK, which is not ours.
    ...(told?.tracestate === undefined ? {} : { traceState: api.createTraceState(told.tracestate) }),
  };
  return api.isSpanContextValid(remote) ? api.trace.setSpanContext(context, remote) : context;
}

/** The same, for whoever is asked in the course of a call. */
export function toTraceContext({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const flags = traceFlags.toString(16).padStart(2, '0');
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: traceState?.serialize() || undefined };
}

/** Version ff is none; of a later one what is known is read. */
const traceparent = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;
