import { describe, expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import type { JsonObject } from '../../protocol/index.ts';
import { checkJson } from '../../src/lib/checkJson.ts';
import { fitsPlainly } from '../../src/lib/fitsPlainly.ts';

const schema: JsonObject = {
  type: 'object',
  properties: {
    temperature: { type: 'number', minimum: 0, maximum: 2, description: 'How random.' },
    max_tokens: { type: 'integer', minimum: 1 },
    seed: { type: 'integer' },
    effort: { type: 'string', enum: ['low', 'high'] },
    name: { type: 'string' },
    thinking: { type: 'boolean' },
    stop: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    own: { type: 'object' },
  },
  additionalProperties: false,
};

describe('what fits plainly has no issue', () => {
  test.each<JsonObject>([{}, { temperature: 0, max_tokens: 1, seed: -3 }, { temperature: 2, effort: 'low', name: '', thinking: false }])(
    '%j',
    (value) => {
      expect(fitsPlainly(schema, value)).toBe(true);
      expect(checkJson(schema, value)).toEqual([]);
    },
  );

  test('whatever is given', () => {
    const member = fc.oneof(fc.constantFrom(0, 1, -1, 0.5, 2.5, '', 'low', true, null, 1e300, []), fc.jsonValue({ maxDepth: 1 }));
    const names = fc.constantFrom(...Object.keys(schema['properties'] as object), 'other', '__proto__');
    fc.assert(
      fc.property(fc.dictionary(names, member, { maxKeys: 3 }), (value) => {
        if (fitsPlainly(schema, value as JsonObject)) expect(checkJson(schema, value)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each<JsonObject>([
  { other: 1 },
  { temperature: 2.1 },
  { temperature: '1' },
  { max_tokens: 0 },
  { max_tokens: 1.5 },
  { seed: 2 ** 60 },
  { effort: 'middle' },
  { thinking: 'yes' },
  { thinking: null },
  { stop: 'a' },
  { own: {} },
])('it cannot tell of %j', (value) => {
  expect(fitsPlainly(schema, value)).toBe(false);
});

test.each<[string, JsonObject]>([
  ['with members that are required', { ...schema, required: ['seed'] }],
  ['with patterns of names', { ...schema, patternProperties: {} }],
  ['of anything', {}],
  ['whose members are not described', { type: 'object', properties: { seed: true } }],
  ['with more to say of a member', { type: 'object', properties: { seed: { type: 'integer', multipleOf: 2 } } }],
])('it cannot tell of a schema %s', (_, other) => {
  expect(fitsPlainly(other, { seed: 1 })).toBe(false);
});
