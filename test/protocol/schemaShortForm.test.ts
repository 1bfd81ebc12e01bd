import { expect, test } from 'vitest';
import { parseSchemaShortForm, schemaOfMany } from '../../protocol/schemaShortForm.ts';

const rows: [text: string, properties: object][] = [
  ['name', { name: { type: 'string' } }],
  [
    'name, age int, bio: one sentence',
    { name: { type: 'string' }, age: { type: 'integer' }, bio: { type: 'string', description: 'one sentence' } },
  ],
  ['a str, b float, c bool', { a: { type: 'string' }, b: { type: 'number' }, c: { type: 'boolean' } }],
  ['  name ,, age   int ', { name: { type: 'string' }, age: { type: 'integer' } }],
  ['age int: in years: whole ones', { age: { type: 'integer', description: 'in years: whole ones' } }],
  [
    '\nname: the full name, with titles\nage int\n\n',
    { name: { type: 'string', description: 'the full name, with titles' }, age: { type: 'integer' } },
  ],
  ['größe float: in €', { größe: { type: 'number', description: 'in €' } }],
  ['name:', { name: { type: 'string' } }],
];

test.each(rows)('%j', (text, properties) => {
  expect(parseSchemaShortForm(text)).toEqual({
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  });
});

test.each([
  ['', 'has no fields'],
  [' , ', 'has no fields'],
  ['name, age integer', 'The field age of the schema has the unknown type integer: use str, int, float, bool.'],
  ['name, name int', 'two fields name'],
  [': what', 'no name before the colon'],
  ['age int years', 'goes on after its type'],
])('%j is refused', (text, says) => {
  expect(() => parseSchemaShortForm(text)).toThrow(SyntaxError);
  expect(() => parseSchemaShortForm(text)).toThrow(says);
});

test('of many', () => {
  const $defs = { a: { type: 'string' } };
  expect(schemaOfMany({ type: 'object', properties: { a: { $ref: '#/$defs/a' } }, $defs })).toEqual({
    type: 'object',
    properties: { items: { type: 'array', items: { type: 'object', properties: { a: { $ref: '#/$defs/a' } } } } },
    required: ['items'],
    additionalProperties: false,
    $defs,
  });
});
