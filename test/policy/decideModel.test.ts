import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/catalogue/model.ts';
import { decideModel, type ModelFacts } from '../../src/policy/decideModel.ts';
import { openRules, type Rules } from '../../src/policy/rules.ts';

const model = (id: string): Model => ({
  id,
  provider: 'test',
  upstreamId: id,
  aliases: [],
  key: null,
  features: { stream: true, tools: false, schema: false, reasoning: false, attachments: [] },
  optionsSchema: {},
});
const known: Record<string, Model> = { a: model('a'), b: model('b'), c: model('c'), 'a-alias': model('a') };
const ref = (name: string) => ({ model: name, key: null });
const p = (purpose: { model?: string; models?: string[]; blocked?: string[] }): Rules['purposes'] =>
  new Map([
    [
      'p',
      {
        model: purpose.model === undefined ? null : ref(purpose.model),
        models: purpose.models?.map(ref) ?? null,
        blockedModels: purpose.blocked ?? [],
      },
    ],
  ]);

const rows: [statement: string, rules: Partial<Rules>, facts: Partial<ModelFacts>, decided: string][] = [
  [
    '2 (1) a hook before the purpose',
    { purposes: p({ model: 'b' }), defaultModel: ref('c') },
    { purpose: 'p', hookDefault: 'a' },
    'use a (hook)',
  ],
  ['2 (2) the purpose before the default', { purposes: p({ model: 'b' }), defaultModel: ref('c') }, { purpose: 'p' }, 'use b (purpose)'],
  ['2 (3) the default', { defaultModel: ref('c') }, {}, 'use c (default)'],
  ['2 (3) the default where the purpose has no model', { purposes: p({}), defaultModel: ref('c') }, { purpose: 'p' }, 'use c (default)'],
  ['2 (4) nothing', {}, {}, 'noDefault'],
  [
    '2.1 an explicit model wins',
    { purposes: p({ model: 'b' }), defaultModel: ref('c') },
    { purpose: 'p', asked: 'a', hookDefault: 'b' },
    'use a (asked)',
  ],
  ['2.2 an unknown purpose falls to the default', { defaultModel: ref('c') }, { purpose: 'nobody' }, 'use c (default)'],
  ['2.2 without a purpose, no purpose is looked at', { purposes: p({ model: 'b' }) }, {}, 'noDefault'],
  ['2.3 an unknown model', {}, { asked: 'nothing' }, 'unknown nothing (asked)'],
  ['2.3 of a hook', {}, { hookDefault: 'nothing' }, 'unknown nothing (hook)'],
  ['2.3 of the configuration', { defaultModel: ref('nothing') }, {}, 'unknown nothing (default)'],
  ['1.8 an alias becomes its model', {}, { asked: 'a-alias' }, 'use a (asked)'],
  ['2.4 the allowlist', { models: ['b'] }, { asked: 'a' }, 'notAllowed a (config)'],
  ['2.4 the allowlist, after the alias', { models: ['b'] }, { asked: 'a-alias' }, 'notAllowed a (config)'],
  ['2.4 the blocklist', { blockedModels: ['a'] }, { asked: 'a' }, 'notAllowed a (config)'],
  ['2.4 the blocklist, for the answer of a hook', { blockedModels: ['a'] }, { hookDefault: 'a' }, 'notAllowed a (config)'],
  ['2.4 the blocklist, for the default', { blockedModels: ['a'], defaultModel: ref('a') }, {}, 'notAllowed a (config)'],
  ['2.4 the blocklist of the purpose', { purposes: p({ blocked: ['a'] }) }, { purpose: 'p', asked: 'a' }, 'notAllowed a (config)'],
  [
    '2.4 a model allowed for the purpose alone',
    { models: ['b'], purposes: p({ models: ['a'] }) },
    { purpose: 'p', asked: 'a' },
    'use a (asked)',
  ],
  ['2.4 and not without it', { models: ['b'], purposes: p({ models: ['a'] }) }, { asked: 'a' }, 'notAllowed a (config)'],
  ['2.4 a filter hook', {}, { asked: 'a', filtered: new Set(['b']) }, 'notAllowed a (filter)'],
  [
    '2.4 enforce_models: false makes all of it advice',
    { models: ['b'], blockedModels: ['a'], enforceModels: false },
    { asked: 'a', filtered: new Set(['b']) },
    'use a (asked)',
  ],
];

describe('decideModel', () => {
  test.each(rows)('%s', (_, rules, facts, decided) => {
    const decision = decideModel({
      rules: { ...openRules, ...rules },
      purpose: undefined,
      asked: undefined,
      hookDefault: null,
      filtered: null,
      find: (name) => known[name],
      ...facts,
    });
    expect(inWords(decision)).toBe(decided);
  });
});

function inWords(decision: ReturnType<typeof decideModel>): string {
  switch (decision.verdict) {
    case 'use':
      return `use ${decision.model.id} (${decision.reason})`;
    case 'unknown':
      return `unknown ${decision.name} (${decision.reason})`;
    case 'notAllowed':
      return `notAllowed ${decision.model.id} (${decision.by})`;
    case 'noDefault':
      return 'noDefault';
  }
}
