import type { TraceContext } from '../engine/telemetryPort.ts';

/** What the host says in `_meta` of the call that this one is a part of. */
export function traceContextOf(params: { readonly _meta?: { readonly [key: string]: unknown } | undefined }): TraceContext | undefined {
  const { traceparent, tracestate } = params._meta ?? {};
  if (typeof traceparent !== 'string') return undefined;
  return { traceparent, tracestate: typeof tracestate === 'string' ? tracestate : undefined };
}
