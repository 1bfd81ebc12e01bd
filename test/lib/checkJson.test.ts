import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../protocol/index.ts';
import { checkJson } from '../../src/lib/checkJson.ts';

const text = { type: 'string' };
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });
const tree: JsonObject = {
  $ref: '#/$defs/node',
  $defs: { node: object({ name: text, inner: { type: 'array', items: { $ref: '#/$defs/node' } } }, { required: ['name'] }) },
};

/** The schema, a value that satisfies it, one that does not, and what is said of that. */
const rows: [what: string, schema: JsonObject, good: Json, bad: Json, issue: [path: string, says: string]][] = [
  ['a required property', object({ a: text }, { required: ['a'] }), { a: 'x' }, {}, ['a', 'expected string']],
  [
    'a default makes no property optional',
    object({ a: { ...text, default: 'x' } }, { required: ['a'] }),
    { a: '' },
    {},
    ['a', 'expected string'],
  ],
  ['a closed object', object({}, { additionalProperties: false }), {}, { b: 1 }, ['', 'Unrecognized key: "b"']],
  ['an open object', object({ a: text }), { b: 1 }, { a: 1 }, ['a', 'expected string']],
  [
    'an inner path',
    object({ a: { type: 'array', items: object({ b: text }) } }),
    { a: [{ b: '' }] },
    { a: [{}, { b: 1 }] },
    ['a.1.b', 'expected string'],
  ],
  ['an integer', { type: 'integer', minimum: 1 }, 1, 1.5, ['', 'expected int']],
  ['a type or null', { type: ['string', 'null'] }, null, 1, ['', 'Invalid input']],
  ['an enum', { enum: ['a', 1, null] }, null, 'b', ['', 'Invalid']],
  ['oneOf: exactly one', { oneOf: [{ type: 'number' }, { type: 'integer' }] }, 1.5, 1, ['', 'Invalid input']],
  [
    'allOf',
    { allOf: [object({ a: text }, { required: ['a'] }), object({ b: text }, { required: ['b'] })] },
    { a: '', b: '' },
    { a: '' },
    ['b', 'expected string'],
  ],
  ['a tuple', { type: 'array', prefixItems: [text], items: false, minItems: 1 }, ['a'], [1], ['0', 'expected string']],
  ['a date', { ...text, format: 'date' }, '2026-02-28', '2026-02-30', ['', 'date']],
  ['a format with a pattern of its own', { ...text, format: 'isbn', pattern: '^[0-9]+$' }, '978', 'x', ['', 'pattern']],
  ['a relative address with a pattern', { ...text, format: 'uri-reference', pattern: '^/' }, '/a', 'a', ['', 'pattern']],
  ['formats of numbers are notes', { type: 'integer', format: 'int32' }, 2 ** 40, '1', ['', 'expected number']],
  [
    '$defs that refer to themselves',
    tree,
    { name: 'a', inner: [{ name: 'b' }] },
    { name: 'a', inner: [{}] },
    ['inner.0.name', 'expected string'],
  ],
  ['definitions of older drafts', { $ref: '#/definitions/a', definitions: { a: text } }, 'x', 1, ['', 'expected string']],
  ['keywords that nobody knows', { ...text, 'x-hint': 1, propertyOrdering: ['a'] }, 'x', 1, ['', 'expected string']],
];

describe('a value by its schema', () => {
  test.each(rows)('%s', (_, schema, good, bad, [path, says]) => {
    expect(checkJson(schema, good)).toEqual([]);
    const issues = checkJson(schema, bad);
    expect(issues).toMatchObject([{ path }]);
    expect(issues[0]?.message).toContain(says);
  });

  test('ids may be the same in two schemas', () => {
    expect(checkJson({ $id: 'https://x/y', ...text }, 'a')).toEqual([]);
    expect(checkJson({ $id: 'https://x/y', type: 'integer' }, 'a')).toHaveLength(1);
  });
});

const refused: [schema: JsonObject, says: string][] = [
  [{ not: text }, 'schema uses not, which cannot be checked'],
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  [{ if: text, then: text }, 'schema uses if'],
  [object({ a: { ...text, dependentRequired: {} } }), 'schema.properties.a uses dependentRequired'],
  [object({}, { unevaluatedProperties: false }), 'schema uses unevaluatedProperties'],
  [object({}, { dependencies: { a: ['b'] } }), 'schema uses dependencies'],
  [{ $dynamicRef: '#a' }, 'schema uses $dynamicRef'],
  [{ ...text, nullable: true }, 'schema uses nullable, which JSON Schema does not have: use a type such as ["string", "null"]'],
  [{ properties: { a: text } }, 'schema has properties and no type: add "type": "object"'],
  [{ type: 'array', items: { minLength: 1 } }, 'schema.items has minLength and no type: add "type": "string"'],
  [{ anyOf: [text, { required: ['a'] }] }, 'schema.anyOf[1] has required and no type'],
  [object({ a: text }, { required: ['b'] }), 'schema requires b, which is not among its properties'],
  [{ enum: [{ a: 1 }] }, 'schema allows objects or arrays by value'],
  [{ $ref: '#/$defs/a', minLength: 2, $defs: { a: text } }, 'schema has minLength beside $ref'],
  [
    { ...text, format: 'uri-reference' },
    'schema uses the format uri-reference, which cannot be checked: use a pattern, or one of date-time',
  ],
  [
    object({}, { patternProperties: { a: text }, additionalProperties: text }),
    'schema has a schema in additionalProperties beside patternProperties',
  ],
  [{ type: 'array', items: 'string' }, 'schema.items is not a schema'],
  [{ type: 'text' }, 'Unsupported type: text'],
  [{ ...text, pattern: '(' }, 'Invalid regular expression'],
  [{ $ref: '#/$defs/b', $defs: { a: text } }, 'Reference not found: #/$defs/b'],
  [{ $ref: 'https://example.com/schema' }, 'External $ref is not supported'],
  [{ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, 'schema refers to itself without end'],
];

test.each(refused)('%j is refused', (schema, says) => {
  expect(() => checkJson(schema, null)).toThrow(TypeError);
  expect(() => checkJson(schema, null)).toThrow(says);
});
