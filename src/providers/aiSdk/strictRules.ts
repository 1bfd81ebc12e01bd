import type { Json, JsonObject } from '../../../protocol/index.ts';

/**
 * Whether a JSON Schema meets what OpenAI's strict mode asks for: every object closed (`additionalProperties: false`) with
 * all its properties required. Others are refused when marked strict.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function meetsStrictRules(schema: JsonObject): boolean {
  return schema['type'] === 'object' && meets(schema);
}

function meets(schema: Json | undefined): boolean {
  if (Array.isArray(schema)) return schema.every(meets);
  if (typeof schema !== 'object' || schema === null) return true;
  const properties = schema['properties'];
  const isObject = schema['type'] === 'object' || (Array.isArray(schema['type']) && schema['type'].includes('object'));
  if (isObject || properties !== undefined) {
    const required = Array.isArray(schema['required']) ? schema['required'] : [];
    if (schema['additionalProperties'] !== false) return false;
    if (Object.keys((properties as JsonObject | undefined) ?? {}).some((name) => !required.includes(name))) return false;
  }
  if (unsupported.some((keyword) => keyword in schema)) return false;
  const inner = [schema['items'], schema['anyOf'], ...named(properties), ...named(schema['$defs']), ...named(schema['definitions'])];
  return inner.every(meets);
}

const unsupported = ['allOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas', 'patternProperties'];

function named(schemas: Json | undefined): Json[] {
  return typeof schemas === 'object' && schemas !== null ? Object.values(schemas) : [];
}
