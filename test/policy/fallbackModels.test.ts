import { expect, test } from 'vitest';
import { fallbackModels } from '../../src/policy/fallbackModels.ts';

const rules = {
  models: new Map([
    ['a', ['b', 'a', 'c', 'b']],
    ['b', ['c']],
  ]),
  purposes: new Map([
    ['fast', ['d']],
    ['strict', []],
  ]),
};

test.each([
  ['those of the model, itself and repetitions left out', 'a', undefined, ['b', 'c']],
  ['of a model without any', 'x', undefined, []],
  ['those of the purpose instead', 'a', 'fast', ['d']],
  ['an empty list of the purpose: none', 'a', 'strict', []],
  ['a purpose without a list', 'b', 'other', ['c']],
  ['the purpose names the model itself', 'd', 'fast', []],
])('%s', (_what, model, purpose, expected) => {
  expect(fallbackModels(rules, model, purpose)).toEqual(expected);
});
