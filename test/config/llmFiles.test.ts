import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { discoverConfig } from '../../src/config/discover.ts';
import { llmFiles, llmFolder } from '../../src/config/llmFolder.ts';
import { parseAliases, parseExtraOpenaiModels } from '../../src/config/parseLlmFiles.ts';
import type { Surroundings } from '../../src/config/surroundings.ts';
import { show } from './support.ts';

const linux: Surroundings = { env: {}, cwd: '/work', home: '/home/me', platform: 'linux' };
const mac: Surroundings = { env: { XDG_CONFIG_HOME: '/xdg' }, cwd: '/work', home: '/Users/me', platform: 'darwin' };
const windows: Surroundings = {
  env: { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' },
  cwd: 'C:\\work',
  home: 'C:\\Users\\me',
  platform: 'win32',
};
const withEnv = (env: Record<string, string>, base: Surroundings = linux): Surroundings => ({ ...base, env });

describe('the folder of llm', () => {
  test.each<[string, Surroundings, string]>([
    ['Linux', linux, '/home/me/.config/io.datasette.llm'],
    ['Linux, XDG_CONFIG_HOME', withEnv({ XDG_CONFIG_HOME: '/xdg' }), '/xdg/io.datasette.llm'],
    ['Linux, XDG_CONFIG_HOME empty', withEnv({ XDG_CONFIG_HOME: '' }), '/home/me/.config/io.datasette.llm'],
    ['macOS', mac, '/Users/me/Library/Application Support/io.datasette.llm'],
    ['Windows', windows, 'C:\\Users\\me\\AppData\\Roaming\\io.datasette.llm'],
    ['Windows without APPDATA', withEnv({}, windows), 'C:\\Users\\me\\io.datasette.llm'],
    ['LLM_USER_PATH', withEnv({ LLM_USER_PATH: '/llm', XDG_CONFIG_HOME: '/xdg' }), '/llm'],
  ])('%s', (_what, surroundings, expected) => {
    expect(llmFolder(surroundings)).toBe(expected);
  });

  test('its files', () => {
    expect(llmFiles(withEnv({ LLM_USER_PATH: '/llm' }))).toEqual({
      aliases: '/llm/aliases.json',
      extraModels: '/llm/extra-openai-models.yaml',
      keys: '/llm/keys.json',
    });
  });
});

describe('which configuration', () => {
  test.each<[string, string | undefined, Surroundings, ReturnType<typeof discoverConfig>]>([
    ['--config', 'here.yaml', withEnv({ LLM_SIDECAR_CONFIG: '/other.yaml' }), { candidates: ['/work/here.yaml'], named: '--config' }],
    [
      'LLM_SIDECAR_CONFIG',
      undefined,
      withEnv({ LLM_SIDECAR_CONFIG: '/other.yaml' }),
      { candidates: ['/other.yaml'], named: 'LLM_SIDECAR_CONFIG' },
    ],
    ['neither', undefined, linux, { candidates: ['/work/llm-sidecar.yaml', '/home/me/.config/llm-sidecar/config.yaml'], named: null }],
    [
      'XDG_CONFIG_HOME',
      undefined,
      withEnv({ XDG_CONFIG_HOME: '/xdg' }),
      { candidates: ['/work/llm-sidecar.yaml', '/xdg/llm-sidecar/config.yaml'], named: null },
    ],
    [
      'macOS',
      undefined,
      mac,
      { candidates: ['/work/llm-sidecar.yaml', '/Users/me/Library/Application Support/llm-sidecar/config.yaml'], named: null },
    ],
    [
      'Windows',
      undefined,
      windows,
      { candidates: ['C:\\work\\llm-sidecar.yaml', 'C:\\Users\\me\\AppData\\Roaming\\llm-sidecar\\config.yaml'], named: null },
    ],
  ])('%s', (_what, option, surroundings, expected) => {
    expect(discoverConfig(option, surroundings)).toEqual(expected);
  });
});

const file = (text: string | null, trouble: string | null = null): Parameters<typeof parseAliases>[0] => ({
  path: '/llm/file',
  text,
  trouble,
});

describe('aliases.json', () => {
  test.each<[string, string | null, [string, string][], string[]]>([
    ['absent', null, [], []],
    [
      'as llm writes it',
      '{\n    "4o": "gpt-4o",\n    "claude": "claude-sonnet-4.6"\n}',
      [
        ['4o', 'gpt-4o'],
        ['claude', 'claude-sonnet-4.6'],
      ],
      [],
    ],
    ['with tabs', '{\n\t"a": "b"\n}', [['a', 'b']], []],
    ['empty', '', [], ['warning syntaxError (root) nowhere']],
    ['not JSON', '{"a": }', [], ['warning syntaxError (root) nowhere']],
    ['a list', '["a"]', [], ['warning wrongType (root) 0:0-0:5']],
    ['a bad member', '{"a": "b",\n "c": 3, "d": ""}', [['a', 'b']], ['warning wrongType c 1:6-1:7', 'warning wrongType d 1:14-1:16']],
  ])('%s', (_what, text, aliases, problems) => {
    const found = parseAliases(file(text));
    expect([...found.aliases]).toEqual(aliases);
    expect(found.problems.map(show).map((line) => line.replace(/syntaxError \S+ \S+$/, 'syntaxError (root) nowhere'))).toEqual(problems);
  });

  test('unreadable', () => {
    expect(parseAliases(file(null, 'permission was denied')).problems).toEqual([
      {
        severity: 'warning',
        code: 'fileUnreadable',
        message: 'This file cannot be read: permission was denied.',
        path: '',
        source: '/llm/file',
      },
    ]);
  });
});

describe('extra-openai-models.yaml', () => {
  test('as the documentation of llm has it', () => {
    const text = readFileSync(new URL('fixtures/extraOpenaiModels.yaml', import.meta.url), 'utf8');
    const { providers, problems } = parseExtraOpenaiModels(file(text));
    expect(problems).toEqual([]);
    const plain = { stream: true, tools: false, schema: false, reasoning: false, attachments: [] };
    const shown = providers.map(({ name, type, baseUrl, api, headers, models }) => ({
      name,
      type,
      baseUrl,
      api,
      headers,
      models: models.map(({ id, upstreamId, aliases, features, keyName }) => ({ id, upstreamId, aliases, features, keyName })),
    }));
    expect(shown).toEqual([
      {
        name: 'extra-openai',
        type: 'openai',
        api: 'chat',
        headers: {},
        models: [{ id: 'gpt-3.5-turbo-0613', upstreamId: 'gpt-3.5-turbo-0613', aliases: ['0613'], features: plain }],
      },
      {
        name: 'localhost:8080',
        type: 'openai-compatible',
        baseUrl: 'http://localhost:8080',
        headers: {},
        models: [
          { id: 'orca-openai-compat', upstreamId: 'orca-mini-3b.ggmlv3', aliases: [], features: plain, keyName: null },
          { id: 'orca-2', aliases: [], features: plain, keyName: null },
        ],
      },
      {
        name: 'openrouter.ai',
        type: 'openai-compatible',
        baseUrl: 'https://openrouter.ai/api/v1',
        headers: { 'HTTP-Referer': 'https://llm.datasette.io/', 'X-Title': 'LLM' },
        models: [
          {
            id: 'claude',
            upstreamId: 'anthropic/claude-2',
            aliases: [],
            features: {
              stream: false,
              tools: true,
              schema: true,
              reasoning: true,
              attachments: ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'audio/wav', 'audio/mpeg'],
            },
            keyName: 'openrouter',
          },
        ],
      },
      {
        name: 'localhost:8080-2',
        type: 'openai-compatible',
        baseUrl: 'http://localhost:8080/other',
        headers: {},
        models: [{ id: 'orca-3', aliases: [], features: plain, keyName: null }],
      },
      { name: 'extra-openai-2', type: 'openai', api: 'responses', headers: {}, models: [{ id: 'new-o', aliases: [], features: plain }] },
    ]);
  });

  test.each<[string, string, string[], string[]]>([
    ['empty', '', [], []],
    ['a mapping', 'model_id: a', [], ['warning wrongType (root) 0:0-0:11']],
    ['an entry without an id', '- model_name: a\n- model_id: b', ['b'], ['warning missingKey [0].model_id 0:2-0:15']],
    ['a bad address', '- model_id: a\n  api_base: localhost\n- model_id: b', ['b'], ['warning invalidValue [0].api_base 1:12-1:21']],
    ['completion models', '- {model_id: a, completion: true}\n- {model_id: b}', ['b'], ['warning unsupported [0].completion 0:28-0:32']],
    ['Azure', '- {model_id: a, api_type: azure}', [], ['warning unsupported [0].api_type 0:26-0:31']],
    ['a number as the id', '- {model_id: 4, aliases: [5]}', ['4'], []],
    ['not YAML', '- {model_id: a', [], ['warning syntaxError [0].model_id 0:14-0:15']],
  ])('%s', (_what, text, ids, problems) => {
    const found = parseExtraOpenaiModels(file(text));
    expect(found.providers.flatMap(({ models }) => models.map(({ id }) => id))).toEqual(ids);
    expect(found.problems.map(show)).toEqual(problems);
  });
});
