import { applyDelta, createFold, foldedContent, foldedText } from '../../../protocol/foldDeltas.ts';
import type { ContentPart } from '../../../protocol/index.ts';
import { startSidecar, type Sidecar } from '../../support/sidecar.ts';
import type { RawMessage } from '../../support/rawHost.ts';
import type { RecordedCase } from './recordings.ts';
import { canaryKey, fold, settingsOf, type Outcome } from './runCase.ts';

/** A model of the sidecar: the wire of a case, and the URL of the replay server that has the recording. */
export interface RecordedModel {
  readonly id: string;
  readonly recorded: RecordedCase;
  readonly baseUrl: string;
  /** Instead of the case's own provider. */
  readonly type?: string;
  /** What the server is asked for; it finds a case by it. Default: the case's id. */
  readonly upstreamId?: string;
}

/** The real process, with each model behind its provider. One provider for each wire and URL. */
export async function startRecordedSidecar(models: readonly RecordedModel[], capabilities: object = {}): Promise<Sidecar> {
  const providers: Record<string, { models: object[] }> = {};
  for (const { id, recorded, baseUrl, type, upstreamId = `any@${recorded.id}` } of models) {
    const settings = settingsOf(recorded, baseUrl);
    const wire = { type: type ?? settings.type, ...(type === undefined && settings.api !== undefined ? { api: settings.api } : {}) };
    const name = [wire.type, wire.api ?? '', baseUrl].join(' ');
    providers[name] ??= { ...wire, base_url: baseUrl, key: 'RECORDED_KEY', discover: false, models: [] } as { models: object[] };
    const features = { stream: true, tools: true, reasoning: true };
    providers[name].models.push({ id, upstream_id: upstreamId, features });
  }
  // A failure is to be seen as it comes, not after the sidecar has tried again.
  const config = JSON.stringify({ providers, limits: { retries: 0 } });
  const sidecar = await startSidecar({ config, env: { DATASETTE_SECRETS_RECORDED_KEY: canaryKey } });
  const { result } = await sidecar.initialize({ capabilities });
  if (result.config.diagnostics.length > 0) throw new Error(JSON.stringify(result.config.diagnostics));
  return sidecar;
}

/** The answer to llm/prompt in the same words as an outcome of the Provider port. Deltas, if any, must say the same. */
export function outcomeOf(response: RawMessage, messages: readonly RawMessage[], promptId: string): Outcome {
  const { result, error } = response;
  const content: ContentPart[] = result?.steps.at(-1).content ?? error?.data.partial?.content ?? [];
  checkDeltas(messages, promptId, content);
  const events = content.flatMap((part, index) => [
    { type: 'part' as const, part: index, kind: part.type as 'text' },
    ...(part.type === 'text' || part.type === 'reasoning' ? [{ type: part.type as 'text', part: index, text: part.text }] : []),
    { type: 'partEnd' as const, part: index, content: part },
  ]);
  return {
    ...fold(events),
    usage: result?.usage ?? error?.data.partial?.usage ?? { inputTokens: null, outputTokens: null },
    stopReason: result?.stopReason ?? null,
    responseId: result?.steps.at(-1).responseId,
    error:
      error === undefined
        ? null
        : { kind: error.data.kind, message: error.message, retryable: error.data.retryable, retryAfterMs: error.data.retryAfterMs },
  };
}

function checkDeltas(messages: readonly RawMessage[], promptId: string, content: readonly ContentPart[]): void {
  const notified = messages.filter(({ method, params }) => method === 'llm/delta' && params.promptId === promptId);
  if (notified.length === 0) return;
  const folded = createFold();
  for (const { params } of notified) for (const delta of params.deltas) applyDelta(folded, delta);
  const steps = Math.max(...folded.steps.keys());
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  if (steps === 0 && foldedText(folded) !== text) throw new Error(`${promptId}: the deltas amount to another text than the result`);
  if (JSON.stringify(foldedContent(folded, steps)) !== JSON.stringify(content))
    throw new Error(`${promptId}: the deltas amount to another content than the result`);
}
