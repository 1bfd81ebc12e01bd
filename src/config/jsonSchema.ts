import * as z from 'zod';
import type { JsonObject } from '../../protocol/index.ts';
import { createConfigSchema } from './schema.ts';

/**
 * JSON Schema of the file, for editors: docs/config.schema.json. Where a value goes, `{$env: NAME}` goes too; unknown
 * keys are allowed at the top only, where those of a `datasette.yaml` stand.
 */
export function configJsonSchema(providerTypes: readonly string[]): JsonObject {
  const generated = z.toJSONSchema(createConfigSchema(providerTypes), { io: 'input', target: 'draft-07' }) as JsonObject;
  const { $schema, additionalProperties: _strict, properties, ...root } = withEnv(generated) as JsonObject & { properties: JsonObject };
  const references = mapValues(properties, (_schema, name) => ({ $ref: `#/definitions/${name}` }));
  const nested: JsonObject = {
    type: 'object',
    description: 'In a datasette.yaml everything stands under plugins: datasette-llm:, and the rest of that file is not read.',
    properties: { 'datasette-llm': { type: 'object', properties: references, additionalProperties: false } },
  };
  const plugins = { anyOf: [references['plugins'] ?? {}, nested] };
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: 'Configuration of llm-sidecar',
    ...root,
    properties: { ...references, plugins },
    definitions: { ...properties, env },
  };
}

const env: JsonObject = {
  type: 'object',
  description: 'The value of an environment variable.',
  properties: { $env: { type: 'string', minLength: 1, description: 'The name of the variable.' } },
  required: ['$env'],
  additionalProperties: false,
};

/** The schemas of the values inside of a schema, each with the alternative of a variable. */
function withEnv(schema: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') result[key] = mapValues(value as JsonObject, orEnv);
    else if (key === 'items' || key === 'additionalProperties') result[key] = isSchema(value) ? orEnv(value) : value;
    else if (key === 'anyOf') result[key] = (value as JsonObject[]).map(withEnv);
    else result[key] = value;
  }
  return result;
}

function orEnv(schema: JsonObject): JsonObject {
  const { description, default: preset, ...rest } = withEnv(schema);
  const alternatives = Array.isArray(rest['anyOf']) && Object.keys(rest).length === 1 ? rest['anyOf'] : [rest];
  const shown = { ...(description === undefined ? {} : { description }), ...(preset === undefined ? {} : { default: preset }) };
  return Object.keys(rest).length === 0 ? shown : { ...shown, anyOf: [...alternatives, { $ref: '#/definitions/env' }] };
}

function mapValues(values: JsonObject, change: (schema: JsonObject, name: string) => JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, isSchema(value) ? change(value, key) : value]));
}

function isSchema(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
