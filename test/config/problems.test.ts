import { describe, expect, test } from 'vitest';
import { parse, show } from './support.ts';

type Row = [what: string, yaml: string, problems: string[]];

describe('a good value of each key has no problem', () => {
  test.each([
    ['default_model', 'default_model: gpt-5.4'],
    ['default_model with a key', 'default_model: {model: gpt-5.4, key: TEAM_KEY}'],
    [
      'purposes',
      'purposes:\n  chat:\n  sql: {model: a, models: [a, {model: b, key: K}], blocked_models: [c], description: d, system: s, options: {temperature: 0}}',
    ],
    ['models', 'models: [a, b]'],
    ['blocked_models', 'blocked_models: []'],
    ['require_keys', 'require_keys: false'],
    ['require_keys as in a datasette.yaml', 'require_keys: no'],
    ['enforce_models', 'enforce_models: false'],
    ['purpose_models', 'purpose_models: union'],
    ['strict_keys', 'strict_keys: true'],
    ['test_models', 'test_models: true'],
    ['telemetry', 'telemetry: true'],
    ['limits', 'limits: {max_concurrent_prompts: 1, max_response_bytes: 1024, retries: 0, tool_timeout_ms: 1}'],
    ['model_options', 'model_options: {gpt-5.4: {temperature: 1, nested: {a: [1]}}}'],
    ['providers, built in', 'providers: {openai: {api: chat, key: K, headers: {X-A: b, X-N: 1}}, anthropic: }'],
    ['providers, of one type under another name', 'providers: {work: {type: openai, base_url: https://proxy.example.com/v1, models: [a]}}'],
    [
      'providers.models',
      'providers: {here: {type: openai-compatible, base_url: "http://localhost:1/v1", discover: false, models: [{id: a, upstream_id: b, name: A, aliases: [c], features: {stream: true, tools: true, schema: true, reasoning: false, attachments: [image/*, audio/wav]}, context_window: 10, max_output_tokens: 5, price: {input: 0.29, output: "1.20", cache_read: 0, cache_write: 3}}]}}',
    ],
    ['prices', 'prices: {gpt-5.4: {input: 0.29, output: "1.20", cache_read: 0, cache_write: 3}}'],
    [
      'prices by date and of long prompts',
      'prices: {a: [{input: 1, output: 2}, {from: 2026-01-01, input: 2, output: 3, long_context: [{above: 200000, input: 4, output: 6, cache_read: 1, cache_write: 5}]}]}',
    ],
    ['providers.price_list', 'providers: {bedrock: {type: openai-compatible, base_url: "http://localhost:1/v1", price_list: aws}}'],
    ['limits.rest_after_failures', 'limits: {rest_after_failures: 0}'],
    ['timeouts', 'timeouts: {connect_ms: 1, first_token_ms: 2, idle_ms: 3, total_ms: 2147483647}'],
    [
      'timeouts of a provider, a model and a purpose',
      'providers: {openai: {timeouts: {idle_ms: 1}}}\nmodel_timeouts: {a: {}}\npurposes: {p: {timeouts: {total_ms: 1}}}',
    ],
    ['fallbacks', 'fallbacks: {a: [b, c]}\npurposes: {p: {fallbacks: []}}'],
    ['a value by anchor', 'models: &all [a, b]\nblocked_models: *all'],
    ['a merged mapping', 'purposes:\n  one: &one {model: a}\n  two: {<<: *one, system: s}'],
  ])('%s', (_what, yaml) => {
    const { config, problems } = parse(yaml);
    expect(problems.map(show)).toEqual([]);
    expect(config).not.toBeNull();
  });
});

