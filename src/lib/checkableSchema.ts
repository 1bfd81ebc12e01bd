import type { Json, JsonObject } from '../../protocol/index.ts';

/**
 * A JSON Schema as zod's `fromJSONSchema` checks it in full: without what it would take for a rule of its own (`default`), and
 * with a TypeError for every keyword of JSON Schema that it passes over in silence. Keywords that no version of JSON Schema
 * knows are notes, as the specification has it.
 */
export function checkableSchema(schema: JsonObject): JsonObject {
  return checkable(schema, 'schema') as JsonObject;
}

function checkable(schema: Json | undefined, path: string): Json {
  if (typeof schema === 'boolean') return schema;
  if (!isObject(schema)) throw new TypeError(`${path} is not a schema`);
  for (const rule of rules) {
    const problem = rule(schema);
    if (problem !== undefined) throw new TypeError(`${path} ${problem}`);
  }
  const copy: JsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const inner = `${path}.${keyword}`;
    if (notes.has(keyword) || (keyword === 'format' && !isChecked(value))) continue;
    if (ofSchema.has(keyword) && value !== undefined)
      copy[keyword] = Array.isArray(value) ? value.map((one, index) => checkable(one, `${inner}[${index}]`)) : checkable(value, inner);
    else if (ofSchemas.has(keyword) && isObject(value)) copy[keyword] = mapValues(value, (one, name) => checkable(one, `${inner}.${name}`));
    else copy[keyword] = value;
  }
  return copy;
}

/** Say nothing about the value, and `default` would make a required property optional. */
const notes = new Set([
  'default',
  'readOnly',
  'writeOnly',
  'title',
  'description',
  'examples',
  'deprecated',
  '$comment',
  '$schema',
  '$id',
  'id',
  '$anchor',
  'contentSchema',
]);
const ofSchema = new Set([
  'items',
  'prefixItems',
  'additionalItems',
  'additionalProperties',
  'contains',
  'propertyNames',
  'allOf',
  'anyOf',
  'oneOf',
]);
const ofSchemas = new Set(['properties', 'patternProperties', '$defs', 'definitions']);

const never = [
  'not',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'dependentRequired',
  'dependencies',
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
  '$recursiveRef',
];

/** By the type that gives them a meaning. */
const typed: Readonly<Record<string, readonly string[]>> = {
  object: ['properties', 'required', 'additionalProperties', 'patternProperties', 'propertyNames', 'minProperties', 'maxProperties'],
  array: ['items', 'prefixItems', 'additionalItems', 'contains', 'minContains', 'maxContains', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
};
const constraints = [...Object.values(typed).flat(), 'type', 'enum', 'const', 'allOf', 'anyOf', 'oneOf'];

/** Of numbers (int32, double) a format is a note. */
const formats = ['date-time', 'date', 'time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uuid', 'base64', 'base64url'];
/** Further ones that zod writes and checks. */
const zodFormats = [
  'guid',
  'mac',
  'cidr',
  'cidr-v6',
  'e164',
  'credit_card',
  'iban',
  'jwt',
  'emoji',
  'nanoid',
  'cuid',
  'cuid2',
  'ulid',
  'xid',
  'ksuid',
];

/** A string with this format has to be in it. */
function isChecked(format: Json | undefined): boolean {
  return typeof format === 'string' && (formats.includes(format) || zodFormats.includes(format));
}

/** Each gives what is wrong with one schema, without those in it. */
const rules: readonly ((schema: JsonObject) => string | undefined)[] = [
  (schema) => {
    const used = never.find((keyword) => keyword in schema && !isNever(keyword, schema[keyword]));
    return used && `uses ${used}, which cannot be checked: say it with anyOf, enum, or in the description`;
  },
  ({ nullable }) =>
    nullable === true ? 'uses nullable, which JSON Schema does not have: use a type such as ["string", "null"]' : undefined,
  (schema) => {
    if (typeof schema['$ref'] !== 'string') return undefined;
    const beside = constraints.find((keyword) => keyword in schema);
    return beside && `has ${beside} beside $ref, which cannot be checked: use allOf`;
  },
  (schema) => {
    if (['type', 'enum', 'const', '$ref'].some((keyword) => keyword in schema)) return undefined;
    const [type, keywords = []] = Object.entries(typed).find(([, own]) => own.some((keyword) => keyword in schema)) ?? [];
    return type && `has ${keywords.find((keyword) => keyword in schema)} and no type: add "type": "${type}"`;
  },
  ({ enum: values, const: only }) => {
    const whole = [...(Array.isArray(values) ? values : []), ...(only === undefined ? [] : [only])].some(
      (value) => typeof value === 'object' && value !== null,
    );
    return whole ? 'allows objects or arrays by value, which cannot be checked: use properties or items' : undefined;
  },
  (schema) => {
    const { required, properties } = schema;
    if (!hasType(schema, 'object') || !Array.isArray(required)) return undefined;
    const known = isObject(properties) ? Object.keys(properties) : [];
    const missing = required.find((name) => typeof name !== 'string' || !known.includes(name));
    return missing === undefined
      ? undefined
      : `requires ${typeof missing === 'string' ? missing : JSON.stringify(missing)}, which is not among its properties`;
  },
  (schema) =>
    isObject(schema['patternProperties']) && isObject(schema['additionalProperties'])
      ? 'has a schema in additionalProperties beside patternProperties, which cannot be checked'
      : undefined,
  (schema) => {
    const { format } = schema;
    if (typeof format !== 'string' || !hasType(schema, 'string') || 'pattern' in schema || isChecked(format)) return undefined;
    return `uses the format ${format}, which cannot be checked: use a pattern, or one of ${formats.join(', ')}`;
  },
];

/** `{"not": {}}`, which nothing satisfies, can be checked. */
function isNever(keyword: string, value: Json | undefined): boolean {
  return keyword === 'not' && isObject(value) && Object.keys(value).length === 0;
}

function hasType({ type }: JsonObject, wanted: string): boolean {
  return type === wanted || (Array.isArray(type) && type.includes(wanted));
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues(object: JsonObject, change: (value: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}
