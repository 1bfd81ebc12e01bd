import { randomUUID } from 'node:crypto';
import type { JsonObject, PromptParams, PromptResult } from '../../protocol/index.ts';
import type { AnswerTool } from '../engine/ports.ts';
import type { PromptOutcome, PromptRequest } from '../engine/promptRequest.ts';
import { Failure } from '../lib/failure.ts';
import type { DeltaPump } from '../pump/deltaPump.ts';
import { depthOf } from './depth.ts';
import { traceContextOf } from './traceContext.ts';

/** The wire's params as the engine takes them. Throws invalidParams where one needs another. */
export function toPromptRequest(params: PromptParams, answerTool?: AnswerTool): PromptRequest {
  const { promptId, prompt, messages = [], attachments = [], stream } = params;
  if (stream !== undefined && promptId === undefined) throw invalid('promptId', 'is required with stream: the deltas are told apart by it');
  // A conversation that was paused goes on without a new turn.
  if (prompt === undefined && messages.length === 0 && attachments.length === 0 && params.conversationId === undefined)
    throw invalid('prompt', 'is missing: give prompt, or messages, or both');
  return {
    promptId: promptId ?? randomUUID(),
    model: params.model,
    purpose: params.purpose,
    actor: params.actor,
    groupId: params.groupId,
    prompt,
    messages,
    system: params.system,
    attachments,
    options: params.options ?? {},
    schema: params.schema,
    tools: params.tools ?? [],
    toolChoice: params.toolChoice,
    toolNames: params.toolNames ?? [],
    answerTool,
    maxSteps: params.maxSteps,
    conversationId: params.conversationId,
    depth: depthOf(params),
    stream: stream !== undefined,
    timeoutMs: params.timeoutMs,
    metadata: params.metadata,
    traceContext: traceContextOf(params),
  };
}

export function toPromptResult(
  promptId: string,
  outcome: PromptOutcome,
  { pump, omitContent }: { pump: DeltaPump | undefined; omitContent: boolean },
): PromptResult {
  const {
    text,
    messages,
    textBytes,
    warnings: _warnings,
    hookErrors: _hookErrors,
    chosen: _chosen,
    timing,
    steps,
    parsed,
    keySource,
    conversationId,
    ...rest
  } = outcome;
  const { firstDeltaMs, ...times } = timing;
  return {
    promptId,
    ...rest,
    ...(keySource === undefined ? {} : { keySource }),
    ...(conversationId === undefined ? {} : { conversationId }),
    steps: omitContent ? steps.map(({ content: _, toolResults: __, ...step }) => step) : steps,
    ...(omitContent ? {} : { text, messages }),
    ...(parsed === undefined ? {} : { parsed }),
    ...(pump === undefined ? {} : { stream: { lastSeq: pump.lastSeq, textBytes } }),
    timing: firstDeltaMs === undefined ? times : { ...times, firstDeltaMs },
    ...toMeta(outcome),
  };
}

/** What went less than well and is no failure. */
export function toMeta({ warnings, hookErrors }: Pick<PromptOutcome, 'warnings' | 'hookErrors'>): { _meta?: JsonObject } {
  if (warnings.length === 0 && hookErrors.length === 0) return {};
  return {
    _meta: {
      ...(warnings.length > 0 ? { warnings: [...warnings] } : {}),
      ...(hookErrors.length > 0 ? { hookErrors: hookErrors.map((error) => ({ ...error })) } : {}),
    },
  };
}

/** Says in a failure's `partial` which delta was the last. G3. */
export function withLastSeq(error: unknown, pump: DeltaPump | undefined): unknown {
  if (!(error instanceof Failure) || error.detail.partial === undefined || pump === undefined) return error;
  const partial = { ...error.detail.partial, ...(pump.lastSeq < 0 ? {} : { lastSeq: pump.lastSeq }) };
  return new Failure(error.kind, error.message, { ...error.detail, partial }, { cause: error.cause });
}

function invalid(path: string, message: string): Failure {
  return new Failure('invalidParams', `${path} ${message}.`, { issues: [{ path, message }] });
}