const errors: Row[] = [
  ['default_model', 'default_model: 4', ['error wrongType default_model 0:15-0:16']],
  ['default_model, empty', 'default_model: ""', ['error invalidValue default_model 0:15-0:17']],
  ['default_model.model missing', 'default_model: {key: K}', ['error missingKey default_model.model 0:0-0:13']],
  ['default_model.key is a key', 'default_model: {model: a, key: sk-abc}', ['error keyNotName default_model.key 0:31-0:37']],
  ['default_model, a list', 'default_model: [a]', ['error wrongType default_model 0:15-0:18']],
  ['purposes', 'purposes: [chat]', ['error wrongType purposes 0:10-0:16']],
  ['purposes.chat', 'purposes:\n  chat: gpt-5.4', ['error wrongType purposes.chat 1:8-1:15']],
  ['purposes.chat.model', 'purposes:\n  chat:\n    model: true', ['error wrongType purposes.chat.model 2:11-2:15']],
  ['purposes.chat.models', 'purposes:\n  chat:\n    models: a', ['error wrongType purposes.chat.models 2:12-2:13']],
  [
    'purposes.chat.models[1].key',
    'purposes:\n  chat:\n    models:\n      - a\n      - {model: b, key: 7}',
    ['error wrongType purposes.chat.models[1].key 4:24-4:25'],
  ],
  [
    'purposes.chat.blocked_models',
    'purposes: {chat: {blocked_models: [{model: a}]}}',
    ['error wrongType purposes.chat.blocked_models[0] 0:35-0:45'],
  ],
  ['purposes.chat.system', 'purposes: {chat: {system: 1}}', ['error wrongType purposes.chat.system 0:26-0:27']],
  ['purposes.chat.options', 'purposes: {chat: {options: none}}', ['error wrongType purposes.chat.options 0:27-0:31']],
  ['a name with a dot', 'purposes:\n  a.b: {model: 1}', ['error wrongType purposes["a.b"].model 1:15-1:16']],
  ['models', 'models: gpt-5.4', ['error wrongType models 0:8-0:15']],
  ['models, a number', 'models: [a, 4.1]', ['error wrongType models[1] 0:12-0:15']],
  ['blocked_models', 'blocked_models: {a: b}', ['error wrongType blocked_models 0:16-0:22']],
  ['require_keys', 'require_keys: maybe', ['error wrongType require_keys 0:14-0:19']],
  ['enforce_models', 'enforce_models: 1', ['error wrongType enforce_models 0:16-0:17']],
  ['purpose_models', 'purpose_models: unoin', ['error invalidValue purpose_models 0:16-0:21']],
  ['strict_keys', 'strict_keys: [true]', ['error wrongType strict_keys 0:13-0:19']],
  ['test_models', 'test_models: "true"', ['error wrongType test_models 0:13-0:19']],
  ['telemetry', 'telemetry: otlp', ['error wrongType telemetry 0:11-0:15']],
  ['limits.max_concurrent_prompts', 'limits: {max_concurrent_prompts: 0}', ['error invalidValue limits.max_concurrent_prompts 0:33-0:34']],
  ['limits.max_response_bytes', 'limits: {max_response_bytes: 1.5}', ['error wrongType limits.max_response_bytes 0:29-0:32']],
  ['limits.retries', 'limits: {retries: -1}', ['error invalidValue limits.retries 0:18-0:20']],
  ['limits.rest_after_failures', 'limits: {rest_after_failures: -1}', ['error invalidValue limits.rest_after_failures 0:30-0:32']],
  ['timeouts', 'timeouts: 5', ['error wrongType timeouts 0:10-0:11']],
  ['timeouts.idle_ms', 'timeouts: {idle_ms: 0}', ['error invalidValue timeouts.idle_ms 0:20-0:21']],
  ['timeouts.total_ms', 'timeouts: {total_ms: 2147483648}', ['error invalidValue timeouts.total_ms 0:21-0:31']],
  [
    'providers.openai.timeouts',
    'providers: {openai: {timeouts: {connect_ms: 1.5}}}',
    ['error wrongType providers.openai.timeouts.connect_ms 0:44-0:47'],
  ],
  ['model_timeouts', 'model_timeouts: {a: 1}', ['error wrongType model_timeouts.a 0:20-0:21']],
  ['fallbacks', 'fallbacks: {a: b}', ['error wrongType fallbacks.a 0:15-0:16']],
  ['purposes.p.fallbacks', 'purposes: {p: {fallbacks: [{model: a}]}}', ['error wrongType purposes.p.fallbacks[0] 0:27-0:37']],
  ['limits.tool_timeout_ms', 'limits: {tool_timeout_ms: 0}', ['error invalidValue limits.tool_timeout_ms 0:26-0:27']],
  ['model_options', 'model_options: {gpt-5.4: 3}', ['error wrongType model_options["gpt-5.4"] 0:25-0:26']],
  ['providers, neither built in nor of a type', 'providers:\n  mine:\n    models: [a]', ['error unknownProvider providers.mine 1:2-1:6']],
  ['providers.type', 'providers:\n  mine: {type: opnai}', ['error invalidValue providers.mine.type 1:15-1:20']],
  ['providers.base_url missing', 'providers:\n  mine: {type: openai-compatible}', ['error missingKey providers.mine.base_url 1:2-1:6']],
  ['providers.base_url', 'providers: {openai: {base_url: "localhost:1"}}', ['error invalidValue providers.openai.base_url 0:31-0:44']],
  ['providers.api', 'providers: {openai: {api: soap}}', ['error invalidValue providers.openai.api 0:26-0:30']],
  ['providers.key is a key', 'providers: {openai: {key: sk-proj-123456}}', ['error keyNotName providers.openai.key 0:26-0:40']],
  [
    'providers.headers, a name',
    'providers: {openai: {headers: {"a b": c}}}',
    ['error invalidValue providers.openai.headers["a b"] 0:31-0:36'],
  ],
  [
    'providers.headers, a value',
    'providers: {openai: {headers: {a: "b\\nc"}}}',
    ['error invalidValue providers.openai.headers.a 0:34-0:40'],
  ],
  ['providers.discover', 'providers: {openai: {discover: 3}}', ['error wrongType providers.openai.discover 0:31-0:32']],
  [
    'providers.models.id missing',
    'providers: {openai: {models: [{name: A}]}}',
    ['error missingKey providers.openai.models[0].id 0:30-0:39'],
  ],
  [
    'providers.models.features',
    'providers: {openai: {models: [{id: a, features: {attachments: [png]}}]}}',
    ['error invalidValue providers.openai.models[0].features.attachments[0] 0:63-0:66'],
  ],
  [
    'providers.models.price',
    'providers: {openai: {models: [{id: a, price: {input: free, output: -1}}]}}',
    [
      'error invalidValue providers.openai.models[0].price.input 0:53-0:57',
      'error invalidValue providers.openai.models[0].price.output 0:67-0:69',
    ],
  ],
  ['prices', 'prices: {a: 3}', ['error wrongType prices.a 0:12-0:13']],
  ['prices.input missing', 'prices: {a: {output: 1}}', ['error missingKey prices.a.input 0:9-0:10']],
  [
    'prices, amounts',
    'prices: {a: {input: free, output: -1, cache_read: 0.000000000001, cache_write: "1e3"}}',
    [
      'error invalidValue prices.a.input 0:20-0:24',
      'error invalidValue prices.a.output 0:34-0:36',
      'error invalidValue prices.a.cache_read 0:50-0:64',
      'error invalidValue prices.a.cache_write 0:79-0:84',
    ],
  ],
  ['prices.from', 'prices: {a: {input: 1, output: 1, from: 2026-02-30}}', ['error invalidValue prices.a.from 0:40-0:50']],
  ['prices, an empty list', 'prices: {a: []}', ['error invalidValue prices.a 0:12-0:14']],
  ['prices, two at once', 'prices: {a: [{input: 1, output: 1}, {input: 2, output: 2}]}', ['error invalidValue prices.a 0:12-0:58']],
  [
    'prices.long_context, two at once',
    'prices: {a: {input: 1, output: 1, long_context: [{above: 5, input: 1, output: 1}, {above: 5, input: 1, output: 1}]}}',
    ['error invalidValue prices.a.long_context 0:48-0:114'],
  ],
  ['providers.price_list', 'providers: {openai: {price_list: bedrock}}', ['error invalidValue providers.openai.price_list 0:33-0:40']],
  ['not a mapping', '- a\n- b', ['error wrongType (root) 0:0-1:3']],
];

