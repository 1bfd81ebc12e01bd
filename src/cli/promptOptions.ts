import { readFile } from 'node:fs/promises';
import type { ParseArgsOptionsConfig } from 'node:util';
import type { AttachmentPart, JsonObject } from '../../protocol/index.ts';
import { parseSchemaShortForm, schemaOfMany } from '../../protocol/schemaShortForm.ts';
import { UsageError } from './command.ts';

/** What `prompt` and `chat` both take, beside `-o NAME VALUE`. */
export const commonOptions = {
  model: { type: 'string', short: 'm' },
  system: { type: 'string', short: 's' },
  purpose: { type: 'string' },
  actor: { type: 'string' },
  config: { type: 'string', short: 'c' },
} as const satisfies ParseArgsOptionsConfig;

/** `--schema` and `--schema-multi`: JSON, the file that holds it, or the short form `name, age int`. */
export async function readSchema({
  schema,
  'schema-multi': many,
}: {
  schema?: string | undefined;
  'schema-multi'?: string | undefined;
}): Promise<JsonObject | undefined> {
  if (schema !== undefined && many !== undefined) throw new UsageError('give --schema or --schema-multi, not both');
  if (many !== undefined) return schemaOfMany(await toSchema(many, '--schema-multi'));
  return schema === undefined ? undefined : toSchema(schema, '--schema');
}

async function toSchema(value: string, option: string): Promise<JsonObject> {
  if (value.trimStart().startsWith('{')) return parse(value) ?? refuse(`${option} is not a JSON object`);
  const text = await readFile(value, 'utf8').catch(() => undefined);
  if (text !== undefined) return parse(text) ?? refuse(`${option} is not a JSON object: ${value}`);
  if (/[\\/]|\.json$/i.test(value) && !/[,:\s]/.test(value)) return refuse(`${option}: the file ${value} cannot be read`);
  try {
    return parseSchemaShortForm(value);
  } catch (error) {
    return refuse(`${option}: ${(error as SyntaxError).message} It also takes a JSON Schema, or a file that holds one.`);
  }
}

function refuse(message: string): never {
  throw new UsageError(message);
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
