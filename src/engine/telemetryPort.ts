import type { EmbedOutcome, EmbedRequest } from './embed.ts';
import type { Provider } from './ports.ts';
import type { PromptOutcome, PromptRequest } from './promptRequest.ts';

/**
 * Watches what is asked and how it ends; it changes neither and waits for nothing. Two homes: telemetry/openTelemetry and
 * telemetry/callLog. Where nobody watches there is none.
 */
export interface Telemetry {
  prompt(request: PromptRequest, run: () => Promise<PromptOutcome>): Promise<PromptOutcome>;
  embed(request: EmbedRequest, run: () => Promise<EmbedOutcome>): Promise<EmbedOutcome>;
  /** The provider, whose every attempt is seen. */
  watch(provider: Provider): Provider;
  /** What is asked of the host in the course of a call is a part of this; undefined: of nothing that is known. */
  around(): TraceContext | undefined;
}

/** https://www.w3.org/TR/trace-context/: what the caller's call is a part of. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}