const warnings: Row[] = [
  ['1.7 models: []', 'models: []', ['warning emptyAllowlist models 0:8-0:10']],
  ['1.7 models: [] of a purpose', 'purposes: {a: {models: []}}', ['warning emptyAllowlist purposes.a.models 0:23-0:25']],
  ['a list that was commented out', 'models:\n#  - gpt-5.4\n', ['warning emptyValue models 0:0-0:6']],
  ['an unknown key', 'modles: [a]', ['warning unknownKey modles 0:0-0:6']],
  ['an unknown key of a purpose', 'purposes:\n  chat: {modle: a}', ['warning unknownKey purposes.chat.modle 1:9-1:14']],
  ['an unknown key of a model', 'default_model: {model: a, kye: b}', ['warning unknownKey default_model.kye 0:26-0:29']],
  ['an unknown key of a provider', 'providers: {openai: {baseurl: b}}', ['warning unknownKey providers.openai.baseurl 0:21-0:28']],
  ['the name of the plugin mistyped', 'plugins:\n  datasette_llm:\n    models: [a]', ['warning unknownKey plugins.datasette_llm 1:2-1:15']],
  ['an unknown tag', 'default_model: !model a', ['warning yamlWarning (root) 0:15-0:21']],
];

const unreadable: Row[] = [
  ['a duplicate key', 'models: [a]\nmodels: [b]', ['error duplicateKey models 1:0-1:6']],
  [
    'a duplicate key further in',
    'purposes:\n  chat: {}\n  sql:\n    model: a\n    model: b',
    ['error duplicateKey purposes.sql.model 4:4-4:9'],
  ],
  ['an open bracket', 'models: [a', ['error syntaxError models 0:10-0:11']],
  ['a tab', 'purposes:\n\tchat: {}', ['error syntaxError (root) 1:0-1:1']],
  ['an alias without an anchor', 'models: *all', ['error syntaxError (root) 0:8-0:12']],
  ['two documents', 'models: [a]\n---\nmodels: [b]', ['error syntaxError (root) 1:0-2:11']],
  ['a list as a key', '? [a]\n: b', ['error syntaxError (root) 0:2-0:3']],
  [
    'an alias bomb',
    `a: &a [x, x, x, x, x, x, x]\n${['b', 'c', 'd'].map((name, index) => `${name}: &${name} [${Array(7).fill(`*${'abc'[index]}`).join(', ')}]`).join('\n')}`,
    ['error tooManyAliases (root) 0:0-0:0'],
  ],
  ['an alias of itself', 'purposes: &p {a: *p}', ['error tooDeep purposes.a.a.a 0:17-0:19']],
  ['nesting without end', '['.repeat(20_000), ['error tooDeep']],
];

