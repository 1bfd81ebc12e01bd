import type { Json, JsonObject } from '../protocol/index.ts';
import { parseSchemaShortForm } from '../protocol/schemaShortForm.ts';
import { LLMError } from './errors.ts';
import type { Parse } from './response.ts';

/**
 * A schema of a validation library that can say itself as JSON Schema: zod (from 4.2), and others that follow Standard
 * Schema with its JSON Schema extension (standardschema.dev).
 */
export interface LibrarySchema<Parsed> {
  readonly '~standard': {
    readonly validate: (value: unknown) => Validated<Parsed> | Promise<Validated<Parsed>>;
    readonly jsonSchema: { readonly input: (options: { target: 'draft-2020-12' }) => Record<string, unknown> };
  };
}

/** The JSON Schema to send, and how to read the answer that satisfies it. */
export function readSchema<Parsed>(schema: JsonObject | LibrarySchema<Parsed> | string | undefined): {
  schema: JsonObject | undefined;
  parse: Parse<Parsed>;
} {
  if (typeof schema === 'string') return { schema: readShortForm(schema), parse: (answer) => answer as Parsed };
  if (schema === undefined || !('~standard' in schema)) return { schema, parse: (answer) => answer as Parsed };
  const { validate, jsonSchema } = (schema as LibrarySchema<Parsed>)['~standard'];
  return {
    schema: jsonSchema.input({ target: 'draft-2020-12' }) as JsonObject,
    parse: async (answer: Json) => {
      const validated = await validate(answer);
      if ('value' in validated && validated.issues === undefined) return validated.value;
      throw new Error((validated.issues ?? []).map(describeIssue).join('; '));
    },
  };
}

function readShortForm(text: string): JsonObject {
  try {
    return parseSchemaShortForm(text);
  } catch (cause) {
    throw new LLMError('invalidParams', (cause as SyntaxError).message, { cause });
  }
}

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
type Validated<Parsed> = { readonly value: Parsed; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

function describeIssue({ message, path = [] }: Issue): string {
  const where = path.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.');
  return where === '' ? message : `${where}: ${message}`;
}
