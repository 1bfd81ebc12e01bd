import { describe, expect, test } from 'vitest';
import { namedSecrets } from '../../src/policy/keyName.ts';
import { openRules, type Rules } from '../../src/policy/rules.ts';

const ref = (model: string, key: string | null = null) => ({ model, key });

/** The second sample of behaviour 8. */
const sample: Partial<Rules> = {
  defaultModel: ref('gpt-5.4-mini', 'CUSTOM_OPENAI_KEY'),
  purposes: new Map([
    ['query-assistant', { model: ref('gpt-5.4-mini', 'QUERY_ASSISTANT_KEY'), models: null, blockedModels: [] }],
    [
      'enrichments',
      {
        model: ref('gpt-5.4-nano', 'ENRICHMENTS_NANO_KEY'),
        models: [ref('gpt-5.4', 'ENRICHMENTS_GPT5_KEY'), ref('gpt-5.4-mini', 'ENRICHMENTS_MINI_KEY'), ref('claude-sonnet-4-6')],
        blockedModels: [],
      },
    ],
  ]),
};

const rows: [statement: string, purpose: string | undefined, model: string, named: string[]][] = [
  [
    "4 (1) the purpose's entry in models, then the default's",
    'enrichments',
    'gpt-5.4-mini',
    ['ENRICHMENTS_MINI_KEY purpose', 'CUSTOM_OPENAI_KEY default'],
  ],
  ["4 (1) the purpose's entry in models", 'enrichments', 'gpt-5.4', ['ENRICHMENTS_GPT5_KEY purpose']],
  ["4 (1) the purpose's model", 'enrichments', 'gpt-5.4-nano', ['ENRICHMENTS_NANO_KEY purpose']],
  [
    "4 (1) the purpose's model before the default",
    'query-assistant',
    'gpt-5.4-mini',
    ['QUERY_ASSISTANT_KEY purpose', 'CUSTOM_OPENAI_KEY default'],
  ],
  ['4 an entry without a key falls through', 'enrichments', 'claude-sonnet-4-6', []],
  ['4 (2) the key of default_model, without a purpose', undefined, 'gpt-5.4-mini', ['CUSTOM_OPENAI_KEY default']],
  ['4 (2) the key of default_model, for an unknown purpose', 'nobody', 'gpt-5.4-mini', ['CUSTOM_OPENAI_KEY default']],
  ['4 (2) not for another model', undefined, 'gpt-5.4', []],
];

describe('namedSecrets', () => {
  test.each(rows)('%s', (_, purpose, model, named) => {
    expect(namedSecrets({ ...openRules, ...sample }, purpose, model).map(({ secret, source }) => `${secret} ${source}`)).toEqual(named);
  });
});