describe.each([
  ['an error', errors, true],
  ['a warning', warnings, false],
  ['not YAML that can be used', unreadable, true],
])('%s, with its place', (_kind, rows, refused) => {
  test.each(rows)('%s', (_what, yaml, expected) => {
    const { config, problems } = parse(yaml);
    expect(problems.map(show)).toEqual(expected.map((line) => (line.includes(':') ? line : expect.stringContaining(line))));
    expect(config === null).toBe(refused);
  });
});

describe('what the message says', () => {
  test.each([
    [
      'models: [a, {model: b}]',
      'Expected the name of a model; a key can be given under default_model or a purpose, found keys and values.',
    ],
    ['default_model: 4', 'Expected a model, or {model, key}, found a number.'],
    ['require_keys: maybe', 'Expected true or false, found text.'],
    ['purpose_models: unoin', 'Expected one of override, union. Did you mean "union"?'],
    ['defaultModel: a', 'Unknown key "defaultModel"; it is ignored. Did you mean "default_model"?'],
    ['default_model: {model: a, kye: b}', 'Unknown key "kye"; it is ignored. Did you mean "key"?'],
    ['providers: {openai: {models: [{id: a, context: 3}]}}', 'Unknown key "context"; it is ignored.'],
    [
      'providers: {opnai: {}}',
      '"opnai" is not a built-in provider, so it needs a type: one of anthropic, cohere, deepseek, google, groq, mistral, openai, openai-compatible, openrouter, xai. Did you mean "openai"?',
    ],
    [
      'providers: {ollama: {}}',
      '"ollama" is not a built-in provider, so it needs a type: one of anthropic, cohere, deepseek, google, groq, mistral, openai, openai-compatible, openrouter, xai. For a server of your own write type: openai-compatible and its base_url.',
    ],
    ['models: []', 'An empty list allows no model but default_model. Remove the key to allow all.'],
    ['models: [a]\nmodels: [b]', 'This key is here twice: keep one.'],
  ])('%j', (yaml, message) => {
    expect(parse(yaml).problems.map((problem) => problem.message)).toEqual([message]);
  });

  test('all problems of a file in one go, in the order of the file', () => {
    const yaml =
      'purposes:\n  chat: {modle: a}\nmodels: [{model: a}]\nstrict_keys: 1\nproviders:\n  mine: {}\nblocked_models: []\nmodles: a\n';
    expect(parse(yaml).problems.map(show)).toEqual([
      'warning unknownKey purposes.chat.modle 1:9-1:14',
      'error wrongType models[0] 2:9-2:19',
      'error wrongType strict_keys 3:13-3:14',
      'error unknownProvider providers.mine 5:2-5:6',
      'warning unknownKey modles 7:0-7:6',
    ]);
  });

  test('never quotes a value, which may be a key', () => {
    for (const yaml of [
      'default_model: {model: a, key: sk-canary1}',
      'default_model: [sk-canary1]',
      'models: sk-canary1',
      '- a\nb: sk-canary1',
      'a: b: sk-canary1',
      'models: |sk-canary1',
      'models: "sk-canary1',
      'providers: {openai: {headers: {a: "sk-canary1\\n"}}}',
    ]) {
      const text = JSON.stringify(parse(yaml).problems);
      expect(text).not.toBe('[]');
      expect(text).not.toContain('canary');
    }
  });
});
