import { setTimeout } from 'node:timers/promises';
import type { Api } from './loadApi.ts';

/** An SDK exports now and then; what it still has would end with the process. Never rejects, and takes two seconds at most. */
export async function flush(api: Api): Promise<void> {
  const traces = api.trace.getTracerProvider();
  const providers: unknown[] = [
    'getDelegate' in traces ? (traces as { getDelegate(): unknown }).getDelegate() : traces,
    api.metrics.getMeterProvider(),
  ];
  const late = new AbortController();
  const flushed = Promise.allSettled(providers.map(async (provider) => (provider as Partial<Flushable>).forceFlush?.()));
  await Promise.race([flushed, setTimeout(longestMs, undefined, { signal: late.signal }).catch(() => {})]);
  late.abort();
}

const longestMs = 2000;

interface Flushable {
  forceFlush(): Promise<void>;
}
