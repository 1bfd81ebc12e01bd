import { describe, expect, test } from 'vitest';
import { emptyConfig } from '../../src/config/config.ts';
import { namedSecrets, toRules } from '../../src/config/toSnapshot.ts';
import type { Rules } from '../../src/policy/rules.ts';
import { names, parse, parsed, show } from './support.ts';

const rules = (yaml: string, env: Record<string, string> = {}): Rules => toRules(parsed(yaml, env), names).rules;
const ref = (model: string, key: string | null = null): object => ({ model, key });

describe('behaviour 1', () => {
  test.each<[statement: string, yaml: string, expected: Partial<Rules>]>([
    ['1.1 at the top level', 'default_model: gpt-5.4', { defaultModel: { model: 'gpt-5.4', key: null } }],
    [
      '1.1 under plugins: datasette-llm:',
      'plugins:\n  datasette-llm:\n    default_model: gpt-5.4',
      { defaultModel: { model: 'gpt-5.4', key: null } },
    ],
    ['1.1 the plugin without settings', 'plugins:\n  datasette-llm:\nmodels: [gpt-5.4]', { models: null }],
    ['1.1 the top level beside another plugin', 'plugins: {datasette-graphql: {}}\nmodels: [gpt-5.4]', { models: ['gpt-5.4'] }],
    ['1.2 default_model is a ref', 'default_model: {model: gpt-5.4, key: K}', { defaultModel: { model: 'gpt-5.4', key: 'K' } }],
    [
      '1.4 models and blocked_models',
      'models: [gpt-5.4]\nblocked_models: [gpt-5.4-pro]',
      { models: ['gpt-5.4'], blockedModels: ['gpt-5.4-pro'] },
    ],
    ['1.5 require_keys defaults to true', 'models: [gpt-5.4]', { requireKeys: true }],
    ['1.5 require_keys: false', 'require_keys: false', { requireKeys: false }],
    ['1.6 {model: X} equals X', 'default_model: {model: gpt-5.4}', { defaultModel: { model: 'gpt-5.4', key: null } }],
    ['1.7 an empty list stays a list', 'models: []', { models: [] }],
    ['1.8 an alias becomes the id', 'models: [claude-sonnet-4.6]', { models: ['claude-sonnet-4-6'] }],
    ['1.8 an unknown name is kept', 'models: [who]', { models: ['who'] }],
    ['2.4 enforce_models', 'enforce_models: false', { enforceModels: false }],
    ['3.3 purpose_models', 'purpose_models: union', { purposeModels: 'union' }],
    ['4.1 strict_keys', 'strict_keys: true', { strictKeys: true }],
    [
      'model_options by id',
      'model_options: {claude-sonnet-4.6: {max_tokens: 9}}',
      { modelOptions: new Map([['claude-sonnet-4-6', { max_tokens: 9 }]]) },
    ],
  ])('%s', (_statement, yaml, expected) => {
    expect(rules(yaml)).toMatchObject(expected);
  });

  test('1.3 purposes: a model, a list of strings and dicts, a blocklist', () => {
    const { purposes } = rules(
      'purposes:\n  sql:\n    model: gpt-5.4\n    models: [gpt-5.4-mini, {model: claude-sonnet-4.6, key: K}]\n    blocked_models: [gpt-5.4-pro]\n  chat:\n',
    );
    expect([...purposes]).toEqual([
      ['sql', { model: ref('gpt-5.4'), models: [ref('gpt-5.4-mini'), ref('claude-sonnet-4-6', 'K')], blockedModels: ['gpt-5.4-pro'] }],
      ['chat', { model: null, models: null, blockedModels: [] }],
    ]);
  });

  test.each([
    ['1.4 a dict in models', 'models: [{model: gpt-5.4, key: K}]', 'error wrongType models[0] 0:9-0:33'],
    ['1.4 a dict in blocked_models', 'blocked_models: [{model: gpt-5.4}]', 'error wrongType blocked_models[0] 0:17-0:33'],
    ['1.7 an empty list', 'models: []', 'warning emptyAllowlist models 0:8-0:10'],
    ['1.9 a variable that is not set', 'default_model: {$env: MODEL}', 'error envUnset default_model 0:15-0:28'],
    ['1.9 a variable that is empty', 'default_model: {$env: EMPTY}', 'error envUnset default_model 0:15-0:28'],
    ['1.9 not the name of a variable', 'default_model: {$env: [A]}', 'error invalidEnv default_model 0:15-0:26'],
    ['1.9 more than the variable', 'default_model: {$env: NUMBER, key: K}', 'error invalidEnv default_model 0:15-0:37'],
    ['1.9 a variable of the wrong type', 'limits: {retries: {$env: NAME}}', 'error wrongType limits.retries 0:18-0:30'],
  ])('%s is a problem', (_statement, yaml, expected) => {
    expect(parse(yaml, { EMPTY: '', NUMBER: '3', NAME: 'gpt-5.4' }).problems.map(show)).toEqual([expected]);
  });

  test('1.6 every named secret, once', () => {
    const yaml =
      'default_model: {model: a, key: ONE}\npurposes:\n  x: {model: {model: a, key: TWO}, models: [b, {model: c, key: ONE}, {model: d, key: THREE}]}\nproviders: {openai: {key: FOUR}}';
    expect(namedSecrets(parsed(yaml))).toEqual(['ONE', 'TWO', 'THREE', 'FOUR']);
  });

  test.each(['', '# nothing yet\n', '---\n', '{}', 'plugins:\n', 'plugins: {datasette-llm: }'])('1.7 %j allows everything', (yaml) => {
    const { config, problems } = parse(yaml);
    expect(problems).toEqual([]);
    for (const each of [config ?? emptyConfig, emptyConfig]) {
      expect(toRules(each, names)).toEqual({
        rules: {
          defaultModel: null,
          purposes: new Map(),
          models: null,
          blockedModels: [],
          requireKeys: true,
          enforceModels: true,
          purposeModels: 'override',
          strictKeys: false,
          modelOptions: new Map(),
        },
        problems: [],
      });
    }
  });

  test('1.8 an unknown name is a warning with its place and the nearest', () => {
    const yaml =
      'default_model: gpt-5.4-mni\npurposes:\n  chat:\n    models:\n      - gpt-5.4\n      - {key: K, model: who}\n    blocked_models: [what]\nmodel_options:\n  whom: {}\n';
    const { problems } = toRules(parsed(yaml), names);
    expect(problems.map((problem) => [show(problem), problem.message])).toEqual([
      ['warning unknownModel default_model 0:15-0:26', 'There is no model "gpt-5.4-mni". Did you mean "gpt-5.4-mini"?'],
      ['warning unknownModel purposes.chat.models[1].model 5:24-5:27', 'There is no model "who". The models are listed by llm/models.'],
      ['warning unknownModel purposes.chat.blocked_models[0] 6:21-6:25', 'There is no model "what". The models are listed by llm/models.'],
      ['warning unknownModel model_options.whom 8:2-8:6', 'There is no model "whom". The models are listed by llm/models.'],
    ]);
  });

  test('1.8 in a datasette.yaml the place is that of the file', () => {
    const { problems } = toRules(parsed('plugins:\n  datasette-llm:\n    models: [gpt-5.4, who]\n'), names);
    expect(problems.map(show)).toEqual(['warning unknownModel plugins.datasette-llm.models[1] 2:22-2:25']);
  });

  const env = { MODEL: 'gpt-5.4', KEYS: 'false', LIST: '[gpt-5.4, gpt-5.4-mini]', COUNT: '3', DIGITS: '007' };
  test.each<[statement: string, yaml: string, expected: Partial<Rules>]>([
    ['1.9 text', 'default_model: {$env: MODEL}', { defaultModel: { model: 'gpt-5.4', key: null } }],
    ['1.9 in a block', 'default_model:\n  $env: MODEL', { defaultModel: { model: 'gpt-5.4', key: null } }],
    ['1.9 in a list', 'models: [gpt-5.4-mini, {$env: MODEL}]', { models: ['gpt-5.4-mini', 'gpt-5.4'] }],
    ['1.9 a boolean', 'require_keys: {$env: KEYS}', { requireKeys: false }],
    ['1.9 a list', 'models: {$env: LIST}', { models: ['gpt-5.4', 'gpt-5.4-mini'] }],
    ['1.9 text that looks like a number', 'blocked_models: [{$env: DIGITS}]', { blockedModels: ['007'] }],
    [
      '1.9 where anything goes',
      'model_options: {gpt-5.4: {user: {$env: DIGITS}}}',
      { modelOptions: new Map([['gpt-5.4', { user: '007' }]]) },
    ],
  ])('%s', (_statement, yaml, expected) => {
    expect(rules(yaml, env)).toMatchObject(expected);
  });
});
