import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, Span } from '@opentelemetry/api';
import type { Model } from '../catalogue/model.ts';
import type { EmbedCall, EmbedFinish, ModelEvent, ModelFinish, Provider, ProviderCall } from '../engine/ports.ts';
import type { Telemetry, TraceContext } from '../engine/telemetryPort.ts';
import type { Redact } from '../lib/redactFailure.ts';
import type { Api } from './loadApi.ts';
import { createMeasure } from './measure.ts';
import { parentContext, toTraceContext } from './parentContext.ts';
import { errorType, known, names, providerName, usageAttributes, type Attributes } from './semanticNames.ts';

export interface OpenTelemetryOptions {
  readonly api: Api;
  readonly version: string;
  /** Takes secrets out of attributes. */
  readonly redact: Redact;
}

/** A prompt or an embedding while it runs. */
interface Running {
  readonly context: Context;
  readonly span: Span;
  attempts: number;
  /** Of the first attempt, and of the latest: another one after a fallback. */
  first: Model | undefined;
  latest: Model | undefined;
}

interface Started {
  readonly operation: 'chat' | 'embeddings';
  /** As it was asked for. */
  readonly model: string | undefined;
  readonly traceContext: TraceContext | undefined;
  readonly attributes: Attributes;
}

/**
 * A span for every call, whose parent is the host's `traceparent`, and below it one for every attempt; metrics of attempts.
 * Names, numbers and kinds of errors; never content, messages of errors or who asks.
 */
export function createOpenTelemetry({ api, version, redact }: OpenTelemetryOptions): Telemetry {
  const tracer = api.trace.getTracer('llm-sidecar', version);
  const measure = createMeasure(api.metrics.getMeter('llm-sidecar', version));
  // The SDK's own context may be off; and an attempt has to find its call.
  const calls = new AsyncLocalStorage<Running>();

  async function observe<T>(started: Started, run: () => Promise<T>, ended: (result: T) => Attributes): Promise<T> {
    const { operation, model } = started;
    const attributes = redact({ ...known({ [names.operation]: operation, [names.requestModel]: model }), ...started.attributes });
    const parent = parentContext(api, started.traceContext, calls.getStore()?.context);
    const span = tracer.startSpan(spanName(operation, attributes[names.requestModel]), { attributes }, parent);
    const call: Running = { context: api.trace.setSpan(parent, span), span, attempts: 0, first: undefined, latest: undefined };
    try {
      const result = await calls.run(call, async () => api.context.with(call.context, run));
      span.setAttributes(redact(ended(result)));
      return result;
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      if (call.latest) span.setAttribute(names.provider, redact(providerName(call.latest.provider)));
      if (call.first && model === undefined) {
        const id = redact(call.first.id);
        span.updateName(spanName(operation, id)).setAttribute(names.requestModel, id);
      }
      span.end();
    }
  }

  async function attempt<T extends ModelFinish | EmbedFinish>(
    { operation, call }: { operation: Started['operation']; call: ProviderCall | EmbedCall },
    run: (seen: Seen) => Promise<T>,
  ): Promise<T> {
    const { model } = call;
    const running = calls.getStore();
    const about: Attributes = redact({
      [names.provider]: providerName(model.provider),
      [names.requestModel]: model.id,
      [names.responseModel]: model.upstreamId,
    });
    const number = running ? ++running.attempts : 1;
    if (running) {
      running.first ??= model;
      running.latest = model;
    }
    const parent = running?.context ?? api.context.active();
    const kind = api.SpanKind.CLIENT;
    const span = tracer.startSpan(
      `attempt ${String(about[names.requestModel])}`,
      { kind, attributes: { ...about, [names.attempt]: number } },
      parent,
    );
    const began = performance.now();
    const seen: Seen = { firstAt: undefined, usage: undefined };
    let failedBy: string | undefined;
    try {
      const finish = await api.context.with(api.trace.setSpan(parent, span), async () => run(seen));
      seen.usage = finish.usage;
      if ('stopReason' in finish)
        span.setAttributes(redact(known({ [names.finishReasons]: [finish.stopReason], [names.responseId]: finish.responseId })));
      return finish;
    } catch (error) {
      failedBy = fail(span, error);
      throw error;
    } finally {
      if (seen.firstAt !== undefined) span.setAttribute(names.timeToFirstChunk, (seen.firstAt - began) / 1000);
      span.setAttributes(usageAttributes(seen.usage));
      span.end();
      measure({ ...about, ...known({ [names.operation]: operation, [names.errorType]: failedBy }) }, performance.now() - began, seen.usage);
    }
  }

  /** Gives the type. The text of an error may quote a prompt: it stays here. */
  function fail(span: Span, error: unknown): string {
    const type = errorType(error);
    span.setAttribute(names.errorType, type).setStatus({ code: api.SpanStatusCode.ERROR });
    return type;
  }

  return {
    prompt: async (request, run) => {
      const { model, traceContext, conversationId, groupId, promptId, purpose, stream, schema } = request;
      const attributes = known({
        [names.promptId]: promptId,
        [names.purpose]: purpose,
        [names.groupId]: groupId,
        [names.conversation]: conversationId,
        [names.requestStream]: stream,
        [names.outputType]: schema === undefined ? undefined : 'json',
      });
      return observe({ operation: 'chat', model, traceContext, attributes }, run, ({ stopReason, steps, usage, cost, ...outcome }) => ({
        ...known({
          [names.responseModel]: outcome.model || undefined,
          [names.finishReasons]: [stopReason],
          [names.steps]: steps.length,
          [names.costUsd]: cost.usd === null ? undefined : Number(cost.usd),
        }),
        ...usageAttributes(usage),
      }));
    },
    embed: async (request, run) => {
      const { model, traceContext, groupId, embedId, purpose } = request;
      const attributes = known({ [names.promptId]: embedId, [names.purpose]: purpose, [names.groupId]: groupId });
      return observe({ operation: 'embeddings', model, traceContext, attributes }, run, ({ usage, cost, ...outcome }) => ({
        ...known({ [names.responseModel]: outcome.model, [names.costUsd]: cost.usd === null ? undefined : Number(cost.usd) }),
        ...usageAttributes(usage),
      }));
    },
    around() {
      const context = calls.getStore()?.span.spanContext();
      return context && api.isSpanContextValid(context) ? toTraceContext(context) : undefined;
    },
    watch(provider: Provider): Provider {
      const { embed } = provider;
      return {
        ...provider,
        prompt: async (call, emit) =>
          attempt({ operation: 'chat', call }, async (seen) => provider.prompt(call, (event) => emit(note(seen, event)))),
        ...(embed === undefined
          ? {}
          : { embed: async (call: EmbedCall) => attempt({ operation: 'embeddings', call }, async () => embed.call(provider, call)) }),
      };
    },
  };
}

interface Seen {
  firstAt: number | undefined;
  usage: ModelFinish['usage'] | undefined;
}

function note(seen: Seen, event: ModelEvent): ModelEvent {
  seen.firstAt ??= performance.now();
  if (event.type === 'usage') seen.usage = event.usage;
  return event;
}

function spanName(operation: string, model: unknown): string {
  return typeof model === 'string' ? `${operation} ${model}` : operation;
}
