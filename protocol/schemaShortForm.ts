import type { JsonObject } from './shapes/json.ts';

/**
 * The short form of a schema, as in Python's `llm`: fields on lines of their own, or on one line with commas. Each is a name,
 * perhaps a type (`str`, `int`, `float`, `bool`; default `str`) and perhaps a description after a colon. All are required.
 * `name, age int, bio: one sentence`
 *
 * Throws a SyntaxError that says which field is wrong.
 */
export function parseSchemaShortForm(text: string): JsonObject {
  const fields = text.split(text.includes('\n') ? '\n' : ',').flatMap((field) => (field.trim() === '' ? [] : [parseField(field.trim())]));
  if (fields.length === 0) throw new SyntaxError('The schema has no fields: write them as in "name, age int, bio: one sentence".');
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new SyntaxError(`The schema has two fields ${twice}.`);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    required: names,
    additionalProperties: false,
  };
}

/** A schema for a list of what `schema` describes, in the member `items`: providers want an object. */
export function schemaOfMany({ $defs, definitions, ...schema }: JsonObject): JsonObject {
  return {
    type: 'object',
    properties: { items: { type: 'array', items: schema } },
    required: ['items'],
    additionalProperties: false,
    ...($defs === undefined ? {} : { $defs }),
    ...(definitions === undefined ? {} : { definitions }),
  };
}

const types: ReadonlyMap<string, string> = new Map([
  ['str', 'string'],
  ['int', 'integer'],
  ['float', 'number'],
  ['bool', 'boolean'],
]);

function parseField(field: string): { name: string; schema: JsonObject } {
  const [, info = '', description = ''] = /^([^:]*):?([^]*)$/.exec(field) ?? [];
  const [name = '', type = 'str', ...rest] = info.trim().split(/\s+/);
  if (name === '') throw new SyntaxError(`The field "${field}" of the schema has no name before the colon.`);
  const jsonType = types.get(type);
  if (jsonType === undefined)
    throw new SyntaxError(`The field ${name} of the schema has the unknown type ${type}: use ${[...types.keys()].join(', ')}.`);
  if (rest.length > 0) throw new SyntaxError(`The field ${name} of the schema goes on after its type: write a description after a colon.`);
  const said = description.trim();
  return { name, schema: said === '' ? { type: jsonType } : { type: jsonType, description: said } };
}
