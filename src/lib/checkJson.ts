import * as z from 'zod';
import type { JsonObject } from '../../protocol/index.ts';
import { checkableSchema } from './checkableSchema.ts';

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
  const parsed = parse(compile(schema), value);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
    ...(issue.code === 'unrecognized_keys' ? { unknownKeys: issue.keys } : {}),
  }));
}

function parse(schema: z.ZodType, value: unknown): z.ZodSafeParseResult<unknown> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (error instanceof RangeError) throw new TypeError('schema refers to itself without end', { cause: error });
    throw error;
  }
}

function compile(schema: JsonObject): z.ZodType {
  const known = compiled.get(schema);
  if (known) return known;
  try {
    const checkable = checkableSchema(schema);
    const defaultTarget = 'definitions' in checkable && !('$defs' in checkable) ? 'draft-7' : 'draft-2020-12';
    // A registry of its own: the shared one keeps every id for ever and takes each once.
    const fresh = z.fromJSONSchema(checkable, { defaultTarget, registry: z.registry() });
    compiled.set(schema, fresh);
    return fresh;
  } catch (error) {
    throw new TypeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
