import { expect, test } from 'vitest';
import { fc } from '../support/fc.ts';
import { allowedModels, judgeModel } from '../../src/policy/allowedModels.ts';
import { openRules, type Rules } from '../../src/policy/rules.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd');
const ref = id.map((model) => ({ model, key: null }));
const rules: fc.Arbitrary<Rules> = fc.record({
  defaultModel: fc.option(ref),
  purposes: fc
    .record({ model: fc.option(ref), models: fc.option(fc.array(ref, { maxLength: 3 })), blockedModels: fc.array(id, { maxLength: 2 }) })
    .map((purpose) => new Map([['p', purpose]])),
  models: fc.option(fc.array(id, { maxLength: 3 })),
  blockedModels: fc.array(id, { maxLength: 2 }),
  requireKeys: fc.boolean(),
  enforceModels: fc.boolean(),
  purposeModels: fc.constantFrom<'override' | 'union'>('override', 'union'),
  strictKeys: fc.boolean(),
  modelOptions: fc.constant(new Map()),
});

test('what is explained of a model is what is decided', () => {
  fc.assert(
    fc.property(rules, fc.constantFrom('p', 'unknown', undefined), id, (made, purpose, model) => {
      expect(judgeModel(made, purpose, model).verdict === 'allowed').toBe(allowedModels(made, purpose)(model));
    }),
    { numRuns: 2000 },
  );
});

const purposes = new Map([['p', { model: { model: 'b', key: null }, models: [{ model: 'c', key: null }], blockedModels: ['d'] }]]);
const configured: Rules = { ...openRules, defaultModel: { model: 'e', key: null }, models: ['a', 'x'], blockedModels: ['x'], purposes };

test.each<[string, Rules, string | undefined, object]>([
  ['a', openRules, undefined, { verdict: 'allowed', detail: 'there is no list of models' }],
  ['a', configured, undefined, { verdict: 'allowed', detail: 'models' }],
  ['e', configured, undefined, { verdict: 'allowed', detail: 'default_model' }],
  ['x', configured, undefined, { verdict: 'blocked', detail: 'blocked_models' }],
  ['c', configured, undefined, { verdict: 'notAllowed', detail: 'models' }],
  ['c', configured, 'p', { verdict: 'allowed', detail: 'purposes.p.models' }],
  ['b', configured, 'p', { verdict: 'allowed', detail: 'purposes.p.model' }],
  ['a', configured, 'p', { verdict: 'notAllowed', detail: 'purposes.p.models' }],
  ['z', { ...configured, purposeModels: 'union' }, 'p', { verdict: 'notAllowed', detail: 'models, purposes.p.models' }],
  ['d', { ...configured, models: null, purposeModels: 'union' }, 'p', { verdict: 'blocked', detail: 'purposes.p.blocked_models' }],
])('%s', (model, made, purpose, expected) => {
  expect(judgeModel(made, purpose, model)).toEqual(expected);
});
