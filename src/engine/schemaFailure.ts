import type { ContentPart, Json, JsonObject, StopReason } from '../../protocol/index.ts';
import { checkJson } from '../lib/checkJson.ts';
import { Failure } from '../lib/failure.ts';

/** A whole answer that does not satisfy the schema is a failure: it was paid for and cannot be used. behaviour 5.6. */
export function schemaFailure(
  schema: JsonObject | undefined,
  stopReason: StopReason,
  content: readonly ContentPart[],
): Failure | undefined {
  if (schema === undefined || stopReason !== 'end') return undefined;
  const parsed = parseAnswer(content);
  const issues = parsed === undefined ? [{ path: '', message: 'is not JSON' }] : checkJson(schema, parsed);
  if (issues.length === 0) return undefined;
  const told = issues.map(({ path, message }) => ({ path, message }));
  const message = `The answer does not satisfy the schema: ${told.map((issue) => `${issue.path || 'the answer'} ${issue.message}`).join('; ')}.`;
  return new Failure('providerError', message, { retryable: true, issues: told });
}

/** The whole text, or the last part of it where a model says something before its answer. undefined: neither is JSON. */
export function parseAnswer(content: readonly ContentPart[]): Json | undefined {
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return parse(texts.join('')) ?? parse(texts.at(-1) ?? '');
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
