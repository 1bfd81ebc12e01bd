import type { PromptEnd } from '../engine/ports.ts';

/** The end of what had started when a hook refused or a cancel came: nothing was sent. */
export function refusedEnd(error: unknown): PromptEnd {
  const cancelled = error instanceof Error && error.name === 'AbortError';
  return {
    outcome: cancelled ? 'cancelled' : 'error',
    error: cancelled ? undefined : error,
    usage: { inputTokens: 0, outputTokens: 0 },
    cost: { usd: '0', source: 'computed' },
    content: [],
    durationMs: 0,
  };
}
