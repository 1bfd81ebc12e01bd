import * as z from 'zod';
import type { JsonObject } from '../../protocol/index.ts';

export interface JsonIssue {
  /** `address.street`; empty: the value itself. */
  readonly path: string;
  readonly message: string;
  /** The keys that the schema does not know. */
  readonly unknownKeys?: readonly string[];
}

const compiled = new WeakMap<JsonObject, z.ZodType>();

/** What is wrong with `value` by a JSON Schema; empty: nothing. Throws a TypeError when the schema itself cannot be used. */
export function checkJson(schema: JsonObject, value: unknown): JsonIssue[] {
  const parsed = compile(schema).safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
    ...(issue.code === 'unrecognized_keys' ? { unknownKeys: issue.keys } : {}),
  }));
}

function compile(schema: JsonObject): z.ZodType {
  const known = compiled.get(schema);
  if (known) return known;
  try {
    const fresh = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    compiled.set(schema, fresh);
    return fresh;
  } catch (error) {
    throw new TypeError(error instanceof Error ? error.message : String(error));
  }
}
