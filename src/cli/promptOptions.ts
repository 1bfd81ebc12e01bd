import { readFile } from 'node:fs/promises';
import type { ParseArgsOptionsConfig } from 'node:util';
import type { AttachmentPart, JsonObject } from '../../protocol/index.ts';
import { UsageError } from './command.ts';

/** What `prompt` and `chat` both take, beside `-o NAME VALUE`. */
export const commonOptions = {
  model: { type: 'string', short: 'm' },
  system: { type: 'string', short: 's' },
  purpose: { type: 'string' },
  actor: { type: 'string' },
  config: { type: 'string', short: 'c' },
} as const satisfies ParseArgsOptionsConfig;

/** `--schema`: JSON, or the file that holds it. */
export async function readSchema(value: string): Promise<JsonObject> {
  const inline = value.trimStart().startsWith('{');
  const text = inline ? value : await readFile(value, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new UsageError(`--schema takes a JSON Schema or the path of a file that holds one; ${value} cannot be read`);
  const schema = parse(text);
  if (schema !== undefined) return schema;
  throw new UsageError(`--schema is not a JSON object${inline ? '' : `: ${value}`}`);
}

/** `-a`: an address, else a file. */
export function toAttachment(value: string): AttachmentPart {
  return { type: 'attachment', ...(/^https?:\/\//i.test(value) ? { url: value } : { path: value }) };
}

/** `--timeout`, in milliseconds. */
export function readTimeout(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const milliseconds = Math.round(Number(value) * 1000);
  if (value.trim() !== '' && milliseconds >= 1 && milliseconds <= longestTimer) return milliseconds;
  throw new UsageError(`--timeout takes a number of seconds greater than 0, such as --timeout 30; not ${value}`);
}

/** Node's timers hold 31 bits. */
const longestTimer = 2 ** 31 - 1;

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
