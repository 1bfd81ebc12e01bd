import { describe, expect, test } from 'vitest';
import { allowedModels, orderModels } from '../../src/policy/allowedModels.ts';
import { openRules, type PurposeRules, type Rules } from '../../src/policy/rules.ts';

const catalogue = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini', 'claude', 'echo'];
const ref = (model: string, key: string | null = null) => ({ model, key });
const purpose = (rules: Partial<PurposeRules>): PurposeRules => ({ model: null, models: null, blockedModels: [], ...rules });
const purposes = (rules: Record<string, Partial<PurposeRules>>) =>
  new Map(Object.entries(rules).map(([name, own]) => [name, purpose(own)]));

const example: Partial<Rules> = {
  models: ['gpt-4o', 'gpt-4o-mini', 'echo', 'gpt-4.1', 'gpt-4.1-mini'],
  purposes: purposes({ p: { model: ref('gpt-4.1-mini'), models: [ref('echo'), ref('gpt-4.1-mini')], blockedModels: ['gpt-4o'] } }),
};

const rows: [statement: string, rules: Partial<Rules>, purpose: string | undefined, allowed: string[]][] = [
  ['1.7 no configuration: everything', {}, undefined, ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini', 'claude', 'echo']],
  ['1.7 an empty list: nothing', { models: [] }, undefined, []],
  ['1.7 an empty list: nothing but the auto-includes', { models: [], defaultModel: ref('echo') }, undefined, ['echo']],
  [
    '1.7 an empty list of a purpose: nothing but its model',
    { purposes: purposes({ p: { models: [], model: ref('claude') } }) },
    'p',
    ['claude'],
  ],
  ['3.1 allow first, block second', { models: ['gpt-4o', 'echo'], blockedModels: ['gpt-4o'] }, undefined, ['echo']],
  [
    '3.1 block without an allowlist',
    { blockedModels: ['claude', 'echo'] },
    undefined,
    ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini'],
  ],
  [
    '3.1 a purpose cannot un-block what is blocked globally',
    { blockedModels: ['echo'], purposes: purposes({ p: { models: [ref('echo'), ref('claude')] } }) },
    'p',
    ['claude'],
  ],
  [
    '3.1 nor can being its model',
    { blockedModels: ['echo'], models: ['claude'], purposes: purposes({ p: { model: ref('echo') } }) },
    'p',
    ['claude'],
  ],
  ['3.1 nor can being the default', { blockedModels: ['echo'], models: ['claude'], defaultModel: ref('echo') }, undefined, ['claude']],
  [
    '3.1 a purpose blocks for itself',
    { purposes: purposes({ p: { blockedModels: ['echo'] } }), models: ['echo', 'claude'] },
    'p',
    ['claude'],
  ],
  [
    '3.1 and for itself alone',
    { purposes: purposes({ p: { blockedModels: ['echo'] } }), models: ['echo', 'claude'] },
    undefined,
    ['claude', 'echo'],
  ],
  ['3.2 default_model is in the global allowlist', { models: ['claude'], defaultModel: ref('echo') }, undefined, ['claude', 'echo']],
  ['3.2 also with a purpose', { models: ['claude'], defaultModel: ref('echo') }, 'p', ['claude', 'echo']],
  [
    "3.2 a purpose's model is in its list",
    { purposes: purposes({ p: { model: ref('echo'), models: [ref('claude')] } }) },
    'p',
    ['claude', 'echo'],
  ],
  [
    "3.3 a purpose's models replace the global ones",
    { models: ['gpt-4o'], purposes: purposes({ p: { models: [ref('claude')] } }) },
    'p',
    ['claude'],
  ],
  [
    '3.3 the default among them',
    { defaultModel: ref('echo'), models: ['gpt-4o'], purposes: purposes({ p: { models: [ref('claude')] } }) },
    'p',
    ['claude'],
  ],
  ['3.3 without a global list they limit too', { purposes: purposes({ p: { models: [ref('claude')] } }) }, 'p', ['claude']],
  [
    '3.3 union keeps both',
    { purposeModels: 'union', models: ['gpt-4o'], purposes: purposes({ p: { models: [ref('claude')] } }) },
    'p',
    ['gpt-4o', 'claude'],
  ],
  [
    '3.3 union with everything is everything',
    { purposeModels: 'union', purposes: purposes({ p: { models: [ref('claude')] } }) },
    'p',
    ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini', 'claude', 'echo'],
  ],
  ['3.4 a purpose without models: the global list', { models: ['gpt-4o'], purposes: purposes({ p: {} }) }, 'p', ['gpt-4o']],
  ['3.4 an unknown purpose: the global list', { models: ['gpt-4o'] }, 'nobody', ['gpt-4o']],
  [
    '3.4 without a purpose, purposes are not looked at',
    { models: ['gpt-4o'], purposes: purposes({ p: { models: [ref('claude')], blockedModels: ['gpt-4o'] } }) },
    undefined,
    ['gpt-4o'],
  ],
  ['3.7 the example, union', { ...example, purposeModels: 'union' }, 'p', ['gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini', 'echo']],
  ['3.7 the example, override', example, 'p', ['gpt-4.1-mini', 'echo']],
];

describe('allowedModels', () => {
  test.each(rows)('%s', (_, rules, purposeName, allowed) => {
    const allows = allowedModels({ ...openRules, ...rules }, purposeName);
    expect(catalogue.filter((id) => allows(id))).toEqual(allowed);
  });
});

const orders: [
  statement: string,
  rules: Partial<Rules>,
  purpose: string | undefined,
  first: string | null,
  given: string[],
  ordered: string[],
][] = [
  ['3.7 as the catalogue has them', {}, undefined, null, ['claude', 'echo'], ['claude', 'echo']],
  ['3.7 the default first', {}, undefined, 'echo', ['claude', 'gpt-4o', 'echo'], ['echo', 'claude', 'gpt-4o']],
  [
    '3.7 then the order of the global models',
    { models: ['echo', 'claude'] },
    undefined,
    null,
    ['gpt-4o', 'claude', 'echo'],
    ['echo', 'claude', 'gpt-4o'],
  ],
  [
    '3.7 the models of the purpose before the global ones',
    { models: ['echo', 'claude'], purposes: purposes({ p: { models: [ref('claude')] } }) },
    'p',
    null,
    ['echo', 'claude'],
    ['claude', 'echo'],
  ],
  ['3.7 a default that is not there is not added', {}, undefined, 'gpt-4o', ['claude'], ['claude']],
  ['3.7 no duplicates', { models: ['echo', 'echo'] }, undefined, 'echo', ['echo', 'claude'], ['echo', 'claude']],
  [
    '3.7 the example',
    { ...example, purposeModels: 'union' },
    'p',
    'gpt-4.1-mini',
    ['gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini', 'echo'],
    ['gpt-4.1-mini', 'echo', 'gpt-4o-mini', 'gpt-4.1'],
  ],
];

describe('orderModels', () => {
  test.each(orders)('%s', (_, rules, purposeName, first, given, ordered) => {
    expect(orderModels({ ...openRules, ...rules }, purposeName, first, given)).toEqual(ordered);
  });
});
